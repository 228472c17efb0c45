// Times as operators write them, over the nights when clocks change.

import Testing

@testable import Reporting
@testable import rondo

func written(_ text: String) -> WrittenTime? { WrittenTime(text) }

@Suite("Times on the command line")
struct WrittenTimeTests {
  private func resolve(_ text: String, after now: String) throws -> String {
    let time = try #require(WrittenTime(text), "\(text)")
    let seconds = try time.seconds(after: EuropeanZone.seconds(now), in: EuropeanZone.offset)
    return UnixTime(seconds: seconds).description
  }

  @Test(
    "A time of day is the next such time of the host's zone; with a date or a zone it is what it says",
    arguments: [
      ("16:00", "2026-11-29T10:00Z", "2026-11-29T15:00:00Z"),
      ("16:00", "2026-11-29T15:00Z", "2026-11-30T15:00:00Z"),
      ("16:00:30", "2026-11-29T15:00Z", "2026-11-29T15:00:30Z"),
      ("00:30", "2026-12-31T22:59Z", "2026-12-31T23:30:00Z"),
      ("00:30", "2026-12-31T23:30Z", "2027-01-01T23:30:00Z"),
      ("16:00", "2026-07-01T10:00Z", "2026-07-01T14:00:00Z"),
      ("16:00Z", "2026-07-01T15:00Z", "2026-07-01T16:00:00Z"),
      ("01:00+05:30", "2026-07-01T15:00Z", "2026-07-01T19:30:00Z"),
      ("2026-11-30T18:00", "2026-11-29T10:00Z", "2026-11-30T17:00:00Z"),
      ("2026-11-30 18:00", "2026-11-29T10:00Z", "2026-11-30T17:00:00Z"),
      ("2026-11-30 18:00:01", "2026-11-29T10:00Z", "2026-11-30T17:00:01Z"),
      ("2026-11-30T18:00Z", "2026-11-29T10:00Z", "2026-11-30T18:00:00Z"),
      ("2026-11-30T18:00-08:00", "2026-11-29T10:00Z", "2026-12-01T02:00:00Z"),
      ("2028-02-29T12:00", "2026-11-29T10:00Z", "2028-02-29T11:00:00Z"),
    ])
  func meant(text: String, now: String, expected: String) throws {
    #expect(try resolve(text, after: now) == expected)
  }

  // In 2027 clocks go from 02:00 to 03:00 on 28 March, and from 03:00 back to 02:00 on 31 October.
  @Test(
    "Over the nights when clocks change, what is clear is understood",
    arguments: [
      ("01:59", "2027-03-27T20:00Z", "2027-03-28T00:59:00Z"),
      ("03:00", "2027-03-27T20:00Z", "2027-03-28T01:00:00Z"),
      ("16:00", "2027-03-27T20:00Z", "2027-03-28T14:00:00Z"),
      ("02:30", "2027-03-28T01:00Z", "2027-03-29T00:30:00Z"),
      ("01:59", "2027-10-30T20:00Z", "2027-10-30T23:59:00Z"),
      ("03:00", "2027-10-30T20:00Z", "2027-10-31T02:00:00Z"),
      ("02:30+02:00", "2027-10-30T20:00Z", "2027-10-31T00:30:00Z"),
      ("2027-10-31T02:30+01:00", "2027-10-30T20:00Z", "2027-10-31T01:30:00Z"),
      // The first 02:30 is past, so only the second can be meant.
      ("02:30", "2027-10-31T00:45Z", "2027-10-31T01:30:00Z"),
      ("02:30", "2027-10-31T01:45Z", "2027-11-01T01:30:00Z"),
    ])
  func changes(text: String, now: String, expected: String) throws {
    #expect(try resolve(text, after: now) == expected)
  }

  @Test(
    "A time that does not exist, or twice, or is past is refused, with what could be meant",
    arguments: [
      (
        "02:30", "2027-03-27T20:00Z",
        "2027-03-28 02:30 does not exist here: clocks are set forward over it in that night; it would be "
          + "2027-03-28 03:30 CEST"
      ),
      (
        "2027-03-28T02:00", "2027-03-27T20:00Z",
        "2027-03-28 02:00 does not exist here: clocks are set forward over it in that night; it would be "
          + "2027-03-28 03:00 CEST"
      ),
      (
        "02:30", "2027-10-30T20:00Z",
        "2027-10-31 02:30 comes twice here, because clocks are set back in that night: write "
          + "2027-10-31T02:30+02:00 (CEST) or 2027-10-31T02:30+01:00 (CET)"
      ),
      (
        "2027-10-31 02:00:05", "2026-10-30T20:00Z",
        "2027-10-31 02:00:05 comes twice here, because clocks are set back in that night: write "
          + "2027-10-31T02:00:05+02:00 (CEST) or 2027-10-31T02:00:05+01:00 (CET)"
      ),
      ("2026-11-28 18:00", "2026-11-29T10:00Z", "2026-11-28 18:00 is not after 2026-11-29 11:00 CET"),
    ])
  func refused(text: String, now: String, sentence: String) throws {
    do {
      Issue.record("\(try resolve(text, after: now)) is not refused")
    } catch let error as WrittenTimeError {
      #expect(error.sentence == sentence)
    }
  }

  @Test(
    "Other texts are no times",
    arguments: [
      "", "16", "16:0", "4:00", "16:00:0", "24:00", "16:60", "16:00:60", "4pm", "noon", "2026-11-30", "2026-11-30T",
      "2026-11-30x18:00", "3000-01-01T00:00", "2026-02-29T12:00", "2026-13-01T12:00", "2026-00-01T12:00",
      "2026-04-31 12:00",
      "16:00+1", "16:00+01", "16:00+0100", "16:00z", "16:00+24:00", "16:00 ", " 16:00", "1969-12-31T23:00", "16:00ZZ",
      "20261130T1800", "2026-11-30T18:00+01:00Z", "-1:00", "\u{661}6:00",
    ])
  func malformed(text: String) { #expect(WrittenTime(text) == nil) }

  @Test("Every written time of a year comes back as it was written, or is refused")
  func roundTrip() throws {
    var (understood, refused) = (0, 0)
    for hour in stride(
      from: EuropeanZone.seconds("2027-01-01T00:00Z"), to: EuropeanZone.seconds("2028-01-01T00:00Z"), by: 1_800)
    {
      // As a clock on the wall that knows no changes would go.
      let text = String(UnixTime(seconds: hour).description.dropLast(4))
      let time = try #require(WrittenTime(text))
      do {
        let seconds = try time.seconds(after: 0, in: EuropeanZone.offset)
        #expect(
          UnixTime(seconds: seconds + EuropeanZone.offset(at: seconds).seconds).description.hasPrefix(text), "\(text)")
        understood += 1
      } catch {
        refused += 1
      }
    }
    // Two half hours in each of two nights.
    #expect(refused == 4 && understood == 365 * 48 - 4)
  }

  @Test("Spans have each unit once, the greater first, and are bounded")
  func spans() {
    for (text, seconds) in [
      ("2h", 7_200), ("90m", 5_400), ("1h30m", 5_400), ("45s", 45), ("2d", 172_800), ("1d1h1m1s", 90_061),
    ] {
      #expect(spanSeconds(text) == Int64(seconds), "\(text)")
    }
    for text in ["", "2", "h", "1h30", "30m1h", "1h1h", "-1h", "1.5h", "0m", "2 h", "1w", "9999999s", "400d", "2H"] {
      #expect(spanSeconds(text) == nil, "\(text)")
    }
  }
}
