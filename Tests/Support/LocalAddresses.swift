// The addresses of this host.

package import DNS
internal import Glibc

/// The addresses of all interfaces that are up; wraps `getifaddrs(3)`.
///
/// IPv6 link-local addresses are left out: without an interface they cannot be bound.
package func localAddresses() -> [IPAddress] {
  var first: UnsafeMutablePointer<ifaddrs>?
  guard unsafe getifaddrs(&first) == 0 else { return [] }
  defer { unsafe freeifaddrs(first) }
  var addresses: [IPAddress] = []
  // A list of the C library's that ends with null and lives until it is freed above.
  var entry = unsafe first
  while let interface = unsafe entry?.pointee {
    unsafe entry = interface.ifa_next
    guard unsafe interface.ifa_flags & UInt32(IFF_UP) != 0, let address = unsafe address(of: interface) else {
      continue
    }
    addresses.append(address)
  }
  return addresses
}

private func address(of interface: ifaddrs) -> IPAddress? {
  guard let socketAddress = unsafe interface.ifa_addr else { return nil }
  let octets: Range<Int>
  switch Int32(unsafe socketAddress.pointee.sa_family) {
  case AF_INET: octets = 4..<8
  case AF_INET6: octets = 8..<24
  default: return nil
  }
  // The C library gives as many octets as the family needs; they live as long as the list.
  let start = UnsafeRawPointer(socketAddress)
  let address = IPAddress(octets: octets.map { unsafe start.load(fromByteOffset: $0, as: UInt8.self) })
  let isLinkLocal = address.map { $0.family == .ipv6 && $0.octets[0] == 0xFE && $0.octets[1] & 0xC0 == 0x80 }
  return isLinkLocal == true ? nil : address
}
