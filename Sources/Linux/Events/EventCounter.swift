// How one thread wakes another out of its epoll.

internal import CLinux
internal import Glibc

/// A counter that is readable while it is not zero; any thread may add to it. Wraps `eventfd(2)`.
package struct EventCounter: ~Copyable, Sendable {
  private let descriptor: FileDescriptor

  package init() throws(Errno) {
    descriptor = FileDescriptor(
      owning: try call { eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) })
  }

  /// Adds one, which wakes who waits.
  package func signal() {
    // The only failures are an overflow after 2⁶⁴−2 signals, where it is readable anyhow, and a closed descriptor, which
    // cannot be while this value lives.
    _ = eventfd_write(descriptor.number, 1)
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
