// IPv4 and IPv6 addresses as values, with their text forms (RFC 4291 §2.2, RFC 5952).

package enum AddressFamily: String, Sendable, CaseIterable {
  case ipv4, ipv6

  /// The record type that carries an address of this family.
  package var recordType: RecordType { self == .ipv4 ? .a : .aaaa }

  /// The family as people write it.
  package var displayName: String { self == .ipv4 ? "IPv4" : "IPv6" }
}

/// An address in network octet order.
package struct IPAddress: Hashable, Sendable {
  /// 4 octets for IPv4, 16 for IPv6.
  package let octets: [UInt8]

  package init(ipv4 a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) { octets = [a, b, c, d] }

  /// `0.0.0.0` or `::`: as an address to listen at, all addresses of the host.
  package static func unspecified(_ family: AddressFamily) -> IPAddress {
    IPAddress(uncheckedOctets: Array(repeating: 0, count: family == .ipv4 ? 4 : 16))
  }

  private init(uncheckedOctets: [UInt8]) { octets = uncheckedOctets }

  /// Takes 4 or 16 octets; nil for any other number.
  package init?(octets: [UInt8]) {
    guard octets.count == 4 || octets.count == 16 else { return nil }
    self.octets = octets
  }

  package var family: AddressFamily { octets.count == 4 ? .ipv4 : .ipv6 }

  /// Reads dotted decimal or RFC 4291 text, without brackets, zone index or prefix length.
  package init?(_ text: some StringProtocol) { self.init(text: Array(text.utf8)[...]) }

  /// The same from the octets of the text.
  package init?(text: ArraySlice<UInt8>) {
    let parsed =
      text.contains(UInt8(ascii: ":")) ? IPAddress.parseIPv6(Array(text)) : IPAddress.parseIPv4(text)
    guard let parsed else { return nil }
    octets = parsed
  }

  private static func parseIPv4(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard let (value, end) = scanIPv4(text.span, at: 0), end == text.count else { return nil }
    return [UInt8(value >> 24), UInt8(value >> 16 & 0xFF), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)]
  }

  /// Reads the dotted decimal that begins at `start`: four numbers of 0–255 without leading zeros (which some readers take
  /// for octal). What follows at `end` is for the caller to judge.
  package static func scanIPv4(_ text: Span<UInt8>, at start: Int) -> (value: UInt32, end: Int)? {
    var at = start
    var address: UInt32 = 0
    for index in 0..<4 {
      if index > 0 {
        guard at < text.count, text[at] == UInt8(ascii: ".") else { return nil }
        at += 1
      }
      var value: UInt32 = 0
      let first = at
      while at < text.count {
        let digit = UInt32(text[at]) &- UInt32(UInt8(ascii: "0"))
        guard digit <= 9 else { break }
        guard at == first || value != 0 else { return nil }
        value = value * 10 + digit
        guard value <= 255 else { return nil }
        at += 1
      }
      guard at > first else { return nil }
      address = address << 8 | value
    }
    return (address, at)
  }

  private static func parseIPv6(_ text: [UInt8]) -> [UInt8]? {
    let colon = UInt8(ascii: ":")
    var before: [UInt8] = []
    var after: [UInt8]?
    var at = 0
    if text.starts(with: [colon, colon]) {
      after = []
      at = 2
    }
    while at < text.count {
      let end = text[at...].firstIndex(of: colon) ?? text.count
      let group = text[at..<end]
      var octets: [UInt8]
      if group.contains(UInt8(ascii: ".")) {
        guard end == text.count, let tail = parseIPv4(group) else { return nil }
        octets = tail
      } else {
        guard (1...4).contains(group.count), let value = hexadecimal(group) else { return nil }
        octets = [UInt8(value >> 8), UInt8(value & 0xFF)]
      }
      if after == nil { before += octets } else { after? += octets }
      guard end < text.count else { break }
      at = end + 1
      guard at < text.count else { return nil }
      if text[at] == colon {
        guard after == nil else { return nil }
        after = []
        at += 1
      }
    }
    guard let after else { return before.count == 16 ? before : nil }
    let gap = 16 - before.count - after.count
    return gap >= 2 ? before + [UInt8](repeating: 0, count: gap) + after : nil
  }

  private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | Int(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | Int(digit - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | Int(digit - UInt8(ascii: "A") + 10)
      default: return nil
      }
    }
    return value
  }
}

extension IPAddress: CustomStringConvertible {
  /// Dotted decimal, or the form of RFC 5952: lower case, the longest run of zero groups as `::`.
  package var description: String {
    if family == .ipv4 { return octets.map(String.init).joined(separator: ".") }
    let groups = (0..<8).map { UInt16(octets[2 * $0]) << 8 | UInt16(octets[2 * $0 + 1]) }
    let hex = groups.map { String($0, radix: 16) }
    guard let gap = IPAddress.longestZeroRun(groups) else { return hex.joined(separator: ":") }
    return hex[..<gap.lowerBound].joined(separator: ":") + "::" + hex[gap.upperBound...].joined(separator: ":")
  }

  /// The first of the longest runs of two or more zero groups (RFC 5952 §4.2).
  private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int>? {
    var best = 0..<0
    var start = 0
    for (index, group) in groups.enumerated() {
      if group != 0 { start = index + 1 }
      if index + 1 - start > best.count { best = start..<index + 1 }
    }
    return best.count >= 2 ? best : nil
  }
}

/// An address with a port: where something listens.
package struct SocketEndpoint: Hashable, Sendable, CustomStringConvertible {
  package var address: IPAddress
  package var port: UInt16

  package init(_ address: IPAddress, port: UInt16) {
    self.address = address
    self.port = port
  }

  package var description: String {
    address.family == .ipv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
  }
}
