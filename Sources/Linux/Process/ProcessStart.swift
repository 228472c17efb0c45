// What this process was started with and changes for its own needs: programs that it runs start with the same.

internal import CLinux
internal import Glibc

/// Signals and limits of a process at its start.
package struct ProcessStart: Hashable, Sendable {
  /// The signals that were blocked, and those that were ignored, by number.
  let blocked: Set<Int32>
  let ignored: Set<Int32>
  /// The soft limit of descriptors; nil if it could not be read.
  let descriptorLimit: UInt64?

  /// What holds now; to be made before anything of it is changed. Wraps `pthread_sigmask(3)`, `sigaction(2)`,
  /// `getrlimit(2)`.
  package init() {
    var mask = sigset_t()
    // Calls that read nothing and fill in a structure of their caller's.
    unsafe sigemptyset(&mask)
    _ = unsafe pthread_sigmask(SIG_BLOCK, nil, &mask)
    blocked = Set(ProcessStart.signals.filter { unsafe sigismember(&mask, $0) == 1 })
    ignored = Set(ProcessStart.signals.filter(ProcessStart.isIgnored))
    descriptorLimit = (try? DescriptorLimit.current).map { UInt64($0.rlim_cur) }
  }

  /// All but the two that glibc keeps to itself.
  private static let signals = (1...64 as ClosedRange<Int32>).filter { ![32, 33].contains($0) }

  private static func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    // As above. SIG_IGN is the address 1, which no function has.
    guard unsafe sigaction(signal, nil, &action) == 0 else { return false }
    return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
  }

  /// The signals that are blocked in a program.
  var mask: sigset_t { ProcessStart.set(blocked) }

  /// The signals that a program has to be given back the default action for.
  var defaults: sigset_t { ProcessStart.set(Set(ProcessStart.signals).subtracting(ignored)) }

  private static func set(_ signals: Set<Int32>) -> sigset_t {
    var set = sigset_t()
    // As above.
    unsafe sigemptyset(&set)
    for signal in signals { unsafe sigaddset(&set, signal) }
    return set
  }
}

/// The limit of descriptors, RLIMIT_NOFILE.
enum DescriptorLimit {
  /// Wraps `getrlimit(2)`.
  static var current: rlimit {
    get throws(Errno) {
      var limit = rlimit()
      // The call fills in a structure of its caller's.
      try call("getrlimit") { unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) }
      return limit
    }
  }

  /// Of this process, or of another one of the same user. Wraps `prlimit(2)`.
  static func set(_ limit: rlimit, of process: Int32 = 0) throws(Errno) {
    var limit = limit
    // The call reads a structure of its caller's.
    try call("prlimit") { unsafe prlimit(process, Int32(RLIMIT_NOFILE.rawValue), &limit, nil) }
  }
}
