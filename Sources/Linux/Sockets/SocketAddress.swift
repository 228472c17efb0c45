// Socket addresses between the kernel's octets and our values.
//
//   octet          0        2         4             8                    24
//   sockaddr_in    family   port      address (4)   zero (8)                          16 octets
//   sockaddr_in6   family   port      flow          address (16)         scope        28 octets
//
// The family is in the machine's order, port and address in the network's.

public import DNS
internal import Glibc

/// Who sent a datagram or opened a connection, without an allocation: what the answer path looks at.
@usableFromInline
package struct PeerAddress: Hashable, Sendable {
  @usableFromInline let isIPv6: Bool
  /// 0 is legal on the wire and never to be answered.
  @usableFromInline package let port: UInt16
  /// The address as a number, its first octet the most significant; an IPv4 address fills the upper 32 bits.
  @usableFromInline package let high: UInt64
  /// The lower 64 bits of an IPv6 address; 0 for IPv4.
  @usableFromInline package let low: UInt64

  @inlinable @inline(__always)
  init(isIPv6: Bool, port: UInt16, high: UInt64, low: UInt64) {
    self.isIPv6 = isIPv6
    self.port = port
    self.high = high
    self.low = low
  }
}

extension PeerAddress {
  /// The address alone, as the answer path takes it.
  @inlinable @inline(__always)
  package var client: ClientAddress {
    isIPv6 ? ClientAddress(ipv6High: high, low: low) : ClientAddress(ipv4: UInt32(truncatingIfNeeded: high &>> 32))
  }

  package var family: AddressFamily { isIPv6 ? .ipv6 : .ipv4 }

  /// The address as an array of octets; allocates.
  package var address: IPAddress {
    func octet(_ index: Int) -> UInt8 {
      UInt8(truncatingIfNeeded: (index < 8 ? high : low) >> UInt64(56 - 8 * (index % 8)))
    }
    guard !isIPv6 else {
      return IPAddress(octets: (0..<16).map(octet)) ?? IPAddress(ipv4: 0, 0, 0, 0)
    }
    return IPAddress(ipv4: octet(0), octet(1), octet(2), octet(3))
  }

  /// The address and port; allocates.
  package var endpoint: SocketEndpoint { SocketEndpoint(address, port: port) }
}

/// Where the parts of a kernel socket address lie, in octets.
@usableFromInline
enum SocketAddressLayout {
  @inlinable static var portOffset: Int { 2 }
  @inlinable static var ipv4AddressOffset: Int { 4 }
  @inlinable static var ipv6AddressOffset: Int { 8 }
  static let ipv4Length = 16
  static let ipv6Length = 28
  /// AF_INET6; what is not of this family is IPv4, for no other socket is ever opened with addresses like these.
  @inlinable static var ipv6Family: UInt16 { 10 }

  /// Reads what the kernel wrote at the start of `bytes`, which holds at least 28 octets.
  @inlinable @inline(__always)
  static func peer(_ bytes: RawSpan) -> PeerAddress {
    // Octets and integers: every bit pattern is a value; the span checks the bounds.
    let port = unsafe UInt16(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: portOffset, as: UInt16.self))
    guard isIPv6(bytes) else {
      let word = unsafe UInt32(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: ipv4AddressOffset, as: UInt32.self))
      return PeerAddress(isIPv6: false, port: port, high: UInt64(word) << 32, low: 0)
    }
    let high = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: ipv6AddressOffset, as: UInt64.self)
    let low = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: ipv6AddressOffset + 8, as: UInt64.self)
    return PeerAddress(isIPv6: true, port: port, high: UInt64(bigEndian: high), low: UInt64(bigEndian: low))
  }

  @inlinable @inline(__always)
  static func isIPv6(_ bytes: RawSpan) -> Bool {
    // As above.
    unsafe bytes.unsafeLoadUnaligned(as: UInt16.self) == ipv6Family
  }
}

/// A socket address in the kernel's layout, with room for either family.
struct SocketAddress {
  private var storage = sockaddr_in6()
  private var length = socklen_t(SocketAddressLayout.ipv6Length)

  /// Room for an address that the kernel is to fill in.
  init() {}

  init(_ endpoint: SocketEndpoint) {
    let isIPv6 = endpoint.address.family == .ipv6
    let octets = endpoint.address.octets
    let offset = isIPv6 ? SocketAddressLayout.ipv6AddressOffset : SocketAddressLayout.ipv4AddressOffset
    length = socklen_t(isIPv6 ? SocketAddressLayout.ipv6Length : SocketAddressLayout.ipv4Length)
    // The storage is as large as the larger layout, and both are made of integers.
    unsafe withUnsafeMutableBytes(of: &storage) { bytes in
      unsafe bytes.storeBytes(of: UInt16(isIPv6 ? AF_INET6 : AF_INET), as: UInt16.self)
      unsafe bytes.storeBytes(
        of: endpoint.port.bigEndian, toByteOffset: SocketAddressLayout.portOffset, as: UInt16.self)
      for (index, octet) in octets.enumerated() { unsafe bytes[offset + index] = octet }
    }
  }

  var peer: PeerAddress {
    unsafe withUnsafeBytes(of: storage) { bytes in
      // A view of the storage that ends before the closure does.
      SocketAddressLayout.peer(unsafe RawSpan(_unsafeBytes: bytes))
    }
  }

  var endpoint: SocketEndpoint { peer.endpoint }

  /// Gives the address to a call such as `bind(2)`.
  func withPointer<Result>(
    _ body: (UnsafePointer<sockaddr>, socklen_t) throws(Errno) -> Result
  ) throws(Errno) -> Result {
    // The C interface takes every socket address as `sockaddr`, with its true length beside it.
    try unsafe withUnsafeBytes(of: storage) { (bytes) throws(Errno) in
      guard let start = bytes.baseAddress else { throw .invalidArgument }
      return try unsafe body(start.assumingMemoryBound(to: sockaddr.self), length)
    }
  }

  /// Lets a call such as `getsockname(2)` fill the address in.
  mutating func withMutablePointer<Result>(
    _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) throws(Errno) -> Result
  ) throws(Errno) -> Result {
    var room = socklen_t(MemoryLayout<sockaddr_in6>.size)
    defer { length = min(room, socklen_t(MemoryLayout<sockaddr_in6>.size)) }
    // As above; the kernel writes no more than `room` octets.
    return try unsafe withUnsafeMutableBytes(of: &storage) { (bytes) throws(Errno) in
      guard let start = bytes.baseAddress else { throw .invalidArgument }
      return try unsafe body(start.assumingMemoryBound(to: sockaddr.self), &room)
    }
  }
}

extension IPAddress {
  /// `0.0.0.0` or `::`.
  package var isWildcard: Bool { octets.allSatisfy { $0 == 0 } }

  /// In 127.0.0.0/8, or `::1`.
  package var isLoopback: Bool {
    switch family {
    case .ipv4: octets.first == 127
    case .ipv6: octets.dropLast().allSatisfy { $0 == 0 } && octets.last == 1
    }
  }
}
