// Reloads: which one is under way, who waits for it, and which comes next.
//
//   asked for ─▶ queued ─▶ loading (in the background) ─▶ on trial (new checks run) ─▶ adopted, or refused
//
// One is under way at a time. Those asked for meanwhile become one that begins afterwards, so that each reads the files
// as they are after it was asked for. A disk or file system that hangs may hold up the reading for ever: it is reported,
// and whatever is asked for meanwhile takes no more room than the clients that are connected.

internal import Health
internal import Linux
internal import Reporting

struct ReloadService: ~Copyable {
  /// Who asked for a reload.
  enum Cause: Sendable {
    /// A client of the control socket, by its number, and who is at its other end; it gets an answer.
    case client(UInt64, String)
    case signal
  }

  /// A reload that is asked for.
  private struct Request {
    /// Whom to answer; who gave a signal looks into the log.
    var clients: [UInt64] = []
    /// All who have asked, each once.
    var authors: [String] = []
    var caution = ControlCommand.Caution.refuseLosses
  }

  private enum Stage {
    case idle
    case loading(since: MonotonicTime)
    /// Until then, at most; looked at again from time to time.
    case onTrial(LoadedConfiguration, until: MonotonicTime, nextLook: MonotonicTime)
  }

  /// Between two looks at the checks of a configuration on trial.
  private static let lookInterval = Duration.milliseconds(20)

  /// Reading for longer than this needs attention: a million records take some seconds.
  static let longestReading = Duration.seconds(60)

  /// What begins once the one under way has ended.
  private var waiting: Request?
  private var current: Request?
  private var stage = Stage.idle
  /// Since when the files are read for an explanation; nil while they are not.
  private var readingToExplain: MonotonicTime?

  /// When a configuration on trial is to be looked at; nil if none is.
  var nextDeadline: Int64? {
    if case .onTrial(_, _, let nextLook) = stage { nextLook.nanoseconds } else { nil }
  }

  /// Whether `begin` would begin a reload.
  var canBegin: Bool { current == nil && waiting != nil }

  /// Whether the files are being read, for a reload or to explain something: who would read them now has to wait.
  var isReading: Bool {
    if case .loading = stage { true } else { readingToExplain != nil }
  }

  mutating func beginReadingToExplain(at now: MonotonicTime) { readingToExplain = now }

  mutating func finishReadingToExplain() { readingToExplain = nil }

  /// The caution that the reload under way was asked for with.
  var caution: ControlCommand.Caution { current?.caution ?? .refuseLosses }

  /// So many of those who ask for one reload are named.
  private static let mostAuthors = 4

  /// The authors of the requests for the reload under way.
  var author: String { current?.authors.joined(separator: ", ") ?? "" }

  /// Asks for a reload.
  ///
  /// What waits becomes one reload, whatever the caution of each: after a forced one of the same files a cautious one
  /// would find nothing to lose.
  ///
  /// - Parameter connected: the clients of the control socket; the others have nobody left to answer.
  mutating func add(_ cause: Cause, _ caution: ControlCommand.Caution, among connected: Set<UInt64>) {
    var request = waiting ?? Request()
    request.clients.removeAll { !connected.contains($0) }
    let author: String
    switch cause {
    case .client(let number, let name):
      request.clients.append(number)
      author = name
    case .signal: author = "SIGHUP"
    }
    if !request.authors.contains(author), request.authors.count < ReloadService.mostAuthors {
      request.authors.append(author)
    }
    if caution == .force { request.caution = .force }
    waiting = request
  }

  /// Takes the next reload in hand, which is to be loaded now.
  mutating func begin(at now: MonotonicTime) {
    guard canBegin else { return }
    current = waiting.take()
    stage = .loading(since: now)
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
  /// - Returns: the clients who asked for it.
  mutating func finish() -> [UInt64] {
    stage = .idle
    return current.take()?.clients ?? []
  }

  /// What needs attention.
  func conditions(at now: MonotonicTime) -> [Condition] {
    let readers: [(name: String, since: MonotonicTime?)] = [
      ("an explanation", readingToExplain),
      ("a reload", { if case .loading(let since) = stage { since } else { nil } }()),
    ]
    // The first of them holds up the other.
    guard let (name, since) = readers.first(where: { $0.since != nil }), let since,
      now - since >= ReloadService.longestReading
    else { return [] }
    let lasted = spanText(seconds: (now - since).components.seconds)
    return [
      Condition(.reloadSlow, "", "\(name) has been reading the files for \(lasted): look at the disk that they are on")
    ]
  }
}
