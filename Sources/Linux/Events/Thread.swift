// Threads: each gets what it owns by moving it in.

internal import CLinux
internal import Glibc
internal import Synchronization

/// A running thread, to be joined or let go.
package struct Thread: ~Copyable, Sendable {
  private let handle: pthread_t

  private init(_ handle: pthread_t) { self.handle = handle }

  // Let go: it runs on, and its end frees it.
  deinit { pthread_detach(handle) }

  /// Starts `body` on a new thread that owns `work`. Wraps `pthread_create(3)`.
  ///
  /// `name` is cut to the 15 octets that the kernel keeps. All signals but those of a fault are blocked in the thread.
  package static func start<Work: ~Copyable & Sendable>(
    name: String, stackSize: Int = 1 << 20, moving work: consuming Work,
    _ body: @escaping @Sendable (consuming Work) -> Void
  ) throws(Errno) -> Thread {
    let parcel = Parcel(work)
    return try start(name: name, stackSize: stackSize) {
      if let work = parcel.open() { body(work) }
    }
  }

  /// Starts `body` on a new thread. Wraps `pthread_create(3)`.
  package static func start(
    name: String, stackSize: Int = 1 << 20, _ body: @escaping @Sendable () -> Void
  ) throws(Errno) -> Thread {
    var attributes = pthread_attr_t()
    // Calls that fill in, or read, structures of their caller's.
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    unsafe pthread_attr_setstacksize(&attributes, max(stackSize, 65_536))

    // A thread inherits the mask of its maker.
    var mask = signalsToBlock()
    var before = sigset_t()
    unsafe pthread_sigmask(SIG_BLOCK, &mask, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }

    var handle = pthread_t()
    // The one reference that is passed here is taken back by the new thread, or below if there is none.
    let task = unsafe Unmanaged.passRetained(Task(name, body))
    let error = unsafe pthread_create(
      &handle, &attributes,
      { argument in
        if let argument = unsafe argument { unsafe Unmanaged<Task>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, task.toOpaque())
    guard error == 0 else {
      unsafe task.release()
      throw Errno(rawValue: error)
    }
    return Thread(handle)
  }

  /// Waits for the thread's end; wraps `pthread_join(3)`.
  package consuming func join() {
    // The only failures are to join oneself or a thread that is joined already, and this value is consumed.
    _ = pthread_join(handle, nil)
    discard self
  }

  /// All signals but those by which the processor reports a fault, which must reach the handler that prints the backtrace.
  private static func signalsToBlock() -> sigset_t {
    var mask = sigset_t()
    // As above.
    unsafe sigfillset(&mask)
    for signal in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT] { unsafe sigdelset(&mask, signal) }
    return mask
  }
}

/// What a new thread is given.
private final class Task: Sendable {
  private let name: String
  private let body: @Sendable () -> Void

  init(_ name: String, _ body: @escaping @Sendable () -> Void) {
    self.name = String(name.prefix(while: { $0.isASCII }).prefix(15))
    self.body = body
  }

  func run() {
    // A C string that outlives the call.
    _ = unsafe pthread_setname_np(pthread_self(), name)
    body()
  }
}

/// Something that has one owner, on its way from one thread to another.
package final class Parcel<Contents: ~Copyable & Sendable>: Sendable {
  private let contents: Mutex<Contents?>

  package init(_ contents: consuming Contents) { self.contents = Mutex(contents) }

  /// What is in it; nil if it has been opened before.
  package func open() -> Contents? { contents.withLock { $0.take() } }
}

/// Lets other threads, of this process too, go first when processors are short: for the calling thread, and for the
/// processes that it starts. Wraps `nice(2)`, which on Linux is about one thread.
package func yieldToOthers() {
  // Refused, it competes as before.
  _ = nice(10)
}

/// How many processors this process may use; at least 1. Wraps `sched_getaffinity(2)`.
package func onlineProcessorCount() -> Int {
  // Room for 8,192 processors; the kernel refuses a set that is smaller than its own.
  var set = [UInt64](repeating: 0, count: 128)
  let result = unsafe set.withUnsafeMutableBytes { bytes in
    // The array's own memory, as long as said, seen as the type that the call declares.
    unsafe sched_getaffinity(0, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: cpu_set_t.self))
  }
  guard result == 0 else { return 1 }
  return max(1, set.reduce(0) { $0 + $1.nonzeroBitCount })
}
