// Octets as hexadecimal text, the form of every golden packet.

/// The octets that the hexadecimal digits of `text` name; white space is ignored, and lines that begin with `;`.
package func hex(_ text: String) -> [UInt8] {
  let lines = text.split(separator: "\n").filter { !$0.hasPrefix(";") }
  let digits = lines.joined().compactMap { $0.isWhitespace ? nil : UInt8($0.hexDigitValue ?? 0) }
  return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

package func hexadecimal(_ octets: some Sequence<UInt8>) -> String {
  octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// The same with a separator after each group of so many octets.
package func hexadecimal(_ octets: ArraySlice<UInt8>, group: Int, separator: String) -> String {
  let starts = stride(from: octets.startIndex, to: octets.endIndex, by: group)
  return starts.map { hexadecimal(octets[$0..<min($0 + group, octets.endIndex)]) }.joined(separator: separator)
}
