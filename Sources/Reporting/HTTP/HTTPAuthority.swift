// Whose status a client believes to read: the check of Host that keeps web pages out (DNS rebinding).
//
// A page at evil.example may point its own name at 127.0.0.1 and read what comes back; its browser then sends
// `Host: evil.example`. Nobody can rebind an address literal or `localhost`, so only these are answered, and the names
// that the operator has allowed.

internal import DNS

/// The names by which the status port may be asked, besides `localhost` and addresses.
package struct StatusHosts: Hashable, Sendable {
  /// In small letters, without a final dot.
  private var names: Set<String> = []

  package init() {}

  /// Allows one more name; false when it is no host name, or an address, which needs no permission.
  package mutating func allow(_ name: String) -> Bool {
    let plain = StatusHosts.plain(name.utf8.map(lowercased))
    let labels = plain.split(separator: ".", omittingEmptySubsequences: false)
    guard plain.utf8.count <= 253, plain.utf8.allSatisfy(isHostNameOctet), labels.allSatisfy({ !$0.isEmpty }),
      IPAddress(plain) == nil
    else { return false }
    names.insert(plain)
    return true
  }

  fileprivate func contains(_ host: String) -> Bool { names.contains(StatusHosts.plain(host.utf8)) }

  /// `ns1.example.` and `ns1.example` are one name.
  private static func plain(_ octets: some BidirectionalCollection<UInt8>) -> String {
    String(decoding: octets.last == UInt8(ascii: ".") ? Array(octets.dropLast()) : Array(octets), as: UTF8.self)
  }
}

private func isHostNameOctet(_ octet: UInt8) -> Bool {
  isDigit(octet) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercased(octet)) || "-._~".utf8.contains(octet)
}

/// The verdict on `host[:port]` from a Host field or an absolute target (RFC 3986 §3.2).
package enum HTTPAuthority: Hashable {
  /// An address literal, `localhost` or a name that is allowed, with any port.
  case ours
  case foreign
  case malformed

  package init(_ text: ArraySlice<UInt8>, allowing names: StatusHosts) {
    let host: ArraySlice<UInt8>
    if text.first == UInt8(ascii: "[") {
      guard let bracket = text.firstIndex(of: UInt8(ascii: "]")) else {
        self = .malformed
        return
      }
      host = text[...bracket]
    } else {
      host = text.prefix { $0 != UInt8(ascii: ":") }
    }
    guard HTTPAuthority.isPortSuffix(text[host.endIndex...]) else {
      self = .malformed
      return
    }
    self = HTTPAuthority.verdict(onHost: host, names)
  }

  private static func verdict(onHost host: ArraySlice<UInt8>, _ names: StatusHosts) -> HTTPAuthority {
    if host.first == UInt8(ascii: "[") {
      let literal = IPAddress(String(decoding: host.dropFirst().dropLast(), as: UTF8.self))
      return literal?.family == .ipv6 ? .ours : .malformed
    }
    guard !host.isEmpty, host.allSatisfy(isHostNameOctet) else { return .malformed }
    let name = String(decoding: host.map(lowercased), as: UTF8.self)
    return name == "localhost" || IPAddress(name) != nil || names.contains(name) ? .ours : .foreign
  }

  /// Nothing, or a colon and a port or nothing (RFC 3986 §3.2.3). Which port does not matter: a proxy has its own.
  private static func isPortSuffix(_ text: ArraySlice<UInt8>) -> Bool {
    guard let colon = text.first else { return true }
    let digits = text.dropFirst()
    guard colon == UInt8(ascii: ":"), digits.count <= 5, digits.allSatisfy(isDigit) else { return false }
    return digits.isEmpty || UInt16(String(decoding: digits, as: UTF8.self)) != nil
  }
}
