// `exec:` with small shell scripts.

import DNS
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
}
