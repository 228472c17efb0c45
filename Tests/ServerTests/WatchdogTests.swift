// When a sign of life is given.

import Health
import Linux
import Testing

@testable import Server

struct WatchdogTests {
  private let start = MonotonicTime(nanoseconds: 1_000_000_000)

  @Test("A process that is not watched gives none")
  func unwatched() {
    #expect(Watchdog(microseconds: nil, process: nil, at: start) == nil)
    #expect(Watchdog(microseconds: "0", process: nil, at: start) == nil)
    #expect(Watchdog(microseconds: "x", process: nil, at: start) == nil)
    #expect(Watchdog(microseconds: "2000000", process: "1", at: start) == nil, "another process is")
    #expect(Watchdog(microseconds: "2000000", process: "\(processID)", at: start) != nil)
  }

  @Test("It looks four times in the time that systemd waits, and every worker must have moved since the last look")
  func looks() throws {
    var watchdog = try #require(Watchdog(microseconds: "2000000", process: nil, at: start))
    #expect(watchdog.inspect([("a", 0), ("b", 7)], now: start) == .alive, "nothing to compare with yet")
    #expect(watchdog.inspect([("a", 0), ("b", 7)], now: start + .milliseconds(499)) == .notDue)
    #expect(watchdog.inspect([("a", 1), ("b", 7)], now: start + .milliseconds(500)) == .stuck(["b"]))
    #expect(watchdog.inspect([("a", 2), ("b", 8)], now: start + .milliseconds(1_000)) == .alive)
    #expect(watchdog.longestSleep == .milliseconds(250))
  }
}
