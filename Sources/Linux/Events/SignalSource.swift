// Signals as something to read: no handler ever runs.

internal import CLinux
internal import Glibc

/// A signal that the daemon acts upon.
package enum Signal: Sendable, CaseIterable {
  /// SIGTERM: end in good order.
  case terminate
  /// SIGINT: the same, from a terminal.
  case interrupt
  /// SIGHUP: reload.
  case hangUp
  /// SIGCHLD: a child has ended.
  case childEnded

  var number: Int32 {
    switch self {
    case .terminate: SIGTERM
    case .interrupt: SIGINT
    case .hangUp: SIGHUP
    case .childEnded: SIGCHLD
    }
  }
}

/// The signals of this process, readable; wraps `signalfd(2)`.
package struct SignalSource: ~Copyable, Sendable {
  private let descriptor: FileDescriptor

  /// Blocks the signals in this thread and every thread that is started from it.
  ///
  /// To be made before the first thread. Wraps `pthread_sigmask(3)`, `signalfd(2)`.
  package init(_ signals: [Signal] = Signal.allCases) throws(Errno) {
    var set = sigset_t()
    // Calls that fill in a set of their caller's.
    unsafe sigemptyset(&set)
    for signal in signals { unsafe sigaddset(&set, signal.number) }
    let error = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    guard error == 0 else { throw Errno(rawValue: error) }
    let number = try call("signalfd") { unsafe signalfd(-1, &set, Int32(SFD_CLOEXEC | SFD_NONBLOCK)) }
    descriptor = FileDescriptor(owning: number)
  }

  /// Waits until a signal has been sent; wraps `poll(2)`. For a thread that waits for nothing else.
  package func wait() {
    var watched = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
    // The call reads and fills in one structure of its caller's; the caller looks whether there is a signal.
    _ = unsafe poll(&watched, 1, -1)
  }

  /// The next signal that was sent; nil when there is none.
  package func next() throws(Errno) -> Signal? {
    var record = signalfd_siginfo()
    do throws(Errno) {
      // The kernel writes one whole record of plain numbers.
      try unsafe withUnsafeMutableBytes(of: &record) { (bytes) throws(Errno) in
        _ = try call("read") { unsafe read(descriptor.number, bytes.baseAddress, bytes.count) }
      }
    } catch .wouldBlock {
      return nil
    }
    return Signal.allCases.first { $0.number == Int32(bitPattern: record.ssi_signo) }
  }
}

extension SignalSource: Pollable {
  package var number: Int32 { descriptor.number }
}
