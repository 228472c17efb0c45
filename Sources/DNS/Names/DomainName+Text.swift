// Domain names as people write them: presentation form to wire form (RFC 1035 §5.1).
//
// Works on octets, not on characters: a name of 255 octets is read with one allocation.

/// Why a text is no domain name, and which octets of it are to blame.
package struct NameTextError: Error, Equatable, Sendable {
  package enum Reason: Equatable, Sendable {
    case empty
    /// Two dots in a row, or a dot in front.
    case emptyLabel
    case labelTooLong(octets: Int)
    /// Wire form included the root octet and, for a relative name, the origin.
    case nameTooLong(octets: Int)
    /// A backslash at the end, or `\DDD` that is not three digits of at most 255.
    case badEscape
    /// An octet over 127 written out; only `\DDD` can say it.
    case notASCII
    /// The text has no final dot and there is no origin to complete it.
    case relativeWithoutOrigin
  }

  package let reason: Reason
  /// In octets from the start of the text.
  package let range: Range<Int>

  package init(reason: Reason, range: Range<Int>) {
    self.reason = reason
    self.range = range
  }
}

extension DomainName {
  /// Reads presentation form; a text without final dot is completed with `origin`, `@` alone is `origin`.
  package init(text: ArraySlice<UInt8>, origin: DomainName?) throws(NameTextError) {
    func failure(_ reason: NameTextError.Reason, _ range: Range<Int>) -> NameTextError {
      NameTextError(
        reason: reason, range: range.lowerBound - text.startIndex..<range.upperBound - text.startIndex)
    }
    let whole = text.startIndex..<text.endIndex
    guard let first = text.first else { throw failure(.empty, whole) }
    if text.count == 1, first == UInt8(ascii: ".") {
      self = .root
      return
    }
    if text.count == 1, first == UInt8(ascii: "@") {
      guard let origin else { throw failure(.relativeWithoutOrigin, whole) }
      self = origin
      return
    }

    var wire: [UInt8] = []
    wire.reserveCapacity(text.count + 1 + (origin?.wire.count ?? 1))
    wire.append(0)
    var lengthAt = 0
    var labelStart = text.startIndex
    var at = text.startIndex
    while at < text.endIndex {
      let octet = text[at]
      if octet == UInt8(ascii: ".") {
        let length = wire.count - lengthAt - 1
        guard length > 0 else { throw failure(.emptyLabel, at..<at + 1) }
        guard length <= DomainName.maximumLabelLength else {
          throw failure(.labelTooLong(octets: length), labelStart..<at)
        }
        wire[lengthAt] = UInt8(length)
        lengthAt = wire.count
        wire.append(0)
        at += 1
        labelStart = at
      } else if octet == UInt8(ascii: "\\") {
        guard let (escaped, next) = unescape(text, at: at) else {
          throw failure(.badEscape, at..<min(at + 4, text.endIndex))
        }
        wire.append(escaped)
        at = next
      } else {
        guard octet < 0x80 else { throw failure(.notASCII, at..<at + 1) }
        wire.append(octet)
        at += 1
      }
    }
    // After a final dot the octet appended last is the root already.
    let length = wire.count - lengthAt - 1
    if length > 0 {
      guard length <= DomainName.maximumLabelLength else {
        throw failure(.labelTooLong(octets: length), labelStart..<text.endIndex)
      }
      guard let origin else { throw failure(.relativeWithoutOrigin, whole) }
      wire[lengthAt] = UInt8(length)
      wire += origin.wire
    }
    guard wire.count <= DomainName.maximumLength else {
      throw failure(.nameTooLong(octets: wire.count), whole)
    }
    self.init(uncheckedWire: wire)
  }

  /// Reads presentation form as a complete name, with or without its final dot; nil when it is none.
  package init?(_ text: some StringProtocol) {
    guard let name = try? DomainName(text: Array(text.utf8)[...], origin: .root) else { return nil }
    self = name
  }
}

/// The octet that `\X` or `\DDD` at index `at` means, and the index after it (RFC 1035 §5.1).
///
/// - Returns: nil when nothing follows the backslash, or a digit that does not begin three of at most 255.
package func unescape(_ text: ArraySlice<UInt8>, at: Int) -> (octet: UInt8, next: Int)? {
  let digits: ClosedRange<UInt8> = UInt8(ascii: "0")...UInt8(ascii: "9")
  guard at + 1 < text.endIndex else { return nil }
  let first = text[at + 1]
  guard digits.contains(first) else { return (first, at + 2) }
  guard at + 3 < text.endIndex else { return nil }
  var value = 0
  for digit in text[at + 1...at + 3] {
    guard digits.contains(digit) else { return nil }
    value = value * 10 + Int(digit - UInt8(ascii: "0"))
  }
  return value <= 255 ? (UInt8(value), at + 4) : nil
}
