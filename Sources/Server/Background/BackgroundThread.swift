// A thread for what may take long: it reads and compiles files, renders reports, starts programs, gives memory back.
//
// The control thread hands it work with all that the work needs, as values, and goes on. What comes of it returns through
// a `Mailbox`. Work is done in the order in which it came.

internal import Linux
internal import Synchronization

final class BackgroundThread: Sendable {
  typealias Job = @Sendable () -> Void

  enum Priority: Sendable {
    /// Checks and answers do not wait for a processor that reads a million records.
    case low
    case ofItsMaker
  }

  private final class Line: Sendable {
    let jobs = Mutex<[Job]>([])
    /// Jobs that have been handed over and not done yet.
    let open = Atomic<Int>(0)
    let arrival: EventCounter

    init() throws(Errno) { arrival = try EventCounter() }

    func next() -> Job? { jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
  }

  private let line: Line

  /// Starts the thread; it lives as long as the process.
  init(name: String, stackSize: Int = 8 << 20, priority: Priority = .low) throws(Errno) {
    let line = try Line()
    self.line = line
    let epoll = try Epoll(capacity: 1)
    try epoll.add(line.arrival, token: 0, for: .readable)
    _ = try Thread.start(name: name, stackSize: stackSize, moving: epoll) { epoll in
      var epoll = epoll
      if priority == .low { yieldToOthers() }
      BackgroundThread.work(on: line, &epoll)
    }
  }

  private static func work(on line: Line, _ epoll: inout Epoll) {
    while true {
      while let job = line.next() {
        job()
        line.open.subtract(1, ordering: .releasing)
      }
      // It fails for want of kernel memory at most; the next turn looks for work all the same.
      if (try? epoll.wait()) == nil { sleep(for: .milliseconds(100)) }
      line.arrival.drain()
    }
  }

  /// Whether nothing is left to do.
  var isIdle: Bool { line.open.load(ordering: .acquiring) == 0 }

  func run(_ job: @escaping Job) {
    line.open.add(1, ordering: .relaxed)
    line.jobs.withLock { $0.append(job) }
    line.arrival.signal()
  }
}

/// A value on its way out: dropped by a background thread, for a million records take long to free.
final class Discarded<Value: Sendable>: Sendable {
  private let value: Mutex<Value?>

  init(_ value: consuming Value) { self.value = Mutex(value) }

  func drop() { value.withLock { $0 = nil } }
}

extension BackgroundThread {
  /// Drops a value here, if this is its last use.
  func discard<Value: Sendable>(_ value: consuming Value) {
    let discarded = Discarded(value)
    run { discarded.drop() }
  }
}
