// `ROTATE pool` or `ROTATE member… check=gates [option…]`: a name answered with the healthy nodes of a pool.

import DNS

extension Reader {
  mutating func readRotation(_ head: RecordHead) throws(Problem) {
    let (source, options) = try rotationSource(head)
    place(
      RotationDraft(
        owner: head.owner, ttl: try ttl(of: head), ttlRange: head.ttlRange ?? head.type.range, source: source,
        options: options, range: entry.tokens[0].range, typeRange: head.type.range))
  }

  private mutating func rotationSource(
    _ head: RecordHead
  ) throws(Problem) -> (source: RotationDraft.Source, options: PoolOptions) {
    let written = try read { (reader) throws(Problem) in try reader.rotation(head) }
    switch written {
    case .pool(let use): return (.pool(use), PoolOptions())
    case .members(let members, let gates, let options):
      return (.members(members, gates ?? withoutGates("ROTATE", at: head.type.range)), options)
    }
  }
}

/// What follows the word ROTATE.
enum WrittenRotation {
  case pool(NameUse)
  /// Without gates where `check=` is missing.
  case members([NameUse], Gates?, PoolOptions)
}

extension EntryReader {
  mutating func rotation(_ head: RecordHead) throws(Problem) -> WrittenRotation {
    let arguments = arguments(from: head.fields, of: "ROTATE", known: EntryReader.poolOptions)
    guard let first = arguments.words.first else {
      throw Problem(
        at: head.type.range.after, "ROTATE names no pool and no node",
        fix: "write the name of a $POOL, or of nodes with check=")
    }
    if arguments.words.count == 1, arguments.options.isEmpty, entry.tokens.count == head.fields + 1,
      !entry.text(first).contains(UInt8(ascii: "*"))
    {
      return .pool(try declaredName(first, of: "pool"))
    }
    let (members, weights) = weightedMembers(arguments.words, of: "ROTATE")
    let options = poolOptions(arguments.options, weights: weights)
    return .members(members, gates(arguments.options), options)
  }
}
