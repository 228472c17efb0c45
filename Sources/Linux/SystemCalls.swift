// How system calls are made, and how a test makes them fail.

internal import CLinux
internal import Glibc

/// Makes a system call, again when a signal interrupts it (EINTR), and throws what it fails with.
///
/// - Parameter name: the call's, by which `CallFaults` finds it.
@inline(__always) @discardableResult
func call<Result: FixedWidthInteger & SignedInteger>(
  _ name: StaticString, _ body: () -> Result
) throws(Errno) -> Result {
  while true {
    let result = attempt(name, body)
    if result >= 0 { return result }
    let error = Errno.current
    guard error == .interrupted else { throw error }
  }
}

/// Makes a system call once; if it returns less than zero, `Errno.current` is why.
@inline(__always)
func attempt<Result: FixedWidthInteger & SignedInteger>(_ name: StaticString, _ body: () -> Result) -> Result {
  #if DEBUG
    if CallFaults.occurs(in: name) { return -1 }
  #endif
  return body()
}

#if DEBUG
  /// System calls that fail because a test wants them to: those of the thread that runs the test, and no others.
  ///
  /// Not in what ships: there `attempt` is the call alone.
  package final class CallFaults {
    /// Which calls fail, and with what.
    package struct Fault {
      fileprivate let error: Errno
      fileprivate let name: String?
      fileprivate var skipped: Int
      fileprivate var times: Int

      /// After `skipped` calls of this name, the next one or `times` fail; without a name calls of every name count.
      package init(_ error: Errno, in name: String? = nil, after skipped: Int = 0, times: Int = 1) {
        self.error = error
        self.name = name
        self.skipped = skipped
        self.times = times
      }
    }

    private var faults: [Fault]
    /// The names of the calls so far, with those that failed.
    package private(set) var trace: [String] = []
    /// How many calls were made to fail.
    package private(set) var count = 0

    package init(_ faults: Fault...) { self.faults = faults }

    /// Runs `body`, in whose calls the faults occur.
    package func during<Result: ~Copyable, Failure: Error>(
      _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
      // The thread's pointer is valid for as long as `self`, which lives until the pointer is replaced below.
      let outer = unsafe pthread_getspecific(CallFaults.key)
      let own = unsafe Unmanaged.passUnretained(self).toOpaque()
      _ = unsafe pthread_setspecific(CallFaults.key, own)
      defer { _ = unsafe pthread_setspecific(CallFaults.key, outer) }
      return try body()
    }

    fileprivate static func occurs(in name: StaticString) -> Bool {
      // As above: the pointer is null but in `during`.
      guard let pointer = unsafe pthread_getspecific(key) else { return false }
      let faults = unsafe Unmanaged<CallFaults>.fromOpaque(pointer).takeUnretainedValue()
      guard let error = faults.error(of: name.description) else { return false }
      errno = error.rawValue
      return true
    }

    private func error(of name: String) -> Errno? {
      trace.append(name)
      for index in faults.indices where faults[index].name == nil || faults[index].name == name {
        if faults[index].skipped > 0 {
          faults[index].skipped -= 1
        } else if faults[index].times > 0 {
          faults[index].times -= 1
          count += 1
          return faults[index].error
        }
      }
      return nil
    }

    /// Each thread's own `CallFaults`.
    private static let key: pthread_key_t = {
      var key = pthread_key_t()
      // The call fills in a number of its caller's.
      unsafe pthread_key_create(&key, nil)
      return key
    }()
  }
#endif
