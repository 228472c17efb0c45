// The state directory as the control thread sees it: what reaches the disk, what does not, and who waits for it.

internal import Health
internal import Linux
internal import Reporting

struct StateService: ~Copyable {
  /// A client that changed something and gets its reply once that is on disk, in the event history too.
  private struct Waiter {
    let client: UInt64
    /// The admin states; nil for what is in the zone config files.
    let ticket: StateTicket?
    /// The number of the last event at that time.
    let event: UInt64
    let response: ControlResponse
    /// Monotonic nanoseconds.
    let deadline: Int64
  }

  /// Answers to a client of the control socket, by its number.
  typealias Answer = (client: UInt64, response: ControlResponse)

  /// How long an answer waits for the disk.
  private static let patience = Duration.seconds(2)

  /// What needs attention of the files that were found at the start.
  let conditions: [Condition]
  private let writer: StateWriter?
  private let log: Log
  private var lag: StateLag
  private var waiters: [Waiter] = []

  init(_ former: StateAtStart, _ epoll: borrowing Epoll, _ log: Log) throws(Errno) {
    let writer = former.writer
    self.writer = writer
    conditions = former.conditions
    self.log = log
    lag = StateLag(of: writer)
    try writer?.watch(epoll, token: Daemon.Token.state.rawValue)
  }

  // MARK: Time

  /// When `step` is next to be called; nil if it need not be.
  var nextDeadline: Int64? { [lag.nextDeadline, waiters.map(\.deadline).min()].compactMap { $0 }.min() }

  /// Logs what has fallen behind or caught up, and answers those whose change is on disk or has waited long enough.
  mutating func step(to now: MonotonicTime) -> [Answer] {
    lag.step(to: now, log)
    guard !waiters.isEmpty else { return [] }
    var answers: [Answer] = []
    let events = log.events
    waiters.removeAll { waiter in
      guard let writer else {
        answers.append((waiter.client, waiter.response))
        return true
      }
      let isOverdue = waiter.deadline <= now.nanoseconds
      guard let ticket = waiter.ticket, !writer.isKept(ticket) else {
        // That a restart would forget the event alone is no reason to hold up the reply for longer.
        let isInHistory = events?.isKept(waiter.event) ?? true || writer.status(of: .events).fault != nil
        guard isOverdue || isInHistory else { return false }
        answers.append((waiter.client, waiter.response))
        return true
      }
      let fault = writer.status(of: ticket.file).fault
      guard let reason = fault ?? (isOverdue ? "the disk has not taken it yet" : nil) else { return false }
      answers.append((waiter.client, waiter.response.remarking(notKept: reason)))
      return true
    }
    return answers
  }

  // MARK: Events

  /// The writer has come to the end of something.
  func drainProgress() { writer?.drainProgress() }

  /// Has a client answered by `step` once the events up to now are on disk, and that content if there is one.
  mutating func answer(_ client: UInt64, _ response: ControlResponse, after ticket: StateTicket? = nil) {
    waiters.append(
      Waiter(
        client: client, ticket: ticket, event: log.events?.history.lastID ?? 0, response: response,
        deadline: MonotonicClock.now() + StateService.patience.wholeNanoseconds))
  }

  /// How each file is doing; empty for `--state none`.
  func lags(at now: MonotonicTime) -> [StateFileLag] { lag.lags(at: now) }

  // MARK: The end

  /// Waits until all that was handed over is on disk, `limit` at most, and logs what is not.
  func finish(within limit: Duration) {
    writer?.finish(within: limit)
    for file in lags(at: .now) where file.behindSeconds != nil || file.fault != nil {
      let reason = file.fault ?? "the disk has not taken it in time"
      log.write(.stateNotKept(reason: "\(file.name): \(reason)"))
    }
  }
}

extension ControlResponse {
  /// The same for an admin state that a restart at this moment would forget.
  fileprivate func remarking(notKept reason: String) -> ControlResponse {
    ControlResponse(
      isDone: isDone,
      text: "\(text)\nThis is in force, but it is not on disk yet (\(reason)): a restart before then loses it. Rondo "
        + "keeps trying, and rondo status shows a warning until it is on disk.")
  }
}
