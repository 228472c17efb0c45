// Lines that are read in one pass come out as they would by the reader of entries, to which a comment sends them.

import DNS
import TestSupport
import Testing
import ZoneFile

/// A line that is plain, or nearly so.
private func line(_ random: inout SeededGenerator) -> String {
  let owners = [
    "", "a", "A", "b-1", "_x", "*", "@", "a.b", "a.", "c.kreis.example.", "x.kreis.example", "\\097", "9", "in",
    String(repeating: "l", count: 63), String(repeating: "l", count: 64), "\"q\"", "$", "$X", "ü",
  ]
  let times = ["", "", "30", "060", "999999999", "2147483648", "1h", "30 30", "-1", "30s"]
  let classes = ["", "", "IN", "in", "CH", "CLASS1", "IN IN"]
  let types = ["A", "A", "A", "a", "AAAA", "TXT", "", "AA"]
  let addresses = [
    "192.0.2.1", "192.0.2.2", "10.0.0.255", "0.0.0.0", "256.0.0.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.04",
    "1..2.3", "1.2.3.4x", "", "192.0.2.1 x", "(192.0.2.1)", "\"192.0.2.1\"", "2001:db8::1", "1.2.3.4.",
  ]
  func one(_ choices: [String]) -> String {
    random.next() % 3 == 0 ? choices.randomElement(using: &random) ?? "" : choices[1]
  }
  let middle = [one(times), one(classes)].filter { !$0.isEmpty }
  let words = (random.next() % 2 == 0 ? middle : middle.reversed()) + [one(types), one(addresses)]
  let spaces = [" ", "  ", "\t", " \t "]
  func space() -> String { spaces.randomElement(using: &random) ?? " " }
  return words.reduce(one(owners)) { $0 + space() + $1 } + (random.next() % 8 == 0 ? " " : "")
}

@Test("A plain line means what it means to the reader of entries", arguments: 0..<300 as Range<UInt64>)
func plainLine(seed: UInt64) {
  var random = SeededGenerator(seed: seed)
  let lines = (0..<Int.random(in: 1...12, using: &random)).map { _ in line(&random) }
  let hasDefault = random.next() % 2 == 0
  let end = random.next() % 4 == 0 ? "\r\n" : "\n"
  func text(_ tail: String) -> String {
    let head = zone("").split(separator: "\n").filter { hasDefault || !$0.hasPrefix("$TTL") }
    return (head.map(String.init) + lines.map { $0 + tail }).joined(separator: end) + end
  }
  let plain = read(text(""))
  let commented = read(text(" ;"))
  #expect(plain.brief == commented.brief, "seed \(seed)\n\(text(""))")
  #expect(records(plain) == records(commented), "seed \(seed)\n\(text(""))")
}

@Test("The owner of a run of plain lines is the owner of the line that follows it")
func ownerAfterPlainLines() {
  let result = read(zone("x 60 A 192.0.2.1\n  A 192.0.2.2\n  TXT \"x\"\n  A 192.0.2.3"))
  #expect(records(result).filter { $0.hasPrefix("x.kreis.example. ") }.count == 4, "\(result.text)")
}

@Test("Many records of one RRset are all kept, and a repeated one is found among them")
func largeRRset() {
  let lines = (1...40).map { "many A 203.0.113.\($0)" }
  let result = read(zone((lines + [lines[3], lines[37], "MANY A 203.0.113.1"]).joined(separator: "\n")))
  #expect(result.brief.count == 3 && result.brief.allSatisfy { $0.contains("this A record is in the zone already") })
  #expect(records(result).filter { $0.hasPrefix("many") }.count == 40)
}
