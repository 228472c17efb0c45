// TCP connections: one that stands, and one that is being opened for a health check.

package import DNS
internal import Glibc

/// A non-blocking TCP connection.
package struct TCPConnection: ~Copyable, Sendable, StreamConnection {
  private let descriptor: FileDescriptor

  init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

  package var number: Int32 { descriptor.number }

  /// Our end; wraps `getsockname(2)`.
  package var localEndpoint: SocketEndpoint {
    get throws(Errno) { try descriptor.localEndpoint() }
  }

  /// The peer's end; wraps `getpeername(2)`.
  package var peerEndpoint: SocketEndpoint {
    get throws(Errno) { try descriptor.peerEndpoint() }
  }

  /// Has the kernel ask a silent peer whether it is still there, so that a cut cable ends the connection with `.timedOut`.
  ///
  /// The first question after `idle`, the next ones every `interval`, until `count` of them are unanswered; times are rounded
  /// up to whole seconds of 1–32,767, `count` is 1–127. Sets TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, SO_KEEPALIVE.
  package func setKeepAlive(idle: Duration, interval: Duration, count: Int) throws(Errno) {
    try descriptor.setOption(SocketLevel.tcp, TCP_KEEPIDLE, Self.wholeSeconds(idle))
    try descriptor.setOption(SocketLevel.tcp, TCP_KEEPINTVL, Self.wholeSeconds(interval))
    try descriptor.setOption(SocketLevel.tcp, TCP_KEEPCNT, Int32(clamping: min(max(count, 1), 127)))
    try descriptor.setOption(SOL_SOCKET, SO_KEEPALIVE, 1)
  }

  private static func wholeSeconds(_ span: Duration) -> Int32 {
    Int32(min(max((span / .seconds(1)).rounded(.up), 1), 32_767))
  }

  /// Has the close, when it comes, be one that the peer sees as a reset.
  package func resetOnClose() { descriptor.resetOnClose() }

  /// Closes so that the peer sees a reset, what is unsent is thrown away, and no TIME_WAIT remains.
  package consuming func closeWithReset() { descriptor.closeWithReset() }

  /// Sets TCP_NODELAY.
  func sendWithoutDelay() throws(Errno) {
    do throws(Errno) {
      try descriptor.setOption(SocketLevel.tcp, TCP_NODELAY, 1)
    } catch .invalidArgument {
      // The peer has reset the connection already; reading it will say so.
    }
  }
}

/// A TCP connection that is being opened.
///
/// Watch it for `.writable`, then `finish`; the descriptor's number, and with it what epoll knows, stays the same.
package struct TCPConnect: ~Copyable, Sendable {
  private let descriptor: FileDescriptor
  private let target: SocketEndpoint

  /// Starts to connect, from `source` if one is given, and does not wait.
  ///
  /// Wraps `socket(2)`, `bind(2)`, `connect(2)`. What is known at once, such as `.networkUnreachable`, is thrown here.
  ///
  /// - Parameter isSilent: nothing will be sent but the end. The acknowledgement of the handshake then waits for that and
  ///   travels with it: a packet less for both ends. Clears TCP_QUICKACK.
  package init(to target: SocketEndpoint, from source: IPAddress? = nil, isSilent: Bool = false) throws(Errno) {
    let socket = try FileDescriptor.socket(
      for: target.address.family, type: SocketFlag.stream, flags: SocketFlag.nonBlocking)
    // Best effort, as it saves work and changes nothing else.
    if isSilent { try? socket.setOption(SocketLevel.tcp, TCP_QUICKACK, 0) }
    if let source {
      guard source.family == target.address.family else { throw .addressFamilyNotSupported }
      // Best effort: the port is chosen when the target is known, so that many checks can share one.
      try? socket.setOption(SocketLevel.ipv4, IP_BIND_ADDRESS_NO_PORT, 1)
      try socket.bind(to: SocketEndpoint(source, port: 0))
    }
    do throws(Errno) {
      try socket.connect(to: target)
    } catch .inProgress {
      // Epoll will report the result.
    }
    descriptor = socket
    self.target = target
  }

  /// Our end, as the kernel or the caller has chosen it; wraps `getsockname(2)`.
  package var localEndpoint: SocketEndpoint {
    get throws(Errno) { try descriptor.localEndpoint() }
  }

  /// How far a connect has come.
  package enum Progress: Sendable {
    case pending, connected
  }

  /// Looks without waiting; throws what the connect failed with, such as `.connectionRefused`, and is then not to be
  /// called again.
  ///
  /// Wraps a second `connect(2)`, which says in one call both whether the first is over and how.
  package func progress() throws(Errno) -> Progress {
    do throws(Errno) {
      try descriptor.connect(to: target)
    } catch .alreadyInProgress {
      return .pending
    } catch .isConnected {
      // Asked before.
    }
    // A connect to a free local port can by chance be given that very port and then meets itself: nobody listens there.
    // Ports below 1024 the kernel gives to nobody by chance.
    if target.port >= 1_024, try descriptor.localEndpoint() == target { throw .connectionRefused }
    return .connected
  }

  /// The connection, once it stands; throws what it failed with, and `.inProgress` if it is asked for too early.
  package consuming func finish() throws(Errno) -> TCPConnection {
    guard try progress() == .connected else { throw .inProgress }
    return connection()
  }

  /// The connection, after `progress` has returned `.connected`.
  package consuming func connection() -> TCPConnection { TCPConnection(descriptor) }

  /// Gives up; the peer sees a reset if it had got so far.
  package consuming func abandon() { descriptor.closeWithReset() }
}

extension TCPConnect: Pollable {
  package var number: Int32 { descriptor.number }
}
