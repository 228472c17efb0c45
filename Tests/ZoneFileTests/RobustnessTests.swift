// Whatever the octets are: the reader ends, never traps, and its messages point into the file.

import DNS
import Model
import TestSupport
import Testing
import ZoneFile

private let words = [
  "$ORIGIN", "$TTL", "$INCLUDE", "$ZONE", "$AUTHORITY", "$NODE", "$CHECK", "$POOL", "SOA", "NS", "A", "AAAA", "CNAME",
  "MX", "TXT", "SRV", "CAA", "ROTATE", "IN", "1h", "60", "@", "a.", "x", "*.x", "ex1", "ex2", "access", "mta", "tcp:25",
  "smtp:25", "https:443/a", "verify=ca:x", "names=node", "status=200-299", "starttls=use", "tls:1",
  "check=mta", "check=none", "contact=a.b.", "192.0.2.1", "::1", "\"", "(", ")", "\\", "\\255", ";", "\n", "\n", "\n\t",
  " ", "=", ",", "4294967296", ".", "..", "\r\n", "\u{FC}",
  "DNAME", "SVCB", "HTTPS", "alpn=\"h2\"", "=\"", "port=1", "mandatory=port", "TLSA", "SSHFP", "NAPTR", "LOC", "N", "E",
  "URI", "HINFO", "RP", "DS", "TYPE64", "TYPE6", "CLASS1", "\\#", "4", "c0000201",
]

/// Reads the octets and expects of the result what holds for every input.
private func expectSane(_ octets: [UInt8], seed: UInt64) {
  let result = readConfiguration(files: ["f"]) { path throws(LoadFailure) in
    guard path == "f" || path.hasPrefix("x") else { throw LoadFailure(reason: "no such file") }
    return octets
  }
  let lineCount = octets.count { $0 == UInt8(ascii: "\n") } + 1
  let hasErrors = result.diagnostics.contains { $0.severity == .error }
  #expect(hasErrors == (result.configuration == nil), "seed \(seed)")
  #expect(result.diagnostics.count <= 202, "seed \(seed)")
  for diagnostic in result.diagnostics {
    #expect((0...lineCount).contains(diagnostic.location.line), "seed \(seed)")
    #expect(!diagnostic.what.isEmpty, "seed \(seed)")
    #expect(diagnostic.caretColumn <= diagnostic.sourceLine.unicodeScalars.count, "seed \(seed)")
    #expect(!diagnostic.message.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }, "seed \(seed)")
    #expect(!diagnostic.sourceLine.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }, "seed \(seed)")
  }
  guard let configuration = result.configuration else { return }
  for zone in configuration.zones {
    #expect(zone.records.allSatisfy { $0.owner.isAtOrBelow(zone.apex) }, "seed \(seed)")
    #expect(zone.records.contains { $0.type == .ns && $0.owner == zone.apex }, "seed \(seed)")
    #expect(zone.rotations.allSatisfy { configuration.pools.indices.contains($0.pool) }, "seed \(seed)")
  }
  for pool in configuration.pools {
    #expect(!pool.members.isEmpty && pool.members.allSatisfy(configuration.nodes.indices.contains), "seed \(seed)")
    #expect(pool.checks.allSatisfy(configuration.checks.indices.contains), "seed \(seed)")
  }
}

@Test("Random octets are read to the end", arguments: 0..<8 as Range<UInt64>)
func randomOctets(round: UInt64) {
  for seed in round * 100..<round * 100 + 100 {
    var generator = SeededGenerator(seed: seed)
    let count = Int.random(in: 0...400, using: &generator)
    expectSane((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }, seed: seed)
  }
}

@Test("Random words of the grammar are read to the end", arguments: 0..<8 as Range<UInt64>)
func randomWords(round: UInt64) {
  for seed in round * 100..<round * 100 + 100 {
    var generator = SeededGenerator(seed: seed)
    var text = ""
    for _ in 0..<Int.random(in: 0...120, using: &generator) {
      text += words.randomElement(using: &generator) ?? ""
      if Bool.random(using: &generator) { text += " " }
    }
    expectSane(Array(text.utf8), seed: seed)
  }
}

@Test("Mutations of a good file are read to the end", arguments: 0..<8 as Range<UInt64>)
func mutations(round: UInt64) {
  let good = Array(
    zone(
      "x MX 10 used\n_s SRV 0 0 1 used\ny CNAME z.\nt TXT ( \"a\"\n b )\nsub NS ns.sub\nns.sub A 192.0.2.9"
        + "\nd DNAME y.\nh HTTPS 1 . alpn=\"h2,h3\" port=1 mandatory=port\nl LOC 1 2 3.4 N 5 6 7 E 8m 9m 1m 2m"
        + "\nn NAPTR 1 2 s \"\" \"\" .\ng TYPE9999 \\# 2 abcd\ng2 CLASS1 TYPE33 \\# 7 00010001000100"
    ).utf8)
  for seed in round * 200..<round * 200 + 200 {
    var generator = SeededGenerator(seed: seed)
    var octets = good
    for _ in 0..<Int.random(in: 1...6, using: &generator) {
      guard let at = octets.indices.randomElement(using: &generator) else { break }
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: octets[at] = UInt8.random(in: .min ... .max, using: &generator)
      case 1: octets.remove(at: at)
      case 2: octets.insert(contentsOf: (words.randomElement(using: &generator) ?? "").utf8, at: at)
      default: octets.removeSubrange(at..<min(octets.count, at + Int.random(in: 0...40, using: &generator)))
      }
    }
    expectSane(octets, seed: seed)
  }
}

private func lines(_ count: Int, _ line: (Int) -> String) -> String { (0..<count).map { line($0) + "\n" }.joined() }

private let small = "$TTL 1\na. SOA b. c. 1 1 1 1 1\na. NS b.\n"

/// Shapes made of many lines that differ, or that once cost the square of their number.
private func manyLines() -> [String] {
  let address = { (number: Int) in "10.\(number >> 8).\(number & 255).0" }
  let deep = String(repeating: "x.", count: 120)
  var shapes: [String] = []
  shapes.append(String(repeating: "\0", count: 2_000_000))
  shapes.append(String(repeating: "a\u{1}b\n", count: 200_000))
  shapes.append(String(repeating: "x\n", count: 200_000))
  shapes.append(String(repeating: "\"a\n", count: 100_000))
  shapes.append(lines(20_000) { "$SITE s\($0) \(address($0))/32" })
  shapes.append(lines(20_000) { "$ECS \(address($0))/32" })
  shapes.append(lines(20_000) { "$REFERENCE tcp:1 \(address($0))" })
  shapes.append(lines(5_000) { "$NODE n\($0) \(address($0))\n$CHECK k\($0) smtp:25 source=10.0.0.1" } + small)
  shapes.append(lines(5_000) { "$CHECK k\($0) tcp:25\n$POOL q\($0) a b check=k\($0)" } + small)
  shapes.append("$POOL p n check=c warn=" + lines(30_000) { "c\($0)," }.replacing("\n", with: ""))
  shapes.append(small + lines(20_000) { "c\($0).a. CNAME c\($0 + 1).a." })
  shapes.append(small + lines(20_000) { "c\($0).a. CNAME c\(($0 + 1) % 20_000).a." })
  shapes.append(small + lines(20_000) { "d\($0).a. DNAME y." } + lines(20_000) { "x.d\($0).a. TXT a" })
  shapes.append(small + "$ORIGIN \(deep)a.\ncut.a. NS z.\n" + lines(20_000) { "y\($0) TXT a" })
  shapes.append(small + lines(20_000) { "o.a. TYPE\($0 + 300) \\# 0" })
  shapes.append(small + lines(20_000) { "s\($0).a. RRSIG A" })
  shapes.append(small + lines(20_000) { "s\($0).zzz. TXT a" })
  return shapes
}

@Test("Many lines of a kind are read in linear time", arguments: manyLines())
func hostileLines(text: String) {
  let start = ContinuousClock.now
  expectSane(Array(text.utf8), seed: 0)
  #expect(ContinuousClock.now - start < .seconds(20))
}

@Test(
  "Files made to cost time are read in linear time",
  arguments: [
    String(repeating: "(", count: 100_000), String(repeating: "(\n", count: 100_000),
    String(repeating: ")", count: 100_000),
    String(repeating: "\"\n", count: 100_000), String(repeating: "a ( b\n", count: 50_000),
    "x. TXT " + String(repeating: "a ", count: 100_000), String(repeating: "a.", count: 100_000),
    String(repeating: "\\", count: 100_000), "$POOL p " + String(repeating: "n ", count: 50_000),
    String(repeating: "$NODE n 192.0.2.1\n", count: 20_000),
    String(repeating: "\u{1}", count: 200_000), String(repeating: "a\u{1} ", count: 100_000),
    "$POOL p n check=" + (0..<30_000).map { "c\($0)" }.joined(separator: ","),
    "$AUTHORITY " + (0..<30_000).map { "n\($0). " }.joined() + "contact=a.",
    String(repeating: " ", count: 300_000) + String(repeating: "a \"\n", count: 1000),
    "$TTL 1\na. SOA b. c. 1 1 1 1 1\na. NS b.\n" + String(repeating: "a. TXT x\n", count: 20_000),
  ])
func hostileShapes(text: String) {
  let start = ContinuousClock.now
  expectSane(Array(text.utf8), seed: 0)
  #expect(ContinuousClock.now - start < .seconds(20))
}

@Test("A zone of 100,000 names is read within seconds even in a debug build")
func largeZone() throws {
  var text = zone("")
  for number in 0..<100_000 { text += "host\(number) A 192.0.2.1\n" }
  let octets = Array(text.utf8)
  let start = ContinuousClock.now
  let result = read(octets: octets)
  let elapsed = ContinuousClock.now - start
  #expect(result.text == "")
  #expect(result.configuration?.zones.first?.records.count == 100_002)
  #expect(elapsed < .seconds(30), "\(elapsed)")
}

@Test("After ten thousand errors the reading ends, and the last message says where")
func tooManyErrors() {
  let result = read(String(repeating: "x\n", count: 20_000))
  #expect(result.diagnostics.count == 102)
  #expect(result.text.contains("9900 more errors are not shown"))
  #expect(
    result.diagnostics.last?.what.hasPrefix("the reading ended at mail.zone:10000:1, after 10000 errors") == true,
    "\(result.text.suffix(300))")
}
