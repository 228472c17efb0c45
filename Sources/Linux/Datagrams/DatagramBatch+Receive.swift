// Receiving a batch: one recvmmsg(2), then one pass that leaves every header ready for the next.

internal import CLinux
internal import Glibc

/// What a receive does when nothing is there.
package enum Waiting: Sendable {
  /// It returns at once.
  case never
  /// It sleeps until the first datagram arrives or the socket's receive timeout is over.
  case forFirst
}

extension DatagramBatch {
  /// Takes the datagrams that are there, up to `capacity`, and returns how many; 0 when there are none.
  ///
  /// The queries and replies of the batch before are gone with it. Wraps `recvmmsg(2)`.
  package mutating func receive(
    from socket: borrowing UDPSocket, waiting: Waiting = .never
  ) throws(Errno) -> Int {
    count = 0
    let flags = waiting == .never ? SocketFlag.doNotWait : SocketFlag.waitForOne
    let number = socket.number
    do throws(Errno) {
      // The kernel fills at most `capacity` headers, and through them only the arena.
      count = try Int(call("recvmmsg") { unsafe recvmmsg(number, arriving, UInt32(capacity), flags, nil) })
    } catch .wouldBlock {
      return 0
    }
    for index in 0..<count {
      note(arrived: index)
      makeReady(toReceive: index)
    }
    return count
  }

  /// Keeps what the kernel wrote about one datagram.
  @inline(__always)
  private mutating func note(arrived index: Int) {
    // In bounds (see the arena).
    let header = unsafe arriving + index
    let flags = unsafe header.pointee.msg_hdr.msg_flags
    // A control message without its end is none.
    let controlLength = unsafe flags & SocketFlag.controlTruncated == 0 ? header.pointee.msg_hdr.msg_controllen : 0
    unsafe slots[index] = Slot(
      queryLength: header.pointee.msg_len, replyLength: 0, controlLength: UInt16(truncatingIfNeeded: controlLength),
      isCut: flags & SocketFlag.truncated != 0)
  }

  /// Restores the two lengths that the kernel overwrites; all else in a header stays as it was made.
  @inline(__always)
  mutating func makeReady(toReceive index: Int) {
    // In bounds (see the arena).
    unsafe arriving[index].msg_hdr.msg_namelen = socklen_t(Self.nameStride)
    unsafe arriving[index].msg_hdr.msg_controllen = Self.controlStride
  }
}
