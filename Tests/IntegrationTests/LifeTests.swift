// How the daemon starts, ends and starts again.

import DNS
import Foundation
import Linux
import TestSupport
import Testing

private let zone = ZoneText.twoNodes

@Suite("Start and end")
struct LifeTests {
  @Test("A signal ends it at once, with exit status 0 and nothing left", arguments: [SIGTERM, SIGINT])
  func end(_ signal: Int32) throws {
    let rondo = try RunningRondo(zone)
    // A connection that stands does not keep it.
    let client = try ClientConnection(to: rondo.dns[0], timeout: patience)
    try client.send(framed(query("mail.it.example", id: 1)))
    _ = try client.receiveMessage()
    let start = ContinuousClock.now
    rondo.process.send(signal)
    #expect(try rondo.process.finish().status == 0)
    #expect(ContinuousClock.now - start < .seconds(5))
    #expect(rondo.log.contains { $0.contains(signal == SIGTERM ? "stopping cause=SIGTERM" : "stopping cause=SIGINT") })
    #expect(rondo.log.last?.contains(" stopped uptime_s=") == true)
    #expect(rondo.log.last?.hasSuffix(" queries=1") == true)
    #expect(!FileManager.default.fileExists(atPath: rondo.controlPath))
  }

  @Test("It ends at once while the first checks are still out")
  func endBeforeReady() throws {
    let well = try MailNode()
    let silent = try SilentNode(port: well.port)
    let rondo = try RunningRondo(
      zone.replacing(
        "$NODE ex2 192.0.2.2", with: "$NODE ex2 \(silent.address)\n$CHECK port tcp:\(well.port) every=1m timeout=50s"
      )
      .replacing("check=none", with: "check=port"),
      upTo: .listening)
    #expect(try rondo.stop().status == 0)
  }

  @Test("A second one on the same port is refused, and the first goes on")
  func secondInstance() throws {
    let first = try RunningRondo(zone)
    let result = try rondo(
      "serve", "--listen", "\(first.dns[0])", "--status", "none", "--control", "none", "--state", "none",
      first.zoneFile)
    #expect(result.status == 1)
    let message = try #require(result.errors.split(separator: "\n").last)
    #expect(message.hasPrefix("rondo: cannot listen on \(first.dns[0]) for DNS over UDP: "))
    #expect(message.contains("another program has it") && message.contains("choose addresses with --listen ADDR:PORT"))
    let client = try UDPClient(to: first.dns[0], timeout: patience)
    for id in 0..<10 as Range<UInt16> {
      try client.send(query("mail.it.example", id: id))
      #expect(try #require(Reply(try client.receive())).addresses.count == 2)
    }
  }

  @Test("A second one with the same status port or control socket is refused by name")
  func takenServices() throws {
    let first = try RunningRondo(zone)
    let status = try rondo(
      "serve", "--listen", "\(freshLoopback()):0", "--status", first.status, "--control", "none", "--state", "none",
      first.zoneFile)
    #expect(status.status == 1)
    #expect(status.errors.contains("cannot listen on \(first.status) for the status port: "))
    let control = try rondo(
      "serve", "--listen", "\(freshLoopback()):0", "--status", "none", "--control", first.controlPath, "--state",
      "none", first.zoneFile)
    #expect(control.status == 1)
    #expect(control.errors.contains("another rondo runs with this socket"))
    #expect(try first.reloadCommand().status == 0)
  }

  @Test(
    "With --user it gives up root and still reloads, keeps serials and ends cleanly",
    .enabled(if: UserIdentity.current.isRoot))
  func otherUser() throws {
    let rondo = try RunningRondo(zone, options: ["--user", "nobody"])
    let status = try String(contentsOfFile: "/proc/\(rondo.process.processID)/status", encoding: .utf8)
    let nobody = try ServiceUser("nobody").identity
    let ids = [String](repeating: "\(nobody.userID)", count: 4).joined(separator: "\t")
    #expect(status.contains("\nUid:\t\(ids)\n"))
    #expect(try rondo.reloadCommand().status == 0)
    #expect(try rondo.stop().status == 0)
    #expect(!rondo.log.contains { $0.contains("state-not-kept") })
  }

  @Test("A broken file at the start: nothing is served, the error is shown, exit status 1")
  func brokenAtStart() throws {
    let scratch = try Scratch()
    let file = try scratch.write(zone + "bad 60 A 1.2.3\n", to: "test.zone")
    let result = try rondo(
      "serve", "--listen", "\(freshLoopback()):0", "--status", "none", "--control", "none", "--state", "none", file)
    #expect(result.status == 1)
    #expect(result.errors.contains("\(file):8:10: error: "))
    #expect(result.errors.hasSuffix("rondo: the zone config files have errors; nothing is served\n"))
  }

  @Test("A control socket that a killed daemon left behind does not stop the next one")
  func staleSocket() throws {
    let scratch = try Scratch()
    let killed = try RunningRondo(zone, in: scratch)
    killed.process.send(SIGKILL)
    #expect(try killed.process.finish().status == -SIGKILL)
    #expect(FileManager.default.fileExists(atPath: killed.controlPath))
    let next = try RunningRondo(zone, in: scratch)
    #expect(try next.reloadCommand().status == 0)
  }

  @Test("The serial of a $ZONE survives a restart and rises with a change", .enabled(if: Tool.dig.isInstalled))
  func serials() throws {
    func text(_ address: String) -> String {
      """
      $AUTHORITY ns1.it.example. contact=hostmaster.it.example.
      $NODE ex1 192.0.2.1
      $NODE ex2 \(address)
      $ZONE mail.it.example.
      @ 60 ROTATE ex1 ex2 check=none

      """
    }
    func serial(_ rondo: RunningRondo) throws -> Int {
      let words = try rondo.dig("+short", "mail.it.example", "SOA").split(separator: " ")
      return try #require(words.count > 2 ? Int(words[2]) : nil)
    }
    let scratch = try Scratch()
    let first = try RunningRondo(text("192.0.2.2"), in: scratch)
    let before = try serial(first)
    #expect(abs(before - Int(WallClock.now())) < 120)
    _ = try first.stop()
    // The clock has to move on, or an unchanged serial would prove nothing.
    try wait(for: "the next second") { WallClock.now() > before }
    let second = try RunningRondo(text("192.0.2.2"), in: scratch)
    #expect(try serial(second) == before)
    try scratch.write(text("192.0.2.3"), to: "test.zone")
    #expect(try second.reloadCommand().status == 0)
    let changed = try serial(second)
    #expect(changed > before)
    _ = try second.stop()
    let third = try RunningRondo(text("192.0.2.4"), in: scratch)
    #expect(try serial(third) > changed)
  }

  @Test("Every line of the log is a time, a level, an event and key=value")
  func logLines() throws {
    let nodes = try MailNodes()
    let rondo = try RunningRondo(
      zone
        + "\(nodes.directives.replacing("ex", with: "real"))\n$CHECK port tcp:\(nodes.port) every=200ms timeout=200ms fall=2\n"
        + "real 60 ROTATE real1 real2 check=port\n")
    nodes.first.stop()
    _ = try rondo.line { $0.contains("address-down") }
    nodes.second.stop()
    _ = try rondo.line { $0.contains("pool-fail-open") }
    try rondo.scratch.write("nonsense \"\u{7}\n", to: "test.zone")
    #expect(try rondo.reloadCommand().status == 1)
    _ = try rondo.stop()
    let form =
      #/
      \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\ (error|warning|notice|info|debug)\ [a-z\-]+
      (\ [a-z_]+=([^"\ =\\]+|"([^"\\]|\\.)*"))*
      /#
    #expect(rondo.log.count > 10)
    for line in rondo.log { #expect(line.wholeMatch(of: form) != nil, "\(line)") }
  }
}
