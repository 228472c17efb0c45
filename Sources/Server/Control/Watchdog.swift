// WatchdogSec= of systemd: a sign of life only while the control loop goes round and every worker makes progress.
//
// The control loop asks: it wakes the workers that sleep in epoll, and those that sleep in a receive call wake up by
// themselves. A worker that has counted nothing between two looks is stuck, and then no sign of life is sent: systemd ends
// the process and starts it anew. Under load, queries are progress enough, and nothing is asked of the answer path.

internal import Health
internal import Linux

struct Watchdog {
  /// One worker's progress: a number that grows while it lives.
  typealias Progress = (name: String, count: UInt64)

  enum Finding: Hashable {
    /// It is not yet time to look.
    case notDue
    case alive
    /// The names of workers that have made no progress since the last look.
    case stuck([String])
  }

  /// Between two looks: a quarter of what systemd waits, so that one late look does no harm.
  let interval: Duration
  private(set) var nextInspection: MonotonicTime
  private var counts: [String: UInt64] = [:]

  /// Nil when this process is not watched: `sd_watchdog_enabled(3)`.
  init?(
    microseconds: String? = environment("WATCHDOG_USEC"), process: String? = environment("WATCHDOG_PID"),
    at now: MonotonicTime
  ) {
    guard let limit = microseconds.flatMap({ Int64($0) }), limit > 0, limit < Int64.max / 1_000,
      process.map({ $0 == "\(processID)" }) ?? true
    else { return nil }
    interval = .nanoseconds(max(limit * 250, 1_000_000))
    nextInspection = now
  }

  /// How long a worker that sleeps in a receive call may sleep: short enough to count between two looks.
  var longestSleep: Duration { interval / 2 }

  /// Looks at the workers if it is time to; they are to be woken after that.
  mutating func inspect(_ workers: [Progress], now: MonotonicTime) -> Finding {
    guard nextInspection <= now else { return .notDue }
    nextInspection = now + interval
    let stuck = workers.filter { counts[$0.name] == $0.count }.map(\.name)
    counts = Dictionary(workers.map { ($0.name, $0.count) }) { first, _ in first }
    return stuck.isEmpty ? .alive : .stuck(stuck)
  }
}
