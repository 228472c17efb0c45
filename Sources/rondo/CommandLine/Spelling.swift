// Finds the word that somebody who mistyped probably meant.

import ZoneFile

/// The candidate that lies nearest to `word`, if it differs in no more than a third of its letters. Words over 64 letters
/// are cut: nobody mistypes those.
func nearest(to word: String, among candidates: [String]) -> String? {
  let wanted = Array(word.utf8.prefix(64))
  let ranked = candidates.map { (candidate: $0, distance: editDistance(wanted, Array($0.utf8.prefix(64)))) }
  guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
  return best.distance <= max(1, best.candidate.utf8.count / 3) ? best.candidate : nil
}
