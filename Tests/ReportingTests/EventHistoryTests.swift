// The event history: what a log line becomes, how much is kept, and what is read back of a file, torn wherever it may be.

import DNS
import Health
import TestSupport
import Testing

@testable import Policy
@testable import Reporting

private let address = IPAddress(ipv4: 192, 0, 2, 11)

private func down(_ number: Int) -> LogLine {
  .addressDown(
    node: "ex\(number % 3)", address: address, check: "owa", reason: "said \\\t\"ü\" \(number)", pools: ["access"])
}

private func history(_ count: Int, limits: EventHistory.Limits = .init()) -> EventHistory {
  var history = EventHistory(begun: UnixTime(seconds: 1_795_000_000), limits: limits)
  for number in 0..<count {
    history.record(down(number), at: UnixTime(milliseconds: 1_795_000_000_000 + Int64(number)))
  }
  return history
}

private func file(_ history: EventHistory) -> [UInt8] {
  EventFile.head(begun: history.begun) + EventFile.lines(of: history, after: 0)
}

@Suite("Event history")
struct EventHistoryTests {
  @Test("A change that is logged is an event with the same word, facts and level; a note of the log is none")
  func oneSource() throws {
    let line = LogLine.addressDown(
      node: "ex1", address: address, check: "owa", from: .up, to: .maintenance, reason: "says so", pools: ["access"])
    let event = try #require(Event(line, id: 7, at: UnixTime(seconds: 5)))
    #expect(event.kind.rawValue == line.event && event.level == line.level)
    #expect(event.from == "up" && event.to == "maintenance")
    for field in line.fields { #expect(event[field.key].map { Array($0.utf8) } == field.value) }
    #expect(Event(.stopped(uptimeSeconds: 1, queries: 2), id: 8, at: UnixTime(seconds: 5)) == nil)
    #expect(Event(line.onTrial, id: 8, at: UnixTime(seconds: 5)) == nil)
    var history = history(0)
    let isRecorded = history.record(.stopped(uptimeSeconds: 1, queries: 2), at: UnixTime(seconds: 5))
    #expect(!isRecorded && history.lastID == 0 && history.counts.isEmpty)
  }

  @Test("A value that is too long is cut between characters")
  func longValues() throws {
    let text = String(repeating: "ü", count: 400)
    let event = try #require(Event(.stateNotKept(reason: "x" + text), id: 1, at: UnixTime(seconds: 5)))
    let reason = try #require(event["reason"])
    #expect(reason == "x" + String(repeating: "ü", count: 255) + "…")
  }

  @Test("Which node an event concerns")
  func concerns() throws {
    func event(_ line: LogLine) throws -> Event { try #require(Event(line, id: 1, at: UnixTime(seconds: 5))) }
    let certificate = Condition(.certificateExpiring, "owa of ex1 at 192.0.2.11", "expires")
    for line in [
      down(1), .members(pools: ["access"], family: .ipv4, entered: ["ex3"], left: ["ex2", "ex1"]),
      .conditionBegan(certificate), .conditionBegan(Condition(.drainOverdue, "ex1", "drained")),
    ] {
      #expect(try event(line).concerns(node: "ex1"))
      #expect(try !event(line).concerns(node: "ex"))
      #expect(try !event(line).concerns(node: "of"))
    }
    #expect(try !event(.redundancyLost(pool: "ex1", family: .ipv4, left: ["ex1"])).concerns(node: "ex1"))
  }

  @Test("The oldest make room, by number and by octets; what is left has no gap")
  func bounds() {
    for limits in [EventHistory.Limits(events: 300, octets: 1 << 20), .init(events: 100_000, octets: 40_000)] {
      let history = history(2_000, limits: limits)
      let ids = history.events(after: 0).map(\.id)
      #expect(history.count == ids.count && history.count <= limits.events && history.octets <= limits.octets)
      #expect(history.count > 100)
      #expect(ids == Array((2_001 - UInt64(ids.count))...2_000) && history.firstID == ids.first)
      #expect(history.events(after: 1_990).map(\.id) == Array(1_991...2_000))
      #expect(history.events(after: 2_000).map(\.id).isEmpty)
      #expect(history.newestFirst.prefix(3).map(\.id) == [2_000, 1_999, 1_998])
      #expect(history.counts == [.addressDown: 2_000])
    }
  }

  @Test("A copy stays as it is while the history goes on")
  func copies() {
    var history = history(200)
    let copy = history
    for number in 0..<500 { history.record(down(number), at: UnixTime(seconds: 6)) }
    #expect(copy.lastID == 200 && copy.events(after: 0).map(\.id) == Array(1...200))
    #expect(history.events(after: 0).map(\.id) == Array(1...700))
  }
}

@Suite("File of events")
struct EventFileTests {
  @Test("What is written is read back, whatever signs it has")
  func roundTrip() throws {
    var history = history(300)
    history.record(
      .adminStateSet(AdminState(.drained, author: "anna", reason: "=\\073 ⇥", since: 5), node: "ex1"),
      at: .init(seconds: -7))
    let octets = file(history)
    #expect(octets.allSatisfy { $0 >= 0x20 || $0 == 0x09 || $0 == 0x0A })
    let read = try EventFile(octets: octets)
    #expect(read.events == Array(history.events(after: 0)))
    #expect(read.lastID == 301 && read.tornOctets == 0 && read.wholeOctets == octets.count)
    #expect(EventHistory(read, at: read.begun).begun == history.begun)
  }

  @Test("Torn at any octet, a file gives the whole lines before, with growing numbers and none twice")
  func torn() throws {
    let octets = file(history(12))
    let whole = try EventFile(octets: octets).events
    let headEnd = try #require(octets.firstIndex(of: 0x0A)) + 1
    for end in headEnd...octets.count {
      let torn = try EventFile(octets: Array(octets[..<end]))
      #expect(torn.events == Array(whole.prefix(torn.events.count)))
      #expect(torn.events.count == octets[..<end].count { $0 == 0x0A } - 1)
      #expect(torn.wholeOctets + torn.tornOctets == end)
      // A power cut may leave a length without content.
      let filled = try EventFile(octets: Array(octets[..<end]) + [UInt8](repeating: 0, count: 700))
      #expect(filled.events.count >= torn.events.count && filled.wholeOctets == torn.wholeOctets)
    }
    for end in 0..<headEnd {
      #expect(throws: EventFileError.unknownVersion) { try EventFile(octets: Array(octets[..<end])) }
    }
  }

  @Test("A damaged line in the middle, numbers that do not grow, and another's file make it unusable")
  func damaged() throws {
    let octets = file(history(4))
    let lines = octets.split(separator: 0x0A).map(Array.init)
    func joined(_ lines: [[UInt8]]) -> [UInt8] { lines.flatMap { $0 + [0x0A] } }
    var damaged = lines
    damaged[2][0] = UInt8(ascii: "x")
    #expect(throws: EventFileError.malformed(line: 3)) { try EventFile(octets: joined(damaged)) }
    damaged = lines
    damaged.swapAt(2, 3)
    #expect(throws: EventFileError.malformed(line: 4)) { try EventFile(octets: joined(damaged)) }
    for text in ["", "rondo-events 2 5\n", "rondo-events 1 5", "rondo-events 1 -5\n", "rondo-health 1\n"] {
      #expect(throws: EventFileError.unknownVersion) { try EventFile(octets: Array(text.utf8)) }
    }
  }

  @Test("A line of a kind that this version does not know is left out, and its number is not used again")
  func unknownKinds() throws {
    let octets = file(history(2)) + Array("9\t1795000000000\tcows-home\tinfo\t-\t-\tcow=1\n".utf8)
    let read = try EventFile(octets: octets)
    #expect(read.events.map(\.id) == [1, 2] && read.lastID == 9 && read.tornOctets == 0)
    // Nothing says that the process has stopped, and the clock was set back.
    var history = EventHistory(read, at: UnixTime(seconds: 0))
    history.record(down(1), at: .init(seconds: 5))
    #expect(history.lastID == 1_000_010)
    let later = EventHistory(read, at: UnixTime(milliseconds: read.begun.milliseconds + 5_000))
    #expect(later.lastID == 5_000_000)
  }

  @Test("Whether a process has ended without a stop is seen from its last start")
  func openEnd() throws {
    func isOpenEnded(_ lines: LogLine...) throws -> Bool {
      var history = history(0)
      for line in lines { history.record(line, at: .init(seconds: 5)) }
      return try EventFile(octets: file(history)).isOpenEnded
    }
    let start = LogLine.start(version: "1", processID: 2, files: [], threads: 1)
    #expect(try !isOpenEnded())
    #expect(try isOpenEnded(start, down(1)))
    #expect(try !isOpenEnded(start, .stopping(cause: "SIGTERM"), down(1)))
    #expect(try isOpenEnded(start, .stopping(cause: "SIGTERM"), start))
    #expect(try isOpenEnded(down(1)))
  }

  @Test("Events that memory no longer has and the disk never had are counted where they are missing")
  func gap() throws {
    let history = history(1_000, limits: .init(events: 200, octets: 1 << 20))
    let octets = EventFile.head(begun: history.begun) + EventFile.lines(of: history, after: 10)
    let events = try EventFile(octets: octets).events
    let lost = try #require(events.first)
    #expect(lost.kind == .eventsLost && lost["count"] == "\(history.firstID - 11)" && lost.id == history.firstID - 1)
    #expect(events.dropFirst().map(\.id) == Array(history.firstID...1_000))
  }
}
