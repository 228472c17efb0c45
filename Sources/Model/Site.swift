// `$SITE`, `$ECS` and `$REFERENCE`: where askers are, and how this host knows that it is not cut off.

package import DNS

/// Addresses that begin with the same bits (RFC 4632 §3.1, RFC 4291 §2.3).
package struct AddressPrefix: Hashable, Sendable {
  /// All bits after `length` are zero.
  package var address: IPAddress
  /// In bits.
  package var length: Int

  package init(address: IPAddress, length: Int) {
    self.address = address
    self.length = length
  }

  package func contains(_ other: IPAddress) -> Bool {
    guard other.family == address.family else { return false }
    return zip(address.octets, other.octets).enumerated().allSatisfy { index, octets in
      let bits = min(max(length - 8 * index, 0), 8)
      return (octets.0 ^ octets.1) >> UInt8(8 - bits) == 0 || bits == 0
    }
  }
}

/// A data centre or an office: the nodes that name it in `site=`, and the askers in its networks.
package struct Site: Sendable {
  package var name: String
  /// No prefix is in two sites; of two that contain an address the longer one counts.
  package var prefixes: [AddressPrefix]
  package var location: SourceLocation

  package init(name: String, prefixes: [AddressPrefix], location: SourceLocation) {
    self.name = name
    self.prefixes = prefixes
    self.location = location
  }
}

/// A host whose silence, together with that of nodes, means that this host is cut off.
package struct Reference: Sendable {
  package var address: IPAddress
  package var port: UInt16
  package var location: SourceLocation

  package init(address: IPAddress, port: UInt16, location: SourceLocation) {
    self.address = address
    self.port = port
    self.location = location
  }
}
