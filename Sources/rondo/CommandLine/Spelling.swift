// Finds the word that somebody who mistyped probably meant.

/// The candidate that lies nearest to `word`, if it differs in no more than a third of its letters.
func nearest(to word: String, among candidates: [String]) -> String? {
  let ranked = candidates.map { (candidate: $0, distance: editDistance(Array(word.utf8), Array($0.utf8))) }
  guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
  return best.distance <= max(1, best.candidate.utf8.count / 3) ? best.candidate : nil
}

/// How many letters must be put in, taken out, changed or swapped with their neighbour to turn one word into
/// the other (optimal string alignment). Words over 64 letters are cut: nobody mistypes those.
private func editDistance(_ one: [UInt8], _ other: [UInt8]) -> Int {
  let (one, other) = (Array(one.prefix(64)), Array(other.prefix(64)))
  var beforeLast: [Int] = []
  var last = Array(0...other.count)
  for row in one.indices {
    var current = [row + 1]
    for column in other.indices {
      let change = last[column] + (one[row] == other[column] ? 0 : 1)
      var best = min(change, last[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
        best = min(best, beforeLast[column - 1] + 1)
      }
      current.append(best)
    }
    (beforeLast, last) = (last, current)
  }
  return last[other.count]
}
