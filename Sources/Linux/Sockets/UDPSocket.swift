// A UDP socket that waits for queries.

package import DNS
internal import Glibc

/// A UDP socket bound to one address and port, of one family.
///
/// It never blocks unless `DatagramBatch.receive` is asked to wait.
package struct UDPSocket: ~Copyable, Sendable {
  let descriptor: FileDescriptor
  /// Bound to `0.0.0.0` or `::`: each query comes with the address it was sent to, so that the reply can leave from there.
  let asksDestination: Bool

  /// Wraps `socket(2)` and `bind(2)`; port 0 lets the kernel choose.
  ///
  /// There is no SO_REUSEADDR: for UDP it would let any other socket take the port over.
  package init(
    boundTo endpoint: SocketEndpoint, port sharing: PortSharing = .exclusive, _ presence: AddressPresence = .required
  ) throws(Errno) {
    let family = endpoint.address.family
    let socket = try FileDescriptor.socket(for: family, type: SocketFlag.datagram)
    if sharing == .shared { try socket.setOption(SOL_SOCKET, SO_REUSEPORT, 1) }
    try socket.sizeBuffers()
    try socket.ignorePathMTU(family)
    if endpoint.address.isWildcard { try socket.askDestination(family) }
    if presence == .awaited { try socket.allowMissingAddress(family) }
    try socket.bind(to: endpoint)
    descriptor = socket
    asksDestination = endpoint.address.isWildcard
  }

  /// Where the socket is bound, with the port the kernel chose; wraps `getsockname(2)`.
  package var localEndpoint: SocketEndpoint {
    get throws(Errno) { try descriptor.localEndpoint() }
  }

  /// How long a waiting receive sleeps before it returns empty-handed: SO_RCVTIMEO.
  package func setReceiveTimeout(_ timeout: Duration) throws(Errno) {
    try descriptor.setTimeout(SO_RCVTIMEO, timeout)
  }
}

extension UDPSocket: Pollable {
  /// Has a receive that waits return at once, and every later one too, as though a datagram without octets had come:
  /// for the end of a thread that sleeps in it.
  ///
  /// Wraps `shutdown(2)`, which says ENOTCONN for a socket without a peer and wakes the sleeper all the same.
  package func wakeReceiver() { _ = Glibc.shutdown(descriptor.number, Int32(SHUT_RD)) }

  package var number: Int32 { descriptor.number }
}

extension FileDescriptor {
  /// Room for a burst: a megabyte each way, or what the system's limits grant.
  fileprivate func sizeBuffers() throws(Errno) {
    let octets: Int32 = 1 << 20
    for (forced, ordinary) in [(SO_RCVBUFFORCE, SO_RCVBUF), (SO_SNDBUFFORCE, SO_SNDBUF)] {
      do throws(Errno) {
        try setOption(SOL_SOCKET, forced, octets)
      } catch {
        // Without CAP_NET_ADMIN: the kernel silently cuts this to net.core.rmem_max or wmem_max.
        try setOption(SOL_SOCKET, ordinary, octets)
      }
    }
  }

  /// Ignores what ICMP says about path MTUs, so that a forged message cannot make us send fragments, the first half of an
  /// attack that poisons caches.
  fileprivate func ignorePathMTU(_ family: AddressFamily) throws(Errno) {
    switch family {
    case .ipv4: try setOption(SocketLevel.ipv4, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT)
    case .ipv6: try setOption(SocketLevel.ipv6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT)
    }
  }

  /// Has each datagram accompanied by the address it was sent to.
  fileprivate func askDestination(_ family: AddressFamily) throws(Errno) {
    switch family {
    case .ipv4: try setOption(SocketLevel.ipv4, IP_PKTINFO, 1)
    case .ipv6: try setOption(SocketLevel.ipv6, IPV6_RECVPKTINFO, 1)
    }
  }
}
