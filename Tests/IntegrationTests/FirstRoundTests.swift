// Slow checks at the start: what is known is answered after a bounded time, and what is not known is reported.

import DNS
import Foundation
import Linux
import Testing

@Suite("The first round of checks", .enabled(if: Tool.dig.isInstalled && Tool.curl.isInstalled))
struct FirstRoundTests {
  /// Two nodes that are checked by port, and a hundred whose checks hang.
  private func zone(_ nodes: MailNodes, slow check: String) -> String {
    let slow = (1...100).map { "ar\($0)" }
    return """
      $ORIGIN it.example.
      \(nodes.directives)
      \(slow.enumerated().map { "$NODE \($1) 127.200.1.\($0 + 1)" }.joined(separator: "\n"))
      $CHECK port tcp:\(nodes.port)
      $CHECK slow \(check)
      $POOL access ex1 ex2 check=port
      $POOL store \(slow.joined(separator: " ")) check=slow
      @       1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
              1h NS  ns1
      ns1     1h A   192.0.2.53
      mail    60 ROTATE access
      archive 60 ROTATE store

      """
  }

  @Test(
    "A hundred checks that hang for minutes keep no name silent",
    arguments: ["exec:/bin/sleep 600 every=10m timeout=3m", "exec:/bin/sleep 600 every=10m timeout=10m"])
  func hangingPrograms(check: String) throws {
    let nodes = try MailNodes()
    nodes.second.stop()
    let clock = ContinuousClock()
    let begun = clock.now
    let rondo = try RunningRondo(zone(nodes, slow: check), options: ["--start-wait", "1"])
    #expect(clock.now - begun < .seconds(15))
    // A node with a result is judged by it; one without is handed out if there is no better one.
    #expect(try rondo.addresses() == [nodes.first.address.description])
    #expect(try rondo.addresses("archive.it.example").count == 8)
    let line = try rondo.line { $0.contains(" warning first-round-cut ") }
    #expect(line.contains(" missing=100 of=102 first="), "\(line)")
    let status = try rondo.statusCommand()
    #expect(status.output.contains("100 checks without a result since the start"), "\(status.output)")
    #expect(status.status == 1)
  }

  @Test("A round that is over sooner is not waited out, and nothing is missing then")
  func quickRound() throws {
    let nodes = try MailNodes()
    let clock = ContinuousClock()
    let begun = clock.now
    let rondo = try RunningRondo(nodes.zone(checking: "every=1s"), options: ["--start-wait", "60"])
    #expect(clock.now - begun < .seconds(20))
    #expect(!rondo.log.contains { $0.contains("first-round-cut") })
  }

  @Test("A daemon that stands still while hundreds of checks are answered calls no node down")
  func standstill() throws {
    let listener = try TCPListener(
      boundTo: SocketEndpoint(IPAddress(ipv4: 0, 0, 0, 0), port: 0), backlog: 4_096)
    let port = try listener.localEndpoint.port
    let nodes = (0..<700).map { "n\($0)" }
    let rondo = try RunningRondo(
      """
      $ORIGIN it.example.
      \(nodes.enumerated().map { "$NODE \($1) 127.201.\($0 / 250).\(1 + $0 % 250)" }.joined(separator: "\n"))
      $CHECK port tcp:\(port) every=1s timeout=300ms fall=1 rise=1
      \(nodes.map { "$POOL p\($0) \($0) check=port" }.joined(separator: "\n"))
      @ 1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
        1h NS  ns1
      ns1 1h A 192.0.2.53
      \(nodes.map { "\($0) 60 ROTATE p\($0)" }.joined(separator: "\n"))

      """, upTo: .listening)
    for pause in 0..<8 {
      rondo.process.send(SIGSTOP)
      // Longer than the time of a check, and not so long that it would be excused.
      sleep(for: .milliseconds(700))
      rondo.process.send(SIGCONT)
      // In the midst of the starts and answers of the checks that have become due.
      sleep(for: .milliseconds(5 * (pause + 1)))
      while try listener.accept() != nil {}
    }
    _ = try rondo.line { $0.contains(" ready zones=") }
    let down = rondo.log.filter { $0.contains(" address-down ") }
    #expect(down.isEmpty, "\(down.count) down, say \(down.first ?? "")")
  }
}
