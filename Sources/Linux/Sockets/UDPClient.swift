// A UDP socket that asks one server: for probes and tests.

package import DNS
internal import Glibc

/// A UDP socket connected to one server: the kernel drops what comes from any other address or port.
package struct UDPClient: ~Copyable, Sendable {
  private let descriptor: FileDescriptor

  /// Wraps `socket(2)` and `connect(2)`; `receive` waits for `timeout` at most.
  package init(to endpoint: SocketEndpoint, from source: IPAddress? = nil, timeout: Duration) throws(Errno) {
    let socket = try FileDescriptor.socket(for: endpoint.address.family, type: SocketFlag.datagram)
    try socket.setTimeout(SO_RCVTIMEO, timeout)
    if let source { try socket.bind(to: SocketEndpoint(source, port: 0)) }
    try socket.connect(to: endpoint)
    descriptor = socket
  }

  /// Our end; wraps `getsockname(2)`.
  package var localEndpoint: SocketEndpoint {
    get throws(Errno) { try descriptor.localEndpoint() }
  }

  /// Sends one datagram; throws `.connectionRefused` if an earlier one met nobody.
  package func send(_ bytes: [UInt8]) throws(Errno) {
    _ = try descriptor.write(bytes.octets)
  }

  /// The next datagram; throws `.timedOut`, or `.connectionRefused` if nobody listens there.
  package func receive() throws(Errno) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 65_535)
    var elements = bytes.mutableSpan
    var room = MutableRawSpan(_elements: &elements)
    do throws(Errno) {
      let count = try descriptor.read(into: &room)
      return Array(bytes[..<count])
    } catch .wouldBlock {
      throw .timedOut
    }
  }
}

extension UDPClient: Pollable {
  package var number: Int32 { descriptor.number }
}
