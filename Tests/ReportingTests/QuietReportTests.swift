// What is said of a node on its way to be quiet, and how a waiting command learns of it.

import DNS
import Health
import Testing

@testable import Policy
@testable import Reporting

@Suite("Quiet nodes in words")
struct QuietReportTests {
  /// 2026-11-24T12:58:04.250Z, 100 s after the clock of the daemon began.
  private let clock = DaemonView.ClockPair(
    monotonic: MonotonicTime(nanoseconds: 100_000_000_000), civil: UnixTime(milliseconds: 1_795_525_084_250))
  private let words = TimeWords(
    now: UnixTime(milliseconds: 1_795_525_084_250), localTime: LocalTime(offsetSeconds: 3_600, zone: "CET"))

  private func time(_ milliseconds: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: milliseconds * 1_000_000) }

  @Test("A time is never said to be earlier than it is, and less than a second later")
  func rounding() throws {
    for milliseconds in stride(from: Int64(100_001), to: 103_000, by: 37) {
      let report = QuietReport(NodeQuiet(.notYet(at: time(milliseconds))), at: clock)
      let truth = clock.civil.milliseconds + milliseconds - 100_000
      let at = try #require(report.at).milliseconds
      #expect(at >= truth && at < truth + 1_000)
      #expect(report.secondsLeft == (at - clock.civil.milliseconds + 999) / 1_000)
    }
  }

  @Test("A time is reported to have come at the second that was announced, not before")
  func announcement() {
    // A quarter of a second past the whole one.
    #expect(clock.announced(time(100_000)) == time(100_750))
    #expect(clock.announced(time(100_750)) == time(100_750))
    #expect(clock.announced(time(100_751)) == time(101_750))
    #expect(QuietReport(NodeQuiet(.quiet(since: time(99_900))), at: clock).state == .waiting)
  }

  @Test("Each state has its sentence")
  func sentences() {
    var waiting = NodeQuiet(.notYet(at: time(158_750)), lastHandedOut: time(98_750))
    var report = QuietReport(waiting, at: clock)
    report.lastAsker = "10.1.3.53"
    #expect(words.sentence(report) == "last handed out 13:58:03 CET to 10.1.3.53; quiet at 13:59:03 CET")
    waiting = NodeQuiet(.notYet(at: time(158_750)), isByStart: true)
    #expect(
      words.sentence(QuietReport(waiting, at: clock))
        == "perhaps handed out until this process started; quiet at 13:59:03 CET")
    let quiet = NodeQuiet(.quiet(since: time(98_750)), lastHandedOut: time(38_750))
    #expect(
      words.sentence(QuietReport(quiet, at: clock)) == "last handed out 13:57:03 CET; quiet since 13:58:03 CET")
    #expect(
      words.sentence(QuietReport(NodeQuiet(.settling), at: clock)) == "its last answers are still being sent")
    #expect(
      words.sentence(QuietReport(NodeQuiet(.unknown), at: clock))
        == "not known who has its address (--ledger off)")
    let record = StaticRecord(
      owner: DomainName("old.kreis.example")!, type: .a, ttl: 60, place: "mail.zone:12")
    let served = NodeQuiet(.servedStill(by: [.pool("access", ttl: 60), .record(record), .moreRecords(2)]))
    #expect(
      words.sentence(QuietReport(served, at: clock))
        == "still handed out by pool access (TTL 60 s), old.kreis.example A (static record, mail.zone:12), "
        + "2 more static records")
  }

  @Test("The worst of several nodes counts, and a reply survives its way")
  func replies() throws {
    let quiet = QuietReport(NodeQuiet(.quiet(since: time(98_000))), at: clock)
    let waiting = QuietReport(NodeQuiet(.notYet(at: time(158_750))), at: clock)
    let served = QuietReport(NodeQuiet(.servedStill(by: [.pool("access", ttl: 60)])), at: clock)
    let stuck = QuietReport(NodeQuiet(.servedStill(by: [.moreRecords(1)])), at: clock)
    func outlook(_ reports: QuietReport...) -> QuietReply.Outlook {
      QuietReply(reports.map { ($0, true) }, text: "").outlook
    }
    #expect(outlook(quiet) == .quiet && outlook(quiet, waiting) == .waiting && outlook(waiting, served) == .served)
    #expect(outlook(served, stuck, quiet) == .stuck)
    let held = QuietReport(NodeQuiet(.heldBySecondaries([])), at: clock)
    let settling = QuietReport(NodeQuiet(.settling), at: clock)
    #expect(outlook(settling, held, waiting) == .held && outlook(held, served) == .served)
    let reply = QuietReply([(waiting, true), (quiet, false)], text: "ex1: …\nex2: …")
    #expect(reply.secondsLeft == 59 && !reply.isOut)
    #expect(QuietReply(message: reply.message) == reply)
    let withHolders = QuietReply([(waiting, true)], text: "ex1: …", holders: "ex1:\nHOLDER  …\n\nex2:\nHOLDER  …")
    #expect(QuietReply(message: withHolders.message) == withHolders)
    for text in ["", "waiting 5 out", "waiting x out\n", "waiting 5\n", "soon 5 out\n", "waiting 5 off\n"] {
      #expect(QuietReply(message: text) == nil, "\(text)")
    }
  }
}
