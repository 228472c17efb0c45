// `rondo explain` over the control socket of a running daemon.

import DNS
import Linux
import Testing

@Suite("rondo explain")
struct ExplainCommandTests {
  @Test("It names who is out and why, and the answer that the next query gets, without taking a turn")
  func running() throws {
    let nodes = try MailNodes()
    let rondo = try RunningRondo(
      """
      $ORIGIN it.example.
      \(nodes.directives)
      $CHECK port tcp:\(nodes.port) every=200ms fall=1 timeout=100ms
      @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
           1h NS  ns1
      ns1  1h A   192.0.2.53
      mail 60 ROTATE ex1 ex2 check=port
      """)
    func explain(_ arguments: String...) throws -> Finished {
      try ChildProcess(rondoBinary, ["explain", "--control", rondo.controlPath] + arguments).finish()
    }
    func addresses(_ text: String) -> [String] {
      text.split(separator: "\n").filter { $0.hasPrefix("    mail.it.example. 60 A ") }.map {
        String($0.split(separator: " ").last ?? "")
      }
    }
    for _ in 0..<4 {
      let foretold = try explain("mail.it.example", "a")
      #expect(foretold.status == 0, "\(foretold.errors)")
      let again = try explain("mail.it.example.", "A", "--from", "127.0.0.9")
      #expect(addresses(again.output) == addresses(foretold.output))
      #expect(try rondo.addresses() == addresses(foretold.output))
    }
    let both = try explain("mail.it.example").output
    #expect(both.contains("mail.it.example, type A:") && both.contains("mail.it.example, type AAAA:"))
    nodes.first.stop()
    _ = try rondo.line { $0.contains(" address-down node=ex1 ") }
    let out = try explain("mail.it.example", "A").output
    #expect(out.contains("OUT  ex1 \(nodes.first.address)\n           port: down for "), "\(out)")
    #expect(out.contains("by its check: connection refused"))
    #expect(addresses(out) == [nodes.second.address.description])
    #expect(try explain("mail.elsewhere").output.contains("REFUSED"))
    #expect(try rondo.reloadCommand().status == 0)
  }

  @Test("A big zone is explained from its files, as long as they say what they said when they were loaded")
  func bigZone() throws {
    let text =
      "$ORIGIN it.example.\n$TTL 60\n@ SOA ns1 hostmaster 7 1h 15m 1w 10\n  NS ns1\nns1 A 192.0.2.53\n"
      + (0..<10_001).map { "h\($0) A 192.0.2.1\n" }.joined()
    let rondo = try RunningRondo(text)
    func explain() throws -> Finished {
      try ChildProcess(rondoBinary, ["explain", "h77.it.example", "A", "--control", rondo.controlPath]).finish()
    }
    let place = "h77.it.example is defined in it, at \(rondo.zoneFile):83."
    #expect(try explain().output.contains(place))
    try rondo.scratch.write(text + "; changed\n", to: "test.zone")
    let refused = try explain()
    #expect(refused.status == 1 && refused.output == "")
    #expect(refused.errors.contains("the files have changed since the daemon loaded them"), "\(refused.errors)")
    #expect(refused.errors.contains("run rondo reload"))
    #expect(try rondo.addresses("h77.it.example") == ["192.0.2.1"])
    #expect(try rondo.reloadCommand().status == 0)
    #expect(try explain().output.contains(place))
  }

  @Test("Without a daemon it says so")
  func nobody() throws {
    let scratch = try Scratch()
    let result = try rondo("explain", "mail.it.example", "--control", scratch.file("none.sock"))
    #expect(result.status == 1)
    #expect(result.output == "")
    #expect(result.errors.hasPrefix("rondo: no daemon listens at \(scratch.path)/none.sock: "))
    #expect(result.errors.contains("is it running"))
  }
}
