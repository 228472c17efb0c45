// TXT records that do not say what was meant: cut short by a comment, or split at spaces.

import DNS

extension Reader {
  /// How texts begin that have parts divided by semicolons, or may be at a name once.
  private static let policies = ["v=spf1", "v=DKIM1", "v=DMARC1", "v=STSv1", "v=TLSRPTv1"]

  /// Called when a TXT record has been read and its words are still at hand.
  mutating func adviseText(from fields: Int) {
    let words = entry.tokens.dropFirst(fields)
    guard let first = words.first, !words.contains(where: \.isQuoted) else { return adviseJoints(words) }
    let isPolicy = Reader.policies.contains { entry.text(first).starts(with: $0.utf8) }
    if let comment = entry.comment, let last = words.last,
      isPolicy || comment.start == last.range.end, comment.line == last.range.line
    {
      report(
        Problem(
          .warning, at: comment, "the text ends before this \";\"",
          why: "it begins a comment, since the text has no quotation marks",
          fix: "put the whole text in quotation marks" + (isPolicy ? ": \"v=DKIM1; k=rsa; p=…\"" : "")))
    } else if words.count > 1 {
      report(
        Problem(
          .warning, at: first.range, "these \(words.count) words become \(words.count) strings",
          why: "readers join the strings of a TXT record without the spaces between them",
          fix: "put the whole text in quotation marks"))
    }
  }

  /// `"v=spf1 mx" "-all"` is read as `v=spf1 mx-all`.
  private mutating func adviseJoints(_ words: ArraySlice<Token>) {
    guard words.count > 1, let first = words.first, entry.text(first).starts(with: "v=spf1".utf8) else { return }
    let mechanisms = [
      "-all", "~all", "?all", "+all", "include:", "ip4:", "ip6:", "redirect=", "mx ", "mx:", "mx/", "a:", "exists:",
    ]
    for (before, word) in zip(words, words.dropFirst()) {
      // With a space after it, so that "mx" at the end is the mechanism and "mx1.example.com" is not.
      let text = entry.text(word) + [UInt8(ascii: " ")]
      guard entry.text(before).last != UInt8(ascii: " "), mechanisms.contains(where: { text.starts(with: $0.utf8) })
      else {
        continue
      }
      report(
        Problem(
          .warning, at: word.range, "there is no space between this string and the one before it",
          why: "readers join the strings of a TXT record as they are", fix: "begin this string with a space"))
      return
    }
  }
}
