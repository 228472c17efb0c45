// "Did you mean …?": the known word nearest to a mistyped one.

/// Candidates looked at for one suggestion; a file with more names gets its answer from the first of them.
private let candidateLimit = 1000

/// `did you mean "x"?` for the nearest candidate, or an empty text when none is near.
package func suggestion(for word: String, among candidates: some Sequence<String>) -> String {
  let wanted = Array(word.lowercased().utf8)
  guard (1...64).contains(wanted.count) else { return "" }
  var best: String?
  var bestDistance = max(1, wanted.count / 3) + 1
  for candidate in candidates.prefix(candidateLimit) where candidate.utf8.count <= 64 {
    let distance = editDistance(wanted, Array(candidate.lowercased().utf8))
    if distance < bestDistance {
      best = candidate
      bestDistance = distance
    }
  }
  return best.map { "did you mean \"\($0)\"?" } ?? ""
}

/// How many octets to insert, drop, replace or swap with their neighbour to turn one word into the other.
package func editDistance(_ one: [UInt8], _ other: [UInt8]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...other.count)
  for (i, a) in one.enumerated() {
    var row = [i + 1]
    for (j, b) in other.enumerated() {
      var distance = min(last[j] + (a == b ? 0 : 1), last[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a == other[j - 1], one[i - 1] == b { distance = min(distance, beforeLast[j - 1] + 1) }
      row.append(distance)
    }
    beforeLast = last
    last = row
  }
  return last[other.count]
}
