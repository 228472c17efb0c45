// Texts for monitoring systems: one line, without what they take for something else, and no longer than they read.

extension String {
  /// Another character in the place of each of `these`.
  func substituting(_ these: String, by substitute: Unicode.Scalar) -> String {
    String(String.UnicodeScalarView(unicodeScalars.map { these.unicodeScalars.contains($0) ? substitute : $0 }))
  }

  /// So many octets at most, with an ellipsis where something is missing.
  func shortened(to octets: Int) -> String {
    guard utf8.count > octets else { return self }
    var left = octets - 3
    let kept = unicodeScalars.prefix { scalar in
      left -= String(scalar).utf8.count
      return left >= 0
    }
    return String(String.UnicodeScalarView(kept)) + "…"
  }
}

/// One line without what means something to the readers of plug-ins: a bar, control characters.
func singleLine(_ text: String) -> String {
  String(decoding: terminalSafe(text), as: UTF8.self).substituting("|", by: "/")
}
