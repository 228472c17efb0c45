// Whose status a client believes to read: the check of Host that keeps web pages out (DNS rebinding).
//
// A page at evil.example may point its own name at 127.0.0.1 and read what comes back; its browser then sends
// `Host: evil.example`. Nobody can rebind an address literal or `localhost`, so only these are answered.

import DNS

/// The verdict on `host[:port]` from a Host field or an absolute target (RFC 3986 §3.2).
enum HTTPAuthority: Hashable {
  /// An address literal or `localhost`, with any port.
  case ours
  case foreign
  case malformed

  init(_ text: ArraySlice<UInt8>) {
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
    self = HTTPAuthority.verdict(onHost: host)
  }

  private static func verdict(onHost host: ArraySlice<UInt8>) -> HTTPAuthority {
    if host.first == UInt8(ascii: "[") {
      let literal = IPAddress(String(decoding: host.dropFirst().dropLast(), as: UTF8.self))
      return literal?.family == .ipv6 ? .ours : .malformed
    }
    guard !host.isEmpty, host.allSatisfy(isHostNameOctet) else { return .malformed }
    let name = String(decoding: host.map(lowercased), as: UTF8.self)
    return name == "localhost" || IPAddress(name) != nil ? .ours : .foreign
  }

  /// Nothing, or a colon and at most five digits.
  private static func isPortSuffix(_ text: ArraySlice<UInt8>) -> Bool {
    text.isEmpty || (text.first == UInt8(ascii: ":") && text.count <= 6 && text.dropFirst().allSatisfy(isDigit))
  }

  private static func isHostNameOctet(_ octet: UInt8) -> Bool {
    isDigit(octet) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercased(octet))
      || "-._~".utf8.contains(octet)
  }
}
