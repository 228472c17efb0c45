// Reloads: which one is under way, who waits for it, and which comes next.
//
//   asked for ─▶ queued ─▶ loading (in the background) ─▶ on trial (new checks run) ─▶ adopted, or refused
//
// One is under way at a time. Those asked for meanwhile become one that begins afterwards, so that each reads the files
// as they are after it was asked for.

internal import Health
internal import Linux

struct ReloadService: ~Copyable {
  /// Who asked for a reload.
  enum Cause: Sendable {
    /// A client of the control socket, by its number; it gets an answer.
    case client(UInt64)
    case signal
  }

  /// A reload that is asked for.
  private struct Request {
    var causes: [Cause]
    var caution: ControlCommand.Caution
  }

  private enum Stage {
    case idle
    case loading
    /// Until then, at most; looked at again from time to time.
    case onTrial(LoadedConfiguration, until: MonotonicTime, nextLook: MonotonicTime)
  }

  /// Between two looks at the checks of a configuration on trial.
  private static let lookInterval = Duration.milliseconds(20)

  private var queue: [Request] = []
  private var current: Request?
  private var stage = Stage.idle

  /// When a configuration on trial is to be looked at; nil if none is.
  var nextDeadline: Int64? {
    if case .onTrial(_, _, let nextLook) = stage { nextLook.nanoseconds } else { nil }
  }

  /// Whether `begin` would begin a reload.
  var canBegin: Bool { current == nil && !queue.isEmpty }

  /// The caution that the reload under way was asked for with.
  var caution: ControlCommand.Caution { current?.caution ?? .refuseLosses }

  mutating func add(_ cause: Cause, _ caution: ControlCommand.Caution) {
    if let index = queue.firstIndex(where: { $0.caution == caution }) {
      queue[index].causes.append(cause)
    } else {
      queue.append(Request(causes: [cause], caution: caution))
    }
  }

  /// Takes the next reload in hand, which is to be loaded now.
  mutating func begin() {
    guard canBegin else { return }
    current = queue.removeFirst()
    stage = .loading
  }

  mutating func beginTrial(_ loaded: LoadedConfiguration, until end: MonotonicTime, at now: MonotonicTime) {
    stage = .onTrial(loaded, until: end, nextLook: now)
  }

  /// A configuration on trial whose checks are to be looked at now.
  mutating func dueTrial(at now: MonotonicTime) -> (loaded: LoadedConfiguration, isOver: Bool)? {
    guard case .onTrial(let loaded, let end, let nextLook) = stage, nextLook <= now else { return nil }
    stage = .onTrial(loaded, until: end, nextLook: min(now + ReloadService.lookInterval, max(end, now)))
    return (loaded, end <= now)
  }

  /// Ends the reload under way.
  ///
  /// - Returns: who asked for it.
  mutating func finish() -> [Cause] {
    stage = .idle
    return current.take()?.causes ?? []
  }
}
