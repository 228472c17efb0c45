// `rondo events --since`: which moment of the past is meant, also in the nights when clocks change.

import Policy
import Testing

@testable import Reporting
@testable import rondo

/// Berlin around 25 October 2026: from CEST to CET at 01:00 UTC.
private func autumn(_ time: Int64) -> LocalTime.Offset {
  time < 1_792_890_000 ? .init(seconds: 7_200, zone: "CEST") : .init(seconds: 3_600, zone: "CET")
}

/// Berlin around 29 March 2026: from CET to CEST at 01:00 UTC.
private func spring(_ time: Int64) -> LocalTime.Offset {
  time < 1_774_746_000 ? .init(seconds: 3_600, zone: "CET") : .init(seconds: 7_200, zone: "CEST")
}

@Suite("Command line: --since")
struct SinceTests {
  private func since(
    _ text: String, at now: String, in zone: (Int64) -> LocalTime.Offset = autumn
  ) throws -> String {
    guard case .events(let options) = try Invocation(arguments: ["events", "--since", text]) else { return "?" }
    let moment = try #require(UnixTime(rfc3339: now))
    return try UnixTime(seconds: #require(options.since).resolve(at: moment.seconds, in: zone)).description
  }

  @Test("A span counts back; a time of day is the last such time; a date stands for itself")
  func meaning() throws {
    let now = "2026-11-28T13:00:00Z"
    #expect(try since("90m", at: now) == "2026-11-28T11:30:00Z")
    #expect(try since("14:00", at: now) == "2026-11-28T13:00:00Z")
    #expect(try since("14:01", at: now) == "2026-11-27T13:01:00Z")
    #expect(try since("13:30Z", at: now) == "2026-11-27T13:30:00Z")
    #expect(try since("2026-11-28 13:59:30", at: now) == "2026-11-28T12:59:30Z")
    #expect(try since("2026-11-01T02:00+01:00", at: now) == "2026-11-01T01:00:00Z")
  }

  @Test("In the nights when clocks change nothing is missed: the earlier moment counts")
  func changes() throws {
    #expect(try since("02:30", at: "2026-10-25T12:00:00Z") == "2026-10-25T00:30:00Z")
    #expect(try since("02:30", at: "2026-10-25T00:45:00Z") == "2026-10-25T00:30:00Z")
    #expect(try since("02:30", at: "2026-03-29T12:00:00Z", in: spring) == "2026-03-29T01:30:00Z")
    #expect(try since("03:30", at: "2026-03-29T12:00:00Z", in: spring) == "2026-03-29T01:30:00Z")
  }

  @Test("What is still to come, and what is no time, is refused")
  func refused() {
    #expect(throws: UsageError.self) { try since("2026-11-29", at: "2026-11-28T13:00:00Z") }
    #expect(throws: UsageError.self) { try since("yesterday", at: "2026-11-28T13:00:00Z") }
    #expect {
      try since("2026-11-28T13:01Z", at: "2026-11-28T13:00:00Z")
    } throws: { error in
      (error as? UsageError)?.message.contains("2026-11-28T13:01Z is after 2026-11-28 14:00 CET") == true
    }
  }
}
