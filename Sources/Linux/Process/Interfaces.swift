// The addresses of this host.

internal import CLinux
package import DNS
internal import Glibc

/// An address of one of this host's network interfaces.
package struct LocalAddress: Hashable, Sendable {
  package let interface: String
  package let address: IPAddress
  package let isLoopback: Bool
}

/// The addresses of all interfaces that are up; wraps `getifaddrs(3)`.
///
/// IPv6 link-local addresses are left out: without an interface they cannot be bound, and no delegation names one.
package func localAddresses() throws(Errno) -> [LocalAddress] {
  var first: UnsafeMutablePointer<ifaddrs>?
  try call { unsafe getifaddrs(&first) }
  defer { unsafe freeifaddrs(first) }
  var addresses: [LocalAddress] = []
  // A list of the C library's that ends with null and lives until it is freed above.
  var entry = unsafe first
  while let interface = unsafe entry?.pointee {
    unsafe entry = interface.ifa_next
    guard unsafe interface.ifa_flags & UInt32(IFF_UP) != 0, let address = unsafe address(of: interface) else {
      continue
    }
    unsafe addresses.append(
      LocalAddress(
        interface: String(cString: interface.ifa_name), address: address,
        isLoopback: interface.ifa_flags & UInt32(IFF_LOOPBACK) != 0))
  }
  return addresses
}

private func address(of interface: ifaddrs) -> IPAddress? {
  guard let socketAddress = unsafe interface.ifa_addr else { return nil }
  let length: Int
  switch Int32(unsafe socketAddress.pointee.sa_family) {
  case AF_INET: length = SocketAddressLayout.ipv4Length
  case AF_INET6: length = SocketAddressLayout.ipv6Length
  default: return nil
  }
  // The C library gives as many octets as the family needs; they live as long as the list.
  let octets = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(socketAddress), byteCount: length)
  let address = SocketAddressLayout.peer(octets).address
  let isLinkLocal = address.family == .ipv6 && address.octets[0] == 0xFE && address.octets[1] & 0xC0 == 0x80
  return isLinkLocal ? nil : address
}
