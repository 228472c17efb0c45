// The start of a check program, on a thread that may wait.
//
// posix_spawn(3) returns when the kernel has read the program's file. On a slow disk, or a network file system whose
// server hangs, that takes seconds or for ever: the thread that starts the program waits, and nothing else does.
//
//   control loop ── ProgramLaunch ──▶ thread: posix_spawn ──▶ arrival readable ──▶ control loop: takeResult

internal import Health
internal import Linux
internal import Synchronization

/// A program that is being started.
final class ProgramLaunch: Sendable {
  private let result = Mutex<Result<ChildProcess, SpawnFailure>?>(nil)
  /// Readable when the result is there.
  let arrival: EventCounter
  /// By which epoll tells of the arrival, and later of the program's end.
  let token: UInt64
  private let command: ChildProcess.Command

  init(_ command: ChildProcess.Command, token: UInt64) throws(Errno) {
    arrival = try EventCounter()
    self.command = command
    self.token = token
  }

  var path: String { command.path }

  /// Has a thread start the program.
  func begin(on thread: BackgroundThread) { thread.run { self.run() } }

  private func run() {
    do throws(SpawnFailure) {
      let process = try ChildProcess(command)
      let parcel = Parcel(process)
      result.withLock { result in
        if let process = parcel.open() { result = .success(process) }
      }
    } catch {
      result.withLock { $0 = .failure(error) }
    }
    arrival.signal()
  }

  /// The running program, or why there is none; nil as long as that is open. Tells it once.
  func takeResult() -> Result<ChildProcess, SpawnFailure>? { result.withLock { $0.take() } }
}

/// The threads that start programs, each at most one at a time.
///
/// One whose start hangs is passed over, so that a program on another disk starts all the same. There are as many as
/// starts have been under way at once, which whoever starts programs keeps within bounds.
struct LaunchThreads {
  private var threads: [BackgroundThread] = []

  /// One that has nothing to do.
  mutating func idle() throws(Errno) -> BackgroundThread {
    if let thread = threads.first(where: \.isIdle) { return thread }
    // Programs inherit the priority of the thread that starts them.
    let thread = try BackgroundThread(name: "launcher", stackSize: 256 << 10, priority: .ofItsMaker)
    threads.append(thread)
    return thread
  }
}
