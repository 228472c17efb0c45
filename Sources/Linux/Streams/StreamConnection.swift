// A connected stream socket: what TCP and Unix connections have in common.

internal import CLinux
internal import Glibc

/// What one read or write came to.
package enum Transfer: Hashable, Sendable {
  /// This many octets moved, at least one unless none was asked for.
  case octets(Int)
  /// Nothing to read, or no room to write: ask epoll and come again.
  case wouldBlock
  /// The peer has sent all that it wants to send; only a read says this.
  case endOfStream
}

/// A connection of octets in both directions.
package protocol StreamConnection: ~Copyable, Pollable {}

extension StreamConnection where Self: ~Copyable {
  /// Wraps `recv(2)`; throws `.connectionReset`, `.timedOut` and the like.
  package func read(into buffer: inout MutableRawSpan) throws(Errno) -> Transfer {
    if buffer.isEmpty { return .octets(0) }
    let number = self.number
    do throws(Errno) {
      let received = try unsafe buffer.withUnsafeMutableBytes { (bytes) throws(Errno) in
        // The span's memory outlives the call and is as long as said.
        try call("recv") { unsafe recv(number, bytes.baseAddress, bytes.count, 0) }
      }
      return received == 0 ? .endOfStream : .octets(received)
    } catch .wouldBlock {
      return .wouldBlock
    }
  }

  /// Wraps `send(2)`, without SIGPIPE; throws `.brokenPipe`, `.connectionReset` and the like.
  package func write(_ bytes: RawSpan) throws(Errno) -> Transfer {
    let number = self.number
    do throws(Errno) {
      let sent = try unsafe bytes.withUnsafeBytes { (bytes) throws(Errno) in
        // As above.
        try call("send") { unsafe send(number, bytes.baseAddress, bytes.count, SocketFlag.noSignal) }
      }
      return .octets(sent)
    } catch .wouldBlock {
      return .wouldBlock
    }
  }

  /// Writes the array from `start` on, up to `end` or its own.
  package func write(_ bytes: [UInt8], from start: Int = 0, to end: Int? = nil) throws(Errno) -> Transfer {
    try write(bytes.octets.extracting(start..<(end ?? bytes.count)))
  }

  /// Tells the peer that nothing more will be sent, and still reads; wraps `shutdown(2)` with SHUT_WR.
  package func finishSending() throws(Errno) {
    try call("shutdown") { Glibc.shutdown(number, Int32(SHUT_WR)) }
  }
}

/// A pollable's close that the peer notices as a reset, and that leaves no TIME_WAIT: SO_LINGER with 0 seconds.
extension FileDescriptor {
  consuming func closeWithReset() { resetOnClose() }

  func resetOnClose() {
    // If the option is refused, the connection is gone already, and closing is all that is left to do.
    try? setOption(SOL_SOCKET, SO_LINGER, structure: linger(l_onoff: 1, l_linger: 0))
  }
}
