// A TCP socket that waits for connections.

internal import CLinux
package import DNS
internal import Glibc

/// A non-blocking TCP listener on one address and port, of one family.
package struct TCPListener: ~Copyable, Sendable {
  private let descriptor: FileDescriptor

  /// When a connection is one to `accept`.
  package enum Turn: Sendable {
    /// As soon as it stands: for protocols in which the server speaks first.
    case connected
    /// When its client has said something, or for a second has not: TCP_DEFER_ACCEPT.
    case spoken
  }

  /// How many failed connections one `accept` passes over before it lets the caller come again.
  private static var mostFailuresInARow: Int { 64 }

  /// Wraps `socket(2)`, `bind(2)` and `listen(2)`; port 0 lets the kernel choose.
  ///
  /// SO_REUSEADDR is set: connections of an earlier process in TIME_WAIT don't hold the port. So is TCP_NODELAY, which the
  /// connections inherit: answers are written whole, and Nagle's wait could only delay their last segment.
  package init(
    boundTo endpoint: SocketEndpoint, port sharing: PortSharing = .exclusive, accepting turn: Turn = .connected,
    _ presence: AddressPresence = .required, backlog: Int32 = 1_024
  ) throws(Errno) {
    let socket = try FileDescriptor.socket(
      for: endpoint.address.family, type: SocketFlag.stream, flags: SocketFlag.nonBlocking)
    try socket.setOption(SOL_SOCKET, SO_REUSEADDR, 1)
    if sharing == .shared { try socket.setOption(SOL_SOCKET, SO_REUSEPORT, 1) }
    try socket.setOption(SocketLevel.tcp, TCP_NODELAY, 1)
    // Only a saving: a kernel without it reports connections sooner.
    if turn == .spoken { try? socket.setOption(SocketLevel.tcp, TCP_DEFER_ACCEPT, 1) }
    if presence == .awaited { try socket.allowMissingAddress(endpoint.address.family) }
    try socket.bind(to: endpoint)
    try call("listen") { listen(socket.number, backlog) }
    descriptor = socket
  }

  /// Where the socket is bound, with the port the kernel chose; wraps `getsockname(2)`.
  package var localEndpoint: SocketEndpoint {
    get throws(Errno) { try descriptor.localEndpoint() }
  }

  /// The next connection that waits, and who opened it; nil when none does. Wraps `accept4(2)`.
  ///
  /// Connections that failed while they waited are passed over. Throws `.tooManyOpenFiles` and the like: then the listener
  /// stays readable, and it is for the caller to close something first.
  package func accept() throws(Errno) -> Accepted? {
    for _ in 0..<Self.mostFailuresInARow {
      do throws(Errno) {
        return try acceptOne()
      } catch .wouldBlock {
        return nil
      } catch {
        guard Self.concernsOneConnection(error) else { throw error }
      }
    }
    return nil
  }

  private func acceptOne() throws(Errno) -> Accepted {
    var address = SocketAddress()
    let number = try unsafe address.withMutablePointer { (address, length) throws(Errno) in
      // The kernel fills in no more than the length says.
      try call("accept4") {
        unsafe accept4(descriptor.number, address, length, SocketFlag.nonBlocking | SocketFlag.closeOnExec)
      }
    }
    return Accepted(connection: TCPConnection(FileDescriptor(owning: number)), peer: address.peer)
  }

  /// The errors of accept(2) that tell of a connection lost while it waited, not of the listener.
  private static func concernsOneConnection(_ error: Errno) -> Bool {
    switch error.rawValue {
    case ECONNABORTED, EPERM, EPROTO, ENOPROTOOPT, EOPNOTSUPP, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH, ENONET:
      true
    default: false
    }
  }
}

extension TCPListener: Pollable {
  package var number: Int32 { descriptor.number }
}

/// A connection just taken, and who opened it.
package struct Accepted: ~Copyable, Sendable {
  package let connection: TCPConnection
  package let peer: PeerAddress

  /// Gives the connection away.
  package consuming func takeConnection() -> TCPConnection { connection }
}
