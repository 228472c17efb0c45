// How a value is written in the log: bare when nothing in it can mislead, else quoted and escaped.

internal import DNS

/// Appends `value` as one word of printable ASCII.
///
/// Inside quotation marks, `"` and `\` stand behind a `\`, and every octet that is not printable ASCII
/// becomes `\DDD` (as in RFC 1035 §5.1), so that a line stays one line whatever a stranger sent.
package func appendValue(_ value: [UInt8], to line: inout [UInt8]) {
  let shown = value.prefix(LogLine.maximumValue)
  if !shown.isEmpty && shown.allSatisfy(isBare) {
    line += shown
  } else {
    line.append(UInt8(ascii: "\""))
    for octet in shown { appendQuoted(octet, to: &line) }
    line.append(UInt8(ascii: "\""))
  }
  if shown.count < value.count { line += "...".utf8 }
}

/// Whether an octet needs no quotation marks around it.
private func isBare(_ octet: UInt8) -> Bool {
  (0x21...0x7E).contains(octet) && !"\"\\=".utf8.contains(octet)
}

private func appendQuoted(_ octet: UInt8, to line: inout [UInt8]) {
  switch octet {
  case UInt8(ascii: "\""), UInt8(ascii: "\\"): line += [UInt8(ascii: "\\"), octet]
  case 0x20...0x7E: line.append(octet)
  default: line += decimalEscape(octet).utf8
  }
}
