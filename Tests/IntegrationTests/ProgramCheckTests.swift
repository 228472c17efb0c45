// `exec:` with small shell scripts.

import DNS
import Foundation
import Linux
import Testing

@Suite("Programs as checks", .enabled(if: Tool.curl.isInstalled))
struct ProgramCheckTests {
  @Test("Exit status and first line decide; who does not end is killed; who is missing takes nobody out")
  func programs() throws {
    let scratch = try Scratch()
    func script(_ name: String, _ text: String) throws -> String {
      let path = try scratch.write("#!/bin/sh\n\(text)\n", to: name)
      try setMode(of: path, to: 0o755)
      return path
    }
    let address = freshLoopback()
    let fields = "[ \"$RONDO_NODE $RONDO_ADDRESS $RONDO_CHECK $1\" = \"ex1 \(address) well two words\" ]"
    let checks = [
      "well exec:\(try script("well", fields)) \"two words\"",
      "ill exec:\(try script("ill", "echo queue is full; echo more; exit 3"))",
      "stuck exec:\(try script("stuck", "sleep 600"))",
      "missing exec:\(scratch.file("missing"))",
    ]
    let many = (1...40).map { "m\($0) exec:/bin/true" }
    let all = checks + many
    let rondo = try RunningRondo(
      """
      $ORIGIN it.example.
      $NODE ex1 \(address)
      \(all.map { "$CHECK \($0) every=1h timeout=3s" }.joined(separator: "\n"))
      $POOL access ex1 check=\(all.map { String($0.prefix { $0 != " " }) }.joined(separator: ","))
      @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
           1h NS  ns1
      ns1  1h A   192.0.2.53
      mail 60 ROTATE access
      """, in: scratch)
    var found: [String: String] = [:]
    for check in try rondo.statusJSON()["nodes"][0]["addresses"][0]["checks"].array {
      found[check["name"].string ?? ""] = "\(check["state"].string ?? "") \(check["reason"].string ?? "")"
    }
    #expect(found["well"] == "up ")
    #expect(found["ill"] == "down exit status 3: queue is full")
    #expect(found["stuck"] == "down no end of the program within 3 s")
    #expect(found["missing"]?.hasPrefix("unknown local: ") == true)
    #expect((1...40).allSatisfy { found["m\($0)"] == "up " }, "the rest wait for their turn")
  }
  @Test("A program whose file the kernel cannot read holds up no other check, no answer and no command")
  func hungStart() throws {
    let scratch = try Scratch()
    let program = try scratch.write("#!/bin/sh\nexit 0\n", to: "hung")
    try setMode(of: program, to: 0o755)
    let lease = try Lease(on: program)
    let begun = ContinuousClock.now
    let rondo = try RunningRondo(
      """
      $ORIGIN it.example.
      $NODE ex1 \(freshLoopback())
      $CHECK hung exec:\(program) every=2s timeout=1s
      $CHECK well exec:/bin/true every=2s timeout=1s
      $POOL access ex1 check=well
      $POOL other ex1 check=hung
      @     1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
            1h NS  ns1
      ns1   1h A   192.0.2.53
      mail  60 ROTATE access
      other 60 ROTATE other
      """, in: scratch)
    _ = try rondo.line { $0.contains(" check-cannot-run ") && $0.contains(" check=hung ") }
    var found: [String: String] = [:]
    for check in try rondo.statusJSON()["nodes"][0]["addresses"][0]["checks"].array {
      found[check["name"].string ?? ""] = "\(check["state"].string ?? "") \(check["reason"].string ?? "")"
    }
    let took = ContinuousClock.now - begun
    #expect(found["well"] == "up ")
    #expect(found["hung"]?.hasPrefix("unknown local: ") == true, "\(found)")
    // The kernel takes the lease away after 45 s.
    #expect(took < .seconds(30))
    print("With a program whose start hangs the status came after \(took)")
    lease.end()
    _ = try rondo.line { $0.contains(" check-runs-again ") && $0.contains(" check=hung") }
    #expect(try rondo.stop().status == 0)
  }
}

/// Has the kernel wait before it opens a file for anybody else, such as to run it.
private final class Lease {
  private var file: Int32?
  private static let set: Int32 = 1_024

  init(on path: String) throws {
    // By which the kernel asks for the lease, and which would end this process.
    _ = signal(SIGIO, SIG_IGN)
    // The string becomes a C string that outlives the call.
    let file = unsafe open(path, O_RDWR | O_CLOEXEC)
    self.file = file
    try #require(fcntl(file, Lease.set, Int32(F_WRLCK)) == 0)
  }

  /// Nobody may run a file that somebody has open for writing.
  func end() {
    if let file { close(file) }
    file = nil
  }

  deinit { end() }
}
