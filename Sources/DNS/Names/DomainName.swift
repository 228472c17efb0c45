// Domain names as values: owner names, targets, zone apexes (RFC 1034 §3.1).
//
// The answer path does not use this type; it reads names where they lie in the packet (QuestionName.swift).

/// A complete domain name, kept in wire form: each label after its length octet, the root's zero octet last.
///
/// Letter case is kept for output and ignored in comparison (RFC 4343). A value always holds a valid name:
/// labels of 1–63 octets, 255 octets in all.
public struct DomainName: Sendable {
  /// The uncompressed wire form, 1–255 octets, root octet included.
  package let wire: [UInt8]

  package static let root = DomainName(uncheckedWire: [0])

  /// The most octets a name may have on the wire, root octet included (RFC 1035 §2.3.4).
  @inlinable public static var maximumLength: Int { 255 }
  /// The most octets a label may have (RFC 1035 §2.3.4).
  @inlinable public static var maximumLabelLength: Int { 63 }

  /// Takes octets already known to be a valid wire name.
  package init(uncheckedWire wire: [UInt8]) {
    assert(DomainName.isValid(wire))
    self.wire = wire
  }

  /// Takes the labels from the leftmost to the one below the root.
  ///
  /// - Returns: nil when a label is empty or over 63 octets, or the name over 255.
  package init?(labels: [[UInt8]]) {
    var wire: [UInt8] = []
    for label in labels {
      guard (1...DomainName.maximumLabelLength).contains(label.count) else { return nil }
      wire.append(UInt8(label.count))
      wire += label
    }
    wire.append(0)
    guard wire.count <= DomainName.maximumLength else { return nil }
    self.wire = wire
  }

  private static func isValid(_ wire: [UInt8]) -> Bool {
    guard wire.count <= maximumLength else { return false }
    var at = 0
    while at < wire.count, wire[at] != 0 {
      guard wire[at] <= maximumLabelLength else { return false }
      at += 1 + Int(wire[at])
    }
    return at == wire.count - 1
  }

  /// The labels from left to right, without the root.
  package var labels: [ArraySlice<UInt8>] {
    var labels: [ArraySlice<UInt8>] = []
    var at = 0
    while wire[at] != 0 {
      let end = at + 1 + Int(wire[at])
      labels.append(wire[at + 1..<end])
      at = end
    }
    return labels
  }

  /// How many labels the name has; the root has none.
  package var labelCount: Int { labels.count }

  package var isRoot: Bool { wire.count == 1 }

  /// Whether the leftmost label is a lone asterisk (RFC 4592 §2.1.1).
  package var isWildcard: Bool { wire.count > 2 && wire[0] == 1 && wire[1] == UInt8(ascii: "*") }

  /// The name without its leftmost label; nil for the root.
  package var parent: DomainName? {
    isRoot ? nil : DomainName(uncheckedWire: Array(wire[(1 + Int(wire[0]))...]))
  }

  /// This name with `label` put before it; nil when that breaks a length limit.
  package func prepending(_ label: [UInt8]) -> DomainName? {
    guard (1...DomainName.maximumLabelLength).contains(label.count) else { return nil }
    let longer = [UInt8(label.count)] + label + wire
    return longer.count <= DomainName.maximumLength ? DomainName(uncheckedWire: longer) : nil
  }

  /// Whether this name is `ancestor` or below it.
  package func isAtOrBelow(_ ancestor: DomainName) -> Bool {
    let extra = wire.count - ancestor.wire.count
    guard extra >= 0 else { return false }
    var at = 0
    while at < extra { at += 1 + Int(wire[at]) }
    return at == extra && isSame(wire.span.extracting(extra...), ancestor.wire.span)
  }

  /// The wire form in lower case: equal for equal names.
  package var canonicalWire: [UInt8] { wire.map(lowercased) }
}

extension DomainName: Hashable {
  public static func == (one: DomainName, other: DomainName) -> Bool {
    isSame(one.wire.span, other.wire.span)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name: wire.span.octets)
  }
}

extension DomainName: CustomStringConvertible {
  /// Presentation form with the final dot; octets outside printable ASCII as `\DDD` (RFC 1035 §5.1).
  public var description: String {
    if isRoot { return "." }
    var text = ""
    for label in labels {
      for octet in label {
        switch octet {
        case UInt8(ascii: "."), UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: ";"), UInt8(ascii: "("),
          UInt8(ascii: ")"), UInt8(ascii: "@"), UInt8(ascii: "$"):
          text += "\\" + String(UnicodeScalar(octet))
        case 0x21...0x7E: text.unicodeScalars.append(UnicodeScalar(octet))
        default: text += decimalEscape(octet)
        }
      }
      text += "."
    }
    return text
  }
}

/// Whether two names or ends of names are equal, letter case ignored; length octets are below "A".
private func isSame(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
  guard one.count == other.count else { return false }
  for index in one.indices where one[index] != other[index] {
    if lowercased(one[index]) != lowercased(other[index]) { return false }
  }
  return true
}

/// The lower-case form of an ASCII letter; any other octet unchanged (RFC 4343 §3).
@inlinable
package func lowercased(_ octet: UInt8) -> UInt8 {
  octet &- 0x41 < 26 ? octet | 0x20 : octet
}

/// `\DDD`: how an octet that is not printable is written in zone files and logs.
package func decimalEscape(_ octet: UInt8) -> String {
  let digits = String(octet)
  return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
}
