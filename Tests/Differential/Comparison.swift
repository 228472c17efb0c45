// In what two replies to one query differ, and which of these differences are meant (docs/differences.md).

/// An aspect in which a peer's reply differs from ours.
enum Aspect: String, CaseIterable {
  case silence = "silence"
  case malformed = "malformed"
  case code = "RCODE"
  case flags = "flags"
  case authoritative = "AA"
  case truncated = "TC"
  case question = "question"
  case options = "OPT"
  case answer = "answer"
  case authority = "authority"
  case additional = "additional"
}

/// A reply over the wire, or that none came in time.
enum Received {
  case silence
  case malformed
  case reply(ComparedReply)

  init(_ octets: [UInt8]?) {
    guard let octets else {
      self = .silence
      return
    }
    self = ComparedReply(octets).map(Received.reply) ?? .malformed
  }
}

func differences(_ ours: Received, _ theirs: Received) -> [Aspect] {
  switch (ours, theirs) {
  case (.silence, .silence): return []
  case (.malformed, _), (_, .malformed): return [.malformed]
  case (.silence, _), (_, .silence): return [.silence]
  case (.reply(let one), .reply(let other)): return differences(one, other)
  }
}

private func differences(_ one: ComparedReply, _ other: ComparedReply) -> [Aspect] {
  var found: [Aspect] = []
  if one.code != other.code { found.append(.code) }
  if one.otherFlags != other.otherFlags { found.append(.flags) }
  if one.questionCount != other.questionCount { found.append(.question) }
  if one.hasOptions != other.hasOptions || one.optionFlags != other.optionFlags { found.append(.options) }
  if one.isTruncated != other.isTruncated { found.append(.truncated) }
  // What else a reply says that was cut off is for each server to decide.
  if one.isTruncated || other.isTruncated { return found }
  if one.isAuthoritative != other.isAuthoritative { found.append(.authoritative) }
  if one.answer != other.answer { found.append(.answer) }
  if one.authority != other.authority { found.append(.authority) }
  // How much is added is for each server to decide; a set that both add is the same.
  for record in one.additional where !other.additional.contains(record) {
    if other.additional.contains(where: { $0.owner == record.owner && $0.type == record.type }) {
      found.append(.additional)
      break
    }
  }
  return found
}
