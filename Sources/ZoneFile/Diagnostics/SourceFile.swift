// The octets of a zone config file and places in them: what every message points back to.

/// A file as loaded. Kept until the reading ends, because messages quote its lines.
struct SourceFile: Sendable {
  /// As the operator wrote it, or completed by the directory of the including file.
  let path: String
  let bytes: [UInt8]
  /// False for a file that could not be loaded: it is here for the message only.
  var isLoaded = true
}

/// A run of octets on one line of one file.
///
/// Small and without references, because one is kept with each record. The limit on the size of all files
/// together (`ReadingLimits.octets`) keeps every number here within 32 bits.
struct SourceRange: Hashable, Sendable {
  /// Index into the files read.
  var file: Int32
  /// From 1; 0 for the file as a whole.
  var line: Int32
  /// Offset of the first octet of the line.
  var lineStart: Int32
  var start: Int32
  var end: Int32

  init(file: Int, line: Int, lineStart: Int, start: Int, end: Int) {
    self.file = Int32(truncatingIfNeeded: file)
    self.line = Int32(truncatingIfNeeded: line)
    self.lineStart = Int32(truncatingIfNeeded: lineStart)
    self.start = Int32(truncatingIfNeeded: start)
    self.end = Int32(truncatingIfNeeded: end)
  }

  static func wholeFile(_ file: Int) -> SourceRange {
    SourceRange(file: file, line: 0, lineStart: 0, start: 0, end: 0)
  }

  var octets: Range<Int> { Int(start)..<Int(max(start, end)) }

  /// The place after the last octet: where something is missing.
  var after: SourceRange {
    var place = self
    place.start = end
    return place
  }

  /// A part of this range, in octets from its start.
  func part(_ range: Range<Int>) -> SourceRange {
    var part = self
    part.start = min(start + Int32(clamping: range.lowerBound), end)
    part.end = min(start + Int32(clamping: range.upperBound), end)
    return part
  }
}
