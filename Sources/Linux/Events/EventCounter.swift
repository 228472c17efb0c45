// How one thread wakes another out of its epoll.

internal import CLinux
internal import Glibc

/// A counter that is readable while it is not zero; any thread may add to it. Wraps `eventfd(2)`.
package struct EventCounter: ~Copyable, Sendable {
  private let descriptor: FileDescriptor

  package init() throws(Errno) {
    descriptor = FileDescriptor(
      owning: try call("eventfd") { eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) })
  }

  /// Adds one, which wakes the thread that waits.
  package func signal() {
    // The only failures are an overflow after 2⁶⁴−2 signals, where it is readable anyhow, and a closed descriptor, which
    // cannot be while this value lives.
    _ = eventfd_write(descriptor.number, 1)
  }

  /// Waits until it is signalled, `limit` at most (rounded up to milliseconds; nil for ever); wraps `poll(2)`.
  ///
  /// For a thread that waits for nothing else. A signal may end the wait early: the caller looks at what it waits for.
  package func wait(atMost limit: Duration? = nil) {
    var watched = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
    let milliseconds = limit.map { limit in
      let (seconds, attoseconds) = limit.components
      guard seconds >= 0, attoseconds >= 0 else { return Int32(0) }
      return Int32(
        clamping: min(seconds, 1_000_000) * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
    // The call reads and fills in one structure of its caller's.
    _ = unsafe poll(&watched, 1, milliseconds ?? -1)
  }

  /// The count since the last drain, which sets it to zero; 0 when nobody signalled.
  @discardableResult
  package func drain() -> UInt64 {
    var count: eventfd_t = 0
    // The kernel writes the 8 octets of `count`, or nothing and fails with EAGAIN.
    _ = unsafe eventfd_read(descriptor.number, &count)
    return count
  }
}

extension EventCounter: Pollable {
  package var number: Int32 { descriptor.number }
}
