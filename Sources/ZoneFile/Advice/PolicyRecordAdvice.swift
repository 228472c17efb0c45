// TXT records of a policy that may be at a name once: a second one voids both.

import DNS

extension Advisor {
  /// A second policy of a kind makes receivers disregard both (RFC 7208 §4.5, RFC 7489 §6.6.3, RFC 8461 §3.1).
  func advisePolicyRecords(of zone: ZoneDraft) {
    let kinds = ["v=spf1", "v=DMARC1", "v=STSv1", "v=TLSRPTv1"].map { Array($0.utf8) }
    let records = zone.records
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
          why:
            "the first is at \(log.position(of: records[earlier].typeRange)), and receivers that find two obey neither",
          fix: kind == 0 ? "join them into one: \"v=spf1 … -all\" (RFC 7208 §4.5)" : "leave one of them")
      }
    }
  }

  /// A kind ends with a space, a semicolon or the string.
  private func isEnd(of kind: [UInt8], in text: ArraySlice<UInt8>) -> Bool {
    guard let next = text.dropFirst(kind.count).first else { return true }
    return next == UInt8(ascii: " ") || next == UInt8(ascii: ";")
  }
}
