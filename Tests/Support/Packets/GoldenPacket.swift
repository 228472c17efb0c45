// Golden packets: hexadecimal text in which a line above each piece says what it is.
//
//   ; answer mail.kreis.example. 60 IN A 192.0.2.11
//   c00c 0001 0001 0000003c 0004 c000020b
//
// A test compares octets with `hex` of the text, and the text with `annotated` of the octets: so the notes are true too.

/// A packet as annotated hex: before each piece a line that says what it is.
package func annotated(_ octets: [UInt8]) throws -> String {
  var lines: [String] = []
  for piece in try Message(octets).pieces {
    lines.append("; " + piece.text)
    var line = ""
    for field in piece.fields {
      let word = hexadecimal(octets[field])
      if !line.isEmpty, line.count + word.count > 100 {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(line)
  }
  return lines.joined(separator: "\n")
}
