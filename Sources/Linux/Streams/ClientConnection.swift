// A blocking connection with time-outs, for the command line that talks to a running daemon.

package import DNS
internal import Glibc

/// A connection whose every call waits, but never longer than the time-out it was opened with.
package struct ClientConnection: ~Copyable, Sendable, StreamConnection {
  private let descriptor: FileDescriptor

  package var number: Int32 { descriptor.number }

  /// Connects by TCP; throws `.timedOut`, `.connectionRefused` and the like.
  package init(to endpoint: SocketEndpoint, timeout: Duration) throws(Errno) {
    let socket = try FileDescriptor.socket(for: endpoint.address.family, type: SocketFlag.stream)
    try socket.setTimeouts(timeout)
    try Self.waiting { () throws(Errno) in try socket.connect(to: endpoint) }
    descriptor = socket
  }

  /// Connects to a Unix socket; throws `.timedOut`, `.noSuchFileOrDirectory`, `.permissionDenied` and the like.
  package init(path: String, timeout: Duration) throws(Errno) {
    let address = try UnixAddress(path: path)
    let socket = try FileDescriptor.unixSocket()
    try socket.setTimeouts(timeout)
    try Self.waiting { () throws(Errno) in try socket.connect(to: address) }
    descriptor = socket
  }

  /// Sends all of `bytes`; throws `.timedOut` if the peer takes none for so long.
  package func send(_ bytes: [UInt8]) throws(Errno) {
    var sent = 0
    while sent < bytes.count {
      guard case .octets(let more) = try write(bytes, from: sent) else { throw .timedOut }
      sent += more
    }
  }

  /// The next octets from the peer, at most `limit`; empty when it has sent all. Throws `.timedOut`.
  package func receive(atMost limit: Int = 65_536) throws(Errno) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: limit)
    var elements = bytes.mutableSpan
    var room = MutableRawSpan(_elements: &elements)
    switch try read(into: &room) {
    case .octets(let count): return Array(bytes[..<count])
    case .endOfStream: return []
    case .wouldBlock: throw .timedOut
    }
  }

  /// The kernel reports a TCP connect that took too long as EINPROGRESS, a Unix one as EAGAIN.
  private static func waiting(_ connect: () throws(Errno) -> Void) throws(Errno) {
    do throws(Errno) {
      try connect()
    } catch .inProgress {
      throw .timedOut
    } catch .wouldBlock {
      throw .timedOut
    }
  }
}

extension FileDescriptor {
  fileprivate func setTimeouts(_ timeout: Duration) throws(Errno) {
    try setTimeout(SO_RCVTIMEO, timeout)
    try setTimeout(SO_SNDTIMEO, timeout)
  }
}
