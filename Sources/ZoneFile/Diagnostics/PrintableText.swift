// Octets of a file made fit for a terminal, a log line and JSON: no control, no invalid UTF-8, no hidden direction.

import DNS

/// What the scalar at the front of `octets` looks like, and how many octets it takes; nil at the end.
///
/// Controls and octets that are not UTF-8 come back one at a time as `\DDD`.
func printableScalar(_ octets: ArraySlice<UInt8>) -> (text: String, octetCount: Int)? {
  guard let first = octets.first else { return nil }
  if (0x20...0x7E).contains(first) { return (String(UnicodeScalar(first)), 1) }
  var iterator = octets.prefix(4).makeIterator()
  var parser = Unicode.UTF8.ForwardParser()
  guard first >= 0x80, case .valid(let encoded) = parser.parseScalar(from: &iterator) else {
    return (decimalEscape(first), 1)
  }
  let scalar = Unicode.UTF8.decode(encoded)
  guard isPrintable(scalar) else {
    return ("\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}", encoded.count)
  }
  return (String(scalar), encoded.count)
}

/// The octets as one line, cut after `limit` octets.
func printable(_ octets: ArraySlice<UInt8>, limit: Int = 80) -> String {
  var text = ""
  var rest = octets.prefix(limit)
  while let (scalar, count) = printableScalar(rest) {
    text += scalar
    rest = rest.dropFirst(count)
  }
  return octets.count > limit ? text + "…" : text
}

func printable(_ text: String) -> String { printable(Array(text.utf8)[...], limit: 4096) }

/// Invisible scalars, and those that change the direction of a line, could falsify a message.
private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: false
  default: true
  }
}
