// The line that a message quotes, and where the caret is under it.

import Model

/// A line of a file as shown: printable, tabs expanded, long lines cut around the place of the message.
struct SourceExcerpt {
  var line = ""
  /// Columns before the caret in `line`.
  var caretColumn = 0
  /// At least 1.
  var caretLength = 1

  /// Octets shown before that place, and columns after the start of the line shown, at most.
  private static let octetsBefore = 100
  private static let columns = 200
  private static let tabStop = 8

  /// The line around `range`; empty for a range that means the whole file.
  init(of bytes: [UInt8], around range: SourceRange) {
    guard range.line > 0 else { return }
    let start = range.octets.lowerBound
    let end = range.octets.upperBound
    var at = Int(range.lineStart)
    if start - at > SourceExcerpt.octetsBefore {
      at = start - SourceExcerpt.octetsBefore
      while at < start, bytes.indices.contains(at), bytes[at] & 0xC0 == 0x80 { at += 1 }
      line = "…"
    }
    var width = line.isEmpty ? 0 : 1
    caretColumn = width
    var caretEnd = width
    while bytes.indices.contains(at), bytes[at] != UInt8(ascii: "\n"), width < SourceExcerpt.columns {
      if at == bytes.count - 1 || bytes[at + 1] == UInt8(ascii: "\n"), bytes[at] == UInt8(ascii: "\r") { break }
      let (text, count) = SourceExcerpt.cell(bytes[at...], column: width)
      line += text
      width += text.unicodeScalars.count
      if at < start { caretColumn = width }
      if at < end { caretEnd = width }
      at += count
    }
    caretLength = max(1, caretEnd - caretColumn)
  }

  /// The next scalar as shown at `column`, and its length in octets.
  private static func cell(_ octets: ArraySlice<UInt8>, column: Int) -> (text: String, octetCount: Int) {
    if octets.first == UInt8(ascii: "\t") {
      return (String(repeating: " ", count: tabStop - column % tabStop), 1)
    }
    return printableScalar(octets) ?? ("", 1)
  }
}

extension SourceFile {
  /// Octets into a line up to which columns are counted in scalars; beyond, in octets.
  private static let countedColumns = 4096

  /// The place of `range` as people count: line from 1, column from 1 in Unicode scalars.
  func location(of range: SourceRange) -> SourceLocation {
    guard range.line > 0 else { return SourceLocation(file: path, line: 0, column: 0) }
    // So far out columns are not counted, because a line of megabytes must not be counted again for each message.
    guard range.start - range.lineStart <= SourceFile.countedColumns else {
      return SourceLocation(file: path, line: Int(range.line), column: Int(range.start - range.lineStart) + 1)
    }
    var column = 1
    var rest = bytes[
      min(Int(range.lineStart), bytes.count)..<min(max(range.octets.lowerBound, Int(range.lineStart)), bytes.count)]
    while let first = rest.first {
      rest = rest.dropFirst(first < 0x80 ? 1 : printableScalar(rest)?.octetCount ?? 1)
      column += 1
    }
    return SourceLocation(file: path, line: Int(range.line), column: column)
  }
}
