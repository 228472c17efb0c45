// `$NODE`, `$CHECK`, `$POOL`: what belongs to the server and is shared by its zones.
//
// A declaration with an error is entered under its name all the same, so that its uses are not called unknown.

import DNS
import Model

extension ConfigurationReader {
  /// Octets that the name of a node, check or pool may have.
  private static let nameLimit = 63

  /// Takes a name: letters, digits, "-", "_".
  func declaredName(_ token: Token, of subject: String) throws(Problem) -> NameUse {
    let text = entry.text(token)
    let isPlain = text.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    guard isPlain, (1...ConfigurationReader.nameLimit).contains(text.count), !token.isQuoted else {
      throw Problem(
        at: token.range, "\"\(printable(text))\" cannot be the name of a \(subject)",
        why: text.count > 1 && text.contains(UInt8(ascii: ","))
          ? "names stand apart by spaces here, without commas" : "",
        mend: "use up to \(ConfigurationReader.nameLimit) letters, digits, \"-\" and \"_\"")
    }
    return NameUse(name: String(decoding: text, as: UTF8.self), range: token.range)
  }

  private func firstWord(of directive: String, _ subject: String) throws(Problem) -> NameUse {
    var fields = FieldReader(entry, from: 1, origin: nil, subject: directive)
    return try declaredName(try fields.next("the name of the \(subject)"), of: subject)
  }

  // MARK: Entering under a name

  mutating func declare(_ node: NodeDraft) {
    guard isNew(node.name, "node", earlier: earlierNode(node.name)) else { return }
    checkOtherKind(node.name, "node", "pool", earlier: earlierPool(node.name))
    draft.nodeIndex[node.name.name] = draft.nodes.count
    draft.nodes.append(node)
  }

  mutating func declare(_ check: CheckDraft) {
    if check.name.name == "none" {
      report(
        Problem(
          at: check.name.range, "a check cannot be named \"none\"", why: "check=none means that nothing is checked",
          mend: "choose another name"))
      return
    }
    let earlier = draft.checkIndex[check.name.name].map { draft.checks[$0].name }
    guard isNew(check.name, "check", earlier: earlier) else { return }
    draft.checkIndex[check.name.name] = draft.checks.count
    draft.checks.append(check)
  }

  mutating func declare(_ pool: PoolDraft) {
    guard isNew(pool.name, "pool", earlier: earlierPool(pool.name)) else { return }
    checkOtherKind(pool.name, "pool", "node", earlier: earlierNode(pool.name))
    draft.poolIndex[pool.name.name] = draft.pools.count
    draft.pools.append(pool)
  }

  private func earlierNode(_ use: NameUse) -> NameUse? { draft.nodeIndex[use.name].map { draft.nodes[$0].name } }
  private func earlierPool(_ use: NameUse) -> NameUse? { draft.poolIndex[use.name].map { draft.pools[$0].name } }

  private mutating func isNew(_ use: NameUse, _ subject: String, earlier: NameUse?) -> Bool {
    guard let earlier else { return true }
    report(
      Problem(
        at: use.range, "the \(subject) \"\(use.name)\" is defined twice",
        why: "its first definition is at \(log.place(of: earlier.range))", mend: "remove or rename one of them"))
    return false
  }

  /// A node and a pool of one name would be told apart in a ROTATE, but by no operator.
  private mutating func checkOtherKind(_ use: NameUse, _ subject: String, _ other: String, earlier: NameUse?) {
    guard let earlier else { return }
    report(
      Problem(
        at: use.range, "the \(subject) \"\(use.name)\" has the name of a \(other)",
        why: "the \(other) is defined at \(log.place(of: earlier.range))", mend: "rename one of them"))
  }

  // MARK: $NODE

  /// `$NODE name address… [site=label]`
  mutating func readNode() throws(Problem) {
    var node = NodeDraft(name: try firstWord(of: "$NODE", "node"))
    let arguments = arguments(from: 2, of: "$NODE", known: ["site"], later: [:])
    for token in arguments.words {
      do throws(Problem) {
        try add(try readAddress(token, entry), at: token.range, to: &node)
      } catch {
        report(error)
      }
    }
    if arguments.words.isEmpty {
      report(
        Problem(
          at: node.name.range, "the node \"\(node.name.name)\" has no address",
          mend: "write its IPv4 address, its IPv6 address or both behind the name"))
    }
    if let site = arguments.options.first {
      do throws(Problem) {
        node.site = try declaredName(Token(range: site.valueRange, isQuoted: false), of: "site").name
      } catch {
        report(error)
      }
    }
    declare(node)
  }

  private mutating func add(_ address: IPAddress, at range: SourceRange, to node: inout NodeDraft) throws(Problem) {
    if let reason = unfit(address) {
      throw Problem(
        at: range, "\(address) cannot be the address of a node", why: reason,
        mend: "write the address at which clients reach the node")
    }
    if let first = node.addresses.first(where: { $0.address.family == address.family }) {
      throw Problem(
        at: range, "the node \"\(node.name.name)\" has a second \(address.family.inWords) address",
        why: "\(first.address) is its first",
        mend: "define a second node for it: each address is tested by itself")
    }
    node.addresses.append((address, range))
  }

  /// Why no client can connect to this address; nil when one may.
  func unfit(_ address: IPAddress) -> String? {
    let octets = address.octets
    guard let first = octets.first else { return "it is empty" }
    if octets.allSatisfy({ $0 == 0 }) { return "it means \"no address\"" }
    if address.family == .ipv4 {
      if (224...239).contains(first) { return "it is a multicast address" }
      if octets.allSatisfy({ $0 == 255 }) { return "it is the broadcast address" }
      return nil
    }
    if first == 0xFF { return "it is a multicast address" }
    if octets.prefix(10).allSatisfy({ $0 == 0 }), octets.dropFirst(10).prefix(2).allSatisfy({ $0 == 0xFF }) {
      return "it is an IPv4 address in IPv6 clothes"
    }
    return nil
  }

  // MARK: $POOL

  /// `$POOL name member… check=gates [option…]`
  mutating func readPool() throws(Problem) {
    var pool = PoolDraft(name: try firstWord(of: "$POOL", "pool"))
    let arguments = arguments(from: 2, of: "$POOL", known: ConfigurationReader.poolOptions, later: [:])
    let (members, weights) = weightedMembers(arguments.words, of: "pool \"\(pool.name.name)\"")
    pool.members = members
    pool.options = readPoolOptions(arguments.options, weights: weights)
    if arguments.words.isEmpty {
      report(
        Problem(
          at: pool.name.range, "the pool \"\(pool.name.name)\" has no member",
          mend: "write the names of its nodes behind the name"))
    }
    if let gates = gates(arguments.options, of: "the pool \"\(pool.name.name)\"", at: pool.name.range) {
      pool.gates = gates
    }
    declare(pool)
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
            why: "each node has one share of the answers", mend: "remove one of them")
        }
        members.append(member)
      } catch {
        report(error)
      }
    }
    return members
  }

  /// What `check=` says; nil, and reported, when it says nothing.
  mutating func gates(_ options: [Option], of subject: String, at range: SourceRange) -> Gates? {
    guard let option = options.first(where: { $0.key == "check" }) else {
      // `check=` that was refused for itself is not missing as well.
      let isWritten = entry.tokens.contains { printable(entry.text($0)).lowercased().hasPrefix("check=") }
      let namesCheck = entry.tokens.contains { draft.checkIndex[printable(entry.text($0))] != nil }
      if !isWritten, !namesCheck {
        report(
          Problem(
            at: range, "\(subject) has no check=",
            why: "there is no default: a node that nobody tests stays in the answers when it is down",
            mend: "add check= with the name of a $CHECK, or check=none if that is meant"))
      }
      return nil
    }
    return readGates(option)
  }

  private mutating func readGates(_ option: Option) -> Gates? {
    var uses: [NameUse] = []
    var seen: Set<String> = []
    var at = option.value.startIndex
    for part in option.value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      let start = at - option.value.startIndex
      at += part.count + 1
      let range = option.valueRange.part(start..<start + part.count)
      do throws(Problem) {
        let use = try declaredName(Token(range: range, isQuoted: false), of: "check")
        guard seen.insert(use.name).inserted else {
          throw Problem(at: range, "the check \"\(use.name)\" is listed twice", mend: "remove one of them")
        }
        uses.append(use)
      } catch {
        report(error)
      }
    }
    guard uses.contains(where: { $0.name == "none" }) else { return .checks(uses) }
    if uses.count > 1 {
      report(
        Problem(
          at: option.valueRange, "check=none stands together with a check",
          why: "\"none\" means that nothing is checked",
          mend: "write either none or the names of checks"))
    }
    return Gates.none
  }
}
