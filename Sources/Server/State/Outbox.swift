// A bounded queue with a thread of its own that hands messages on, one after the other, and may wait as long as it must.
//
// The log and the notices to the supervisor go through one each. Whoever adds a message never waits: a reader that has
// stopped reading, a full disk or a disk that hangs costs messages, which are counted, and nothing else.

internal import Health
internal import Linux
internal import Synchronization

/// Messages on their way out.
final class Outbox: Sendable {
  struct Limits: Sendable {
    var messages: Int
    var octets: Int
  }

  /// How an outbox is doing.
  struct Status: Sendable {
    /// Messages that were never handed on, since the start.
    var lost: UInt64 = 0
    /// When the last of them was lost, in monotonic nanoseconds; nil if none was.
    var lastLoss: Int64?
    var waiting = 0
    /// Since when the message at the front has been on its way, in monotonic nanoseconds; nil while there is none.
    var busySince: Int64?
  }

  fileprivate enum Entry {
    case message([UInt8])
    /// That so many are missing here.
    case report([UInt8], lost: UInt64)

    var octets: [UInt8] {
      switch self {
      case .message(let octets), .report(let octets, _): octets
      }
    }
  }

  fileprivate struct State {
    var queue: [Entry] = []
    /// Where the first of them is.
    var head = 0
    var octets = 0
    var status = Status()
    /// Of those lost, how many a message has told of.
    var reported: UInt64 = 0
    var isClosing = false
  }

  private typealias Core = WorkerCore<State>

  private let core: Core
  private let limits: Limits
  private let report: (@Sendable (UInt64) -> [UInt8])?

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - deliver: hands one message on and may wait; false when it could not be handed on whole.
  ///   - report: the message that tells how many were lost, sent as soon as messages flow again; nil for none.
  init(
    name: String, limits: Limits, report: (@Sendable (UInt64) -> [UInt8])? = nil,
    deliver: @escaping @Sendable ([UInt8]) -> Bool
  ) throws(Errno) {
    let core = try Core(State())
    self.core = core
    self.limits = limits
    self.report = report
    _ = try Thread.start(name: name, stackSize: 256 << 10) { Outbox.run(core, report, deliver) }
  }

  deinit {
    core.state.withLock { $0.isClosing = true }
    core.work.signal()
  }

  /// Queues a message; never waits. Beyond the limits the newest is lost, so that what began the trouble stays.
  func add(_ message: [UInt8]) {
    let report = report
    let limits = limits
    let now = MonotonicClock.now()
    let isAdded = core.state.withLock { state in
      guard state.waiting < limits.messages, state.octets + message.count <= limits.octets else {
        state.recordLoss(at: now)
        return false
      }
      // The gap is reported where it is: after what came before it, and before what comes after.
      if let report, let lost = state.takeUnreported() { state.append(.report(report(lost), lost: lost)) }
      state.append(.message(message))
      return true
    }
    if isAdded { core.work.signal() }
  }

  var status: Status {
    core.state.withLock { state in
      var status = state.status
      status.waiting = state.waiting
      return status
    }
  }

  /// Waits until everything has been handed on, `limit` at most.
  ///
  /// - Returns: whether everything has.
  @discardableResult
  func drain(within limit: Duration) -> Bool {
    let end = MonotonicClock.now() + limit.wholeNanoseconds
    while true {
      core.progress.drain()
      if core.state.withLock({ $0.isIdle }) { return true }
      let left = end - MonotonicClock.now()
      if left <= 0 { return false }
      core.progress.wait(atMost: .nanoseconds(left))
    }
  }

  // MARK: On the thread

  private static func run(
    _ core: Core, _ report: (@Sendable (UInt64) -> [UInt8])?, _ deliver: @Sendable ([UInt8]) -> Bool
  ) {
    while true {
      if let entry = core.state.withLock({ $0.begin(now: MonotonicClock.now()) }) {
        let isDelivered = deliver(entry.octets)
        core.state.withLock { $0.end(entry, isDelivered: isDelivered, now: MonotonicClock.now()) }
        continue
      }
      // Nothing comes after the gap yet: it is reported all the same, if that is taken.
      if let report, let lost = core.state.withLock({ $0.takeUnreported() }), !deliver(report(lost)) {
        core.state.withLock { $0.reported -= lost }
      }
      core.progress.signal()
      if core.state.withLock({ $0.isClosing }) { return }
      core.work.wait()
      core.work.drain()
    }
  }
}

extension Outbox.State {
  var waiting: Int { queue.count - head }
  var isIdle: Bool { waiting == 0 && status.busySince == nil }

  /// How many were lost that no message has told of, told of from now on; nil for none.
  mutating func takeUnreported() -> UInt64? {
    guard status.lost > reported else { return nil }
    defer { reported = status.lost }
    return status.lost - reported
  }

  mutating func recordLoss(at now: Int64) {
    status.lost += 1
    status.lastLoss = now
  }

  mutating func append(_ entry: Outbox.Entry) {
    queue.append(entry)
    octets += entry.octets.count
  }

  /// What is at the front, on its way from now on; nil when nothing waits.
  mutating func begin(now: Int64) -> Outbox.Entry? {
    guard head < queue.count else {
      queue.removeAll(keepingCapacity: false)
      head = 0
      return nil
    }
    let entry = queue[head]
    queue[head] = .message([])
    head += 1
    // The front is given back in long pieces, so that each message is moved about once.
    if head >= 1_024 {
      queue.removeSubrange(..<head)
      head = 0
    }
    octets -= entry.octets.count
    status.busySince = now
    return entry
  }

  mutating func end(_ entry: Outbox.Entry, isDelivered: Bool, now: Int64) {
    status.busySince = nil
    guard !isDelivered else { return }
    switch entry {
    case .message: recordLoss(at: now)
    case .report(_, let lost): reported -= lost
    }
  }
}
