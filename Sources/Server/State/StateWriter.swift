// The thread that writes state files: admin states, serials, health, events.
//
// The control thread hands over the whole new content of a file and goes on. Of each file the newest content wins: what
// was overtaken while the disk was slow is never written. Content that could not be written is tried again. Each file
// has at most one content under way and one waiting, so a disk that hangs for hours costs no memory. Events alone are
// appended to what is there: the content of their file is what the recorder has and the disk has not.

internal import Health
internal import Linux
internal import Reporting
internal import Synchronization

/// Names one content that was handed over; later ones of the same file are greater.
struct StateTicket: Hashable, Sendable {
  let file: StateFile
  let number: UInt64
}

final class StateWriter: Sendable {
  /// What the thread is to do with the disk.
  enum Job: Sendable {
    /// Remove what killed processes have left.
    case sweep
    /// Give a file that cannot be used another name.
    case setAside(StateFile, as: String)
    case replace(StateFile, [UInt8])
    case remove(StateFile)
    /// To so many octets; what comes after them is cut off.
    case append(StateFile, [UInt8], at: Int)
  }

  /// Writes the content out. Called on the thread of the writer, from values that no longer change.
  typealias Rendering = @Sendable () -> [UInt8]

  /// What a file is to hold.
  enum Content: Sendable {
    case whole(Rendering)
    case events(EventRecorder)
  }

  /// How one file is doing.
  struct Status: Hashable, Sendable {
    /// The newest content that is on disk; 0 for none of this process.
    var kept: UInt64 = 0
    /// The content whose writing was begun last, whatever came of it.
    var begun: UInt64 = 0
    /// Since when there has been content that is not on disk, in monotonic nanoseconds; nil when all of it is.
    var behindSince: Int64?
    /// Why the last attempt failed; nil if it did not.
    var fault: String?
  }

  /// Between a failed attempt and the next.
  static let retryInterval = Duration.seconds(5)
  /// Between two writes of events: nodes that flap by the hundred cost the disk at most fifty writes a second.
  static let eventInterval = Duration.milliseconds(20)

  fileprivate struct Lane {
    var next: (number: UInt64, content: Content, since: Int64)?
    /// Monotonic nanoseconds before which a failed content is not tried again.
    var restsUntil: Int64 = 0
    /// Set until the unusable file that has the name has been given another.
    var asideName: String?
    var isUnderWay = false
    var newest: UInt64 = 0
    var status = Status()
  }

  fileprivate struct State {
    var lanes = StateFile.allCases.map { _ in Lane() }
    var isSweeping = true
    /// From now on each content is tried once more, and then given up.
    var isEnding = false
    var isClosed = false
  }

  private typealias Core = WorkerCore<State>

  private let core: Core

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - setAside: the new names of files that are there and cannot be used.
  ///   - perform: does one job and may wait; a job that cannot be done throws why.
  init(
    setAside: [StateFile: String] = [:], perform: @escaping @Sendable (Job) throws(StateFileError) -> Void
  ) throws(Errno) {
    let core = try Core(State())
    core.state.withLock { for (file, name) in setAside { $0.lanes[file.rawValue].asideName = name } }
    self.core = core
    _ = try Thread.start(name: "state", stackSize: 256 << 10) { StateWriter.run(core, perform) }
  }

  /// A writer to a folder.
  convenience init(directory: String, setAside: [StateFile: String] = [:]) throws(Errno) {
    try self.init(setAside: setAside) { (job) throws(StateFileError) in
      // By its path each time: an operator may have replaced the folder, or made one that was missing.
      try StateWriter.perform(job, in: StateDirectory(directory))
    }
  }

  deinit {
    core.state.withLock { $0.isClosed = true }
    core.work.signal()
  }

  // MARK: For the owner

  /// Has `epoll` tell of every attempt to write, until `drainProgress`.
  func watch(_ epoll: borrowing Epoll, token: UInt64) throws(Errno) {
    try epoll.add(core.progress, token: token, for: .readable)
  }

  /// To be called before looking at what progress there is.
  func drainProgress() { core.progress.drain() }

  /// Hands over the new content of a file; never waits. What of the same file waits still is dropped.
  @discardableResult
  func keep(as file: StateFile, _ render: @escaping Rendering) -> StateTicket { keep(.whole(render), as: file) }

  /// Has the file of events brought up to what is recorded; never waits.
  func keepEvents(of recorder: EventRecorder) { _ = keep(.events(recorder), as: .events) }

  private func keep(_ content: Content, as file: StateFile) -> StateTicket {
    let now = MonotonicClock.now()
    let number = core.state.withLock { $0.lanes[file.rawValue].enter(content, at: now) }
    core.work.signal()
    return StateTicket(file: file, number: number)
  }

  func status(of file: StateFile) -> Status { core.state.withLock { $0.lanes[file.rawValue].status } }

  /// Whether that content, or a newer one, is on disk.
  func isKept(_ ticket: StateTicket) -> Bool { status(of: ticket.file).kept >= ticket.number }

  /// Waits until all that was handed over is on disk or has failed once more, `limit` at most. For the end of the
  /// process.
  func finish(within limit: Duration) {
    let end = MonotonicClock.now() + limit.wholeNanoseconds
    core.state.withLock { state in
      state.isEnding = true
      for index in state.lanes.indices { state.lanes[index].restsUntil = 0 }
    }
    core.work.signal()
    while true {
      core.progress.drain()
      if core.state.withLock({ $0.isIdle }) { return }
      let left = end - MonotonicClock.now()
      if left <= 0 { return }
      core.progress.wait(atMost: .nanoseconds(left))
    }
  }

  // MARK: On the thread

  private static func run(_ core: Core, _ perform: @Sendable (Job) throws(StateFileError) -> Void) {
    while true {
      switch core.state.withLock({ $0.begin(at: MonotonicClock.now()) }) {
      case .sweep:
        // Leftovers cost room, nothing else; the next start tries again.
        try? perform(.sweep)
      case .aside(let file, let name):
        let fault = attempt(.setAside(file, as: name), perform)
        core.state.withLock { $0.lanes[file.rawValue].endSettingAside(fault, at: MonotonicClock.now()) }
        core.progress.signal()
      case .write(let file, let number, let content, let since):
        let fault = write(content, to: file, perform)
        core.state.withLock { state in
          let retries = !state.isEnding
          state.lanes[file.rawValue].end(
            number, content, since: since, fault, retries: retries, at: MonotonicClock.now())
        }
        core.progress.signal()
      case .rest(let until):
        core.progress.signal()
        if core.state.withLock({ $0.isClosed }) { return }
        core.work.wait(atMost: until.map { .nanoseconds(max(0, $0 - MonotonicClock.now())) })
        core.work.drain()
      }
    }
  }

  /// Nil when the file holds the content, otherwise why it does not.
  private static func write(
    _ content: Content, to file: StateFile, _ perform: @Sendable (Job) throws(StateFileError) -> Void
  ) -> String? {
    switch content {
    case .whole(let render):
      let fault = attempt(.replace(file, render()), perform)
      // A disk that is full allows that; if it does not, nothing more can be done.
      if fault != nil, file.isWorseOldThanGone { _ = attempt(.remove(file), perform) }
      return fault
    case .events(let recorder):
      let fault: String?
      switch recorder.output() {
      case .whole(let octets): fault = attempt(.replace(file, octets), perform)
      case .more(let octets, let start): fault = attempt(.append(file, octets, at: start), perform)
      case nil: return nil
      }
      recorder.noteEnd(isWritten: fault == nil)
      return fault
    }
  }

  /// Nil when the job is done, otherwise why it is not.
  private static func attempt(
    _ job: Job, _ perform: @Sendable (Job) throws(StateFileError) -> Void
  ) -> String? {
    do throws(StateFileError) {
      try perform(job)
      return nil
    } catch {
      return error.description
    }
  }

  private static func perform(_ job: Job, in folder: borrowing StateDirectory) throws(StateFileError) {
    switch job {
    case .sweep: try folder.sweepTemporaries(of: StateFile.allCases.map(\.name))
    case .setAside(let file, let name):
      do throws(StateFileError) {
        try folder.rename(file.name, to: name)
      } catch .system(.noSuchFileOrDirectory) {
        // An operator has removed it since: nothing is left that could be overwritten.
      }
    case .replace(let file, let octets): try folder.replace(file.name, with: octets)
    case .remove(let file): try folder.remove(file.name)
    case .append(let file, let octets, let start): try folder.append(octets, to: file.name, at: start)
    }
  }
}

extension StateWriter.State {
  enum Turn {
    case sweep
    case aside(StateFile, String)
    case write(StateFile, number: UInt64, StateWriter.Content, since: Int64)
    /// Nothing can be done before that time, in monotonic nanoseconds; nil for nothing at all.
    case rest(until: Int64?)
  }

  var isIdle: Bool { lanes.allSatisfy { !$0.isUnderWay && $0.next == nil && ($0.asideName == nil || isEnding) } }

  /// What the thread does next.
  mutating func begin(at now: Int64) -> Turn {
    if isSweeping {
      isSweeping = false
      return .sweep
    }
    for file in StateFile.allCases {
      if let turn = lanes[file.rawValue].begin(file, at: now) { return turn }
    }
    let waiting = lanes.filter { $0.next != nil || $0.asideName != nil }
    return .rest(until: waiting.map { $0.restsUntil }.min())
  }
}

extension StateWriter.Lane {
  mutating func enter(_ content: StateWriter.Content, at now: Int64) -> UInt64 {
    newest += 1
    // What is overtaken leaves its age to what overtakes it: the lag is that of the disk, not of one content.
    let since = next?.since ?? now
    next = (newest, content, since)
    if status.behindSince == nil { status.behindSince = since }
    return newest
  }

  mutating func begin(_ file: StateFile, at now: Int64) -> StateWriter.State.Turn? {
    guard restsUntil <= now else { return nil }
    if let asideName {
      isUnderWay = true
      return .aside(file, asideName)
    }
    guard let content = next else { return nil }
    next = nil
    isUnderWay = true
    status.begun = content.number
    return .write(file, number: content.number, content.content, since: content.since)
  }

  mutating func endSettingAside(_ fault: String?, at now: Int64) {
    isUnderWay = false
    if let fault {
      status.fault = "a file that cannot be used has its name and cannot be renamed: \(fault)"
      restsUntil = now + StateWriter.retryInterval.wholeNanoseconds
      if status.behindSince == nil { status.behindSince = now }
    } else {
      status.fault = nil
      asideName = nil
      if next == nil { status.behindSince = nil }
    }
  }

  mutating func end(
    _ number: UInt64, _ content: StateWriter.Content, since: Int64, _ fault: String?, retries: Bool,
    at now: Int64
  ) {
    isUnderWay = false
    status.fault = fault
    guard fault != nil else {
      status.kept = number
      status.behindSince = next?.since
      if case .events = content, retries { restsUntil = now + StateWriter.eventInterval.wholeNanoseconds }
      return
    }
    guard retries else {
      next = nil
      return
    }
    restsUntil = now + StateWriter.retryInterval.wholeNanoseconds
    if next == nil { next = (number, content, since) } else { next?.since = since }
  }
}
