// `$POOL name member… check=gates [option…]`: nodes that share a name's clients.

import Model

extension EntryReader {
  /// - Returns: the pool, and what gates it; nil where `check=` is missing.
  mutating func pool() throws(Problem) -> (pool: PoolDraft, gates: Gates?) {
    var pool = PoolDraft(name: try firstName(of: "$POOL", "pool"))
    let arguments = arguments(from: 2, of: "$POOL", known: EntryReader.poolOptions)
    let (members, weights) = weightedMembers(arguments.words, of: "pool \"\(pool.name.name)\"")
    pool.members = members
    pool.options = poolOptions(arguments.options, weights: weights)
    if arguments.words.isEmpty {
      report(
        Problem(
          at: pool.name.range, "the pool \"\(pool.name.name)\" has no member",
          fix: "write the names of its nodes after the name"))
    }
    return (pool, gates(arguments.options))
  }

  /// The nodes that share a name's clients, each at most once.
  mutating func members(_ words: [Token], of subject: String) -> [NameUse] {
    var members: [NameUse] = []
    var seen: Set<String> = []
    for token in words {
      do throws(Problem) {
        let member = try declaredName(token, of: "node")
        guard seen.insert(member.name).inserted else {
          throw Problem(
            at: token.range, "the node \"\(member.name)\" is twice in the \(subject)",
            why: "each node has one share of the answers", fix: "remove one of them")
        }
        members.append(member)
      } catch {
        report(error)
      }
    }
    return members
  }

  /// What `check=` says; nil where it is not there.
  mutating func gates(_ options: [Option]) -> Gates? {
    guard let option = options.first(where: { $0.key == "check" }) else { return nil }
    let uses = names(option, of: "check")
    guard uses.contains(where: { $0.name == "none" }) else { return .checks(uses) }
    if uses.count > 1 {
      report(
        Problem(
          at: option.valueRange, "check=none is given together with a check",
          why: "\"none\" means that nothing is checked",
          fix: "write either none or the names of checks"))
    }
    return Gates.none
  }

  /// `node`, or `node*weight`.
  mutating func weightedMembers(_ words: [Token], of subject: String) -> (members: [NameUse], weights: [Int]) {
    var names: [Token] = []
    var weights: [Int] = []
    for token in words {
      let text = entry.text(token)
      guard let star = text.firstIndex(of: UInt8(ascii: "*")) else {
        names.append(token)
        weights.append(1)
        continue
      }
      let length = star - text.startIndex
      guard let weight = wholeNumber(text[(star + 1)...]), (1...1000).contains(weight) else {
        report(
          Problem(
            at: token.range.part(length + 1..<text.count), "\"\(printable(text[(star + 1)...]))\" is not a weight",
            fix: "write a whole number from 1 to 1000 after the \"*\", for example ex1*3"))
        continue
      }
      names.append(Token(range: token.range.part(0..<length), isQuoted: token.isQuoted))
      weights.append(weight)
    }
    let members = members(names, of: subject)
    // Fewer members than names means an error was reported, and the weights are not used.
    return (members, weights)
  }
}
