// The answers of a pool, ready to be looked up: pool policy makes them, the answer path takes one for each query.

/// Answers, one a row, each of them so many indices into the addresses of a selection.
package struct AnswerRows: Hashable, Sendable {
  /// All rows one after the other.
  package let indices: [UInt16]
  /// Addresses in each row, at least 1.
  package let width: Int
  package let pick: RowPick

  /// - Parameter indices: at least one row.
  package init(_ indices: [UInt16], width: Int, pick: RowPick) {
    precondition(width > 0 && !indices.isEmpty && indices.count % width == 0)
    self.indices = indices
    self.width = width
    self.pick = pick
  }

  package var count: Int { indices.count / width }
  package func row(_ number: Int) -> ArraySlice<UInt16> { indices[number * width..<(number + 1) * width] }
}

/// What picks the row of an answer, where answers are rows of a table.
package enum RowPick: Hashable, Sendable {
  /// The next row of the name's counter.
  case counter
  /// The one that the asker's network always falls on.
  case asker
}
