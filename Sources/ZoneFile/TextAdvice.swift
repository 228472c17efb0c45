// TXT records that do not say what was meant: cut by a comment, split by blanks, or one too many of a policy that may be
// there once.

import DNS

extension ConfigurationReader {
  /// How texts begin that have parts divided by semicolons, or may be at a name once.
  private static let policies = ["v=spf1", "v=DKIM1", "v=DMARC1", "v=STSv1", "v=TLSRPTv1"]

  /// Said when a TXT record has been read: its words are at hand.
  mutating func adviseText(from fields: Int) {
    let words = entry.tokens.dropFirst(fields)
    guard let first = words.first, !words.contains(where: \.isQuoted) else { return adviseJoints(words) }
    let isPolicy = ConfigurationReader.policies.contains { entry.text(first).starts(with: $0.utf8) }
    if let comment = entry.comment, let last = words.last,
      isPolicy || comment.start == last.range.end, comment.line == last.range.line
    {
      report(
        Problem(
          .warning, at: comment, "the text ends before this \";\"",
          why: "it begins a comment, since the text has no quotation marks",
          mend: "put the whole text in quotation marks" + (isPolicy ? ": \"v=DKIM1; k=rsa; p=…\"" : "")))
    } else if words.count > 1 {
      report(
        Problem(
          .warning, at: first.range, "these \(words.count) words become \(words.count) strings",
          why: "readers join the strings of a TXT record without the spaces between them",
          mend: "put the whole text in quotation marks"))
    }
  }

  /// `"v=spf1 mx" "-all"` is read as `v=spf1 mx-all`.
  private mutating func adviseJoints(_ words: ArraySlice<Token>) {
    guard words.count > 1, let first = words.first, entry.text(first).starts(with: "v=spf1".utf8) else { return }
    let mechanisms = [
      "-all", "~all", "?all", "+all", "include:", "ip4:", "ip6:", "redirect=", "mx ", "mx:", "mx/", "a:", "exists:",
    ]
    for (before, word) in zip(words, words.dropFirst()) {
      // With a space behind it, so that "mx" at the end is the mechanism and "mx1.example.com" is not.
      let text = entry.text(word) + [UInt8(ascii: " ")]
      guard entry.text(before).last != UInt8(ascii: " "), mechanisms.contains(where: { text.starts(with: $0.utf8) })
      else {
        continue
      }
      report(
        Problem(
          .warning, at: word.range, "there is no space between this string and the one before it",
          why: "readers join the strings of a TXT record as they are", mend: "begin this string with a space"))
      return
    }
  }

  // MARK: One policy at a name

  /// A second policy of a kind makes receivers disregard both (RFC 7208 §4.5, RFC 7489 §6.6.3, RFC 8461 §3.1).
  mutating func advisePolicyRecords(zone index: Int) {
    let kinds = ["v=spf1", "v=DMARC1", "v=STSv1", "v=TLSRPTv1"].map { Array($0.utf8) }
    let records = draft.zones[index].records
    var first: [[Int]: Int] = [:]
    for position in records.indices where records.list.type(at: position) == .txt {
      let text = records.list.octets(at: position).dropFirst()
      guard text.starts(with: "v=".utf8), !records.duplicates.contains(position),
        let kind = kinds.firstIndex(where: { text.starts(with: $0) && isEnd(of: $0, in: text) })
      else { continue }
      let key = [records.list.owner(at: position), kind]
      guard let earlier = first[key] else {
        first[key] = position
        continue
      }
      log.report(.warning) { [self] in
        let record = records[position]
        let name = String(decoding: kinds[kind].dropFirst(2), as: UTF8.self)
        return Problem(
          .warning, at: record.typeRange, "\"\(record.owner)\" has a second record \"v=\(name)\"",
          why: "the first is at \(log.place(of: records[earlier].typeRange)), and receivers that find two obey neither",
          mend: kind == 0 ? "join them into one: \"v=spf1 … -all\" (RFC 7208 §4.5)" : "leave one of them")
      }
    }
  }

  /// A kind ends with a space, a semicolon or the string.
  private func isEnd(of kind: [UInt8], in text: ArraySlice<UInt8>) -> Bool {
    guard let next = text.dropFirst(kind.count).first else { return true }
    return next == UInt8(ascii: " ") || next == UInt8(ascii: ";")
  }
}
