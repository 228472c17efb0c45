// From an owner name on the wire to what exists there: an open-addressing hash table over lower-cased names.
//
// A lookup among a hundred thousand names costs as much as the memory it touches is far away. So a slot is four octets,
// sixteen to a cache line, and what is known of an owner lies in one piece with its name:
//
//   slot ──▶ | sets: first, count; length of the name; kind of link | apex, link | name, eight octets a word … |
//
// The hash is quick and no secret, so whoever writes zones can choose names that all begin at one slot. Hence no more
// than `longestProbe` slots are looked at for a name, and names that found none of those empty are in a sorted list
// beside the slots: a lookup takes so many probes and a binary search at most, whatever the names are.

import DNS

/// The owners of a zone table, each named by the offset of its first word in `words`; immutable once built.
struct OwnerIndex: Sendable {
  /// How many slots are looked at for a name. In a table of names that nobody chose, hardly one in a hundred thousand is
  /// further from its first slot.
  static let longestProbe = 32

  /// The words before the name.
  private static let headLength = 2

  /// What an answer needs first to know of an owner.
  struct Head {
    /// | what the link leads to: 2 bits | 6 bits | length of the name: 8 | number of sets: 16 | first set: 32 |
    ///
    /// The link may lead to a cut or a wildcard; an owner at or below a cut has no use for its wildcard.
    fileprivate let word: UInt64
    fileprivate static let cut: UInt64 = 1 << 63
    fileprivate static let wildcard: UInt64 = 1 << 62

    @inline(__always)
    fileprivate init(_ word: UInt64) { self.word = word }

    /// Whether the owner is at or below a zone cut, or below a DNAME.
    @inline(__always)
    var isCut: Bool { word & Head.cut != 0 }
    @inline(__always)
    var nameLength: UInt8 { UInt8(truncatingIfNeeded: word &>> 48) }
    @inline(__always)
    var firstSet: UInt32 { UInt32(truncatingIfNeeded: word) }
    @inline(__always)
    var setCount: UInt16 { UInt16(truncatingIfNeeded: word &>> 32) }
  }

  /// A slot holds an owner in its lower bits and part of the name's hash above; zero is an empty slot.
  private var slots: [UInt32]
  /// The bits of a slot that are the owner.
  private var ownerMask: UInt32
  private var words: [UInt64]
  /// The owners that no slot has, in the order of `isOrdered`.
  private(set) var crowdedOut: [OwnerID] = []

  /// Builds the index of the names in `names`.
  ///
  /// - Parameters:
  ///   - owners: what exists at each name, by its number; they refer to one another by number.
  /// - Returns: besides the index what each owner is called in it, by its number.
  static func build(_ names: NameTable, _ owners: [Owner]) -> (index: OwnerIndex, identifiers: [OwnerID]) {
    var identifiers: [OwnerID] = []
    identifiers.reserveCapacity(names.count)
    // 0 is an empty slot.
    var next = 1
    for number in 0..<names.count {
      identifiers.append(OwnerID(UInt32(next)))
      next += headLength + NameWords.count(forLength: names.length(of: number))
    }
    var index = OwnerIndex(slotCount: slotCount(for: names), wordCount: next)
    for number in 0..<names.count {
      var owner = owners[number]
      switch owner.link {
      case .none: break
      case .cut(let other): owner.link = .cut(identifiers[other.index])
      case .wildcard(let other): owner.link = .wildcard(identifiers[other.index])
      }
      index.insert(names.wire(of: number), owner, as: identifiers[number])
    }
    index.crowdedOut.sort { [index] in index.isOrdered($0, before: $1) }
    return (index, identifiers)
  }

  /// A power of two, at least eight times the number of names, or twice if they are many: most names are found in their
  /// first slot.
  private static func slotCount(for names: NameTable) -> Int {
    var count = 64
    while count < names.count * (count < 1 << 16 ? 8 : 2) { count *= 2 }
    // Few names can have room enough for all of them to be.
    while count < 4_096, isCrowded(names, among: count) { count *= 2 }
    return count
  }

  /// Whether some name is not alone in its first slot.
  private static func isCrowded(_ names: NameTable, among slotCount: Int) -> Bool {
    let slots = Set((0..<names.count).map { NameWords.hash(of: names.wire(of: $0)) & UInt64(slotCount - 1) })
    return slots.count < names.count
  }

  private init(slotCount: Int, wordCount: Int) {
    slots = Array(repeating: 0, count: slotCount)
    ownerMask = 1
    while ownerMask < wordCount { ownerMask = ownerMask << 1 | 1 }
    words = []
    words.reserveCapacity(wordCount)
    words.append(0)
  }

  private mutating func insert(_ name: RawSpan, _ owner: Owner, as identifier: OwnerID) {
    let (kind, other): (UInt64, OwnerID) =
      switch owner.link {
      case .none: (0, OwnerID(UInt32(0)))
      case .cut(let other): (Head.cut, other)
      case .wildcard(let other): (Head.wildcard, other)
      }
    words.append(UInt64(owner.firstSet) | UInt64(owner.setCount) << 32 | UInt64(owner.nameLength) << 48 | kind)
    words.append(UInt64(owner.apex.rawValue) | UInt64(other.rawValue) << 32)
    for word in 0..<NameWords.count(forLength: name.byteCount) {
      // As octets in their order, on machines of either kind.
      words.append(NameWords.word(word, of: name).littleEndian)
    }
    let hash = NameWords.hash(of: name)
    var slot = firstSlot(of: hash)
    for _ in 0..<OwnerIndex.longestProbe {
      if slots[slot] == 0 {
        slots[slot] = UInt32(truncatingIfNeeded: hash >> 32) & ~ownerMask | identifier.rawValue
        return
      }
      slot = nextSlot(after: slot)
    }
    crowdedOut.append(identifier)
  }

  /// Whether the name of one owner comes before that of another: by length, then word by word.
  private func isOrdered(_ one: OwnerID, before other: OwnerID) -> Bool {
    let (length, otherLength) = (head(of: one).nameLength, head(of: other).nameLength)
    guard length == otherLength else { return length < otherLength }
    for index in 0..<NameWords.count(forLength: Int(length)) {
      let (word, otherWord) = (nameWord(index, of: one), nameWord(index, of: other))
      if word != otherWord { return word < otherWord }
    }
    return false
  }

  /// A word of an owner's name, as `NameWords.word` gives it.
  private func nameWord(_ index: Int, of owner: OwnerID) -> UInt64 {
    UInt64(littleEndian: words[owner.index + OwnerIndex.headLength + index])
  }

  /// What is needed first of an owner.
  @inline(__always)
  func head(of owner: OwnerID) -> Head { Head(words[owner.index]) }

  /// All that is known of an owner.
  @inline(__always)
  subscript(_ owner: OwnerID) -> Owner {
    let (head, links) = (head(of: owner), words[owner.index &+ 1])
    let other = OwnerID(UInt32(truncatingIfNeeded: links &>> 32))
    return Owner(
      firstSet: head.firstSet, setCount: head.setCount, nameLength: head.nameLength,
      apex: ApexIndex(UInt32(truncatingIfNeeded: links)),
      link: head.isCut ? .cut(other) : head.word & Head.wildcard != 0 ? .wildcard(other) : .none)
  }

  /// The owner that a name in a message is; nil when there is none.
  @inline(__always)
  func find(_ name: NameInMessage, in message: RawSpan) -> OwnerID? {
    let hash = message.hash(of: name)
    let slot = firstSlot(of: hash)
    let entry = slots[slot]
    if entry == 0 { return nil }
    if let owner = owner(in: entry, ifNamed: name, in: message, hash: hash) { return owner }
    return find(name, in: message, hash: hash, after: slot)
  }

  /// Goes on after a slot that holds another name.
  @inline(never)
  private func find(_ name: NameInMessage, in message: RawSpan, hash: UInt64, after first: Int) -> OwnerID? {
    var slot = first
    for _ in 1..<OwnerIndex.longestProbe {
      slot = nextSlot(after: slot)
      let entry = slots[slot]
      if entry == 0 { return nil }
      if let owner = owner(in: entry, ifNamed: name, in: message, hash: hash) { return owner }
    }
    return findCrowdedOut(name, in: message)
  }

  /// Looks among the owners that no slot has.
  private func findCrowdedOut(_ name: NameInMessage, in message: RawSpan) -> OwnerID? {
    let wire = message.extracting(name.start..<name.end)
    var (low, high) = (0, crowdedOut.count)
    while low < high {
      let middle = (low &+ high) &>> 1
      let owner = crowdedOut[middle]
      switch order(of: wire, besideNameOf: owner) {
      case 0: return owner
      case ..<0: high = middle
      default: low = middle &+ 1
      }
    }
    return nil
  }

  /// Less than zero if the name comes before that of the owner, zero if it is that; letter case is ignored.
  private func order(of wire: RawSpan, besideNameOf owner: OwnerID) -> Int {
    let length = Int(head(of: owner).nameLength)
    guard wire.byteCount == length else { return wire.byteCount &- length }
    for index in 0..<NameWords.count(forLength: length) {
      let (word, known) = (foldCase(NameWords.word(index, of: wire)), nameWord(index, of: owner))
      if word != known { return word < known ? -1 : 1 }
    }
    return 0
  }

  @inline(__always)
  private func firstSlot(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (slots.count &- 1) }

  @inline(__always)
  private func nextSlot(after slot: Int) -> Int { (slot &+ 1) & (slots.count &- 1) }

  /// The owner in a slot's entry, if it has that name.
  @inline(__always)
  private func owner(
    in entry: UInt32, ifNamed name: NameInMessage, in message: RawSpan, hash: UInt64
  ) -> OwnerID? {
    // The lower bits may be any owner; above them nothing may differ.
    guard entry ^ UInt32(truncatingIfNeeded: hash &>> 32) <= ownerMask else { return nil }
    let owner = OwnerID(entry & ownerMask)
    guard Int(head(of: owner).nameLength) == name.length else { return nil }
    return message.name(name, isAt: owner.index &+ OwnerIndex.headLength, of: words.span) ? owner : nil
  }

  // MARK: Invariants

  /// All owners, in their order.
  var identifiers: [OwnerID] {
    var all: [OwnerID] = []
    var next = 1
    while next < words.count {
      all.append(OwnerID(next))
      next += OwnerIndex.headLength + NameWords.count(forLength: Int(head(of: OwnerID(next)).nameLength))
    }
    precondition(next == words.count)
    return all
  }

  /// Traps unless each of the owners is found: in one slot, no further from its first than is looked, with none empty
  /// between, or else in the sorted list.
  func checkSlots(of owners: [OwnerID]) {
    var slotOf: [UInt32: Int] = [:]
    for slot in slots.indices where slots[slot] != 0 {
      let isFirst = slotOf.updateValue(slot, forKey: slots[slot] & ownerMask) == nil
      precondition(isFirst)
    }
    precondition(slotOf.count + crowdedOut.count == owners.count)
    let listed = Set(crowdedOut.map(\.rawValue))
    for owner in owners where !listed.contains(owner.rawValue) {
      let slot = slotOf[owner.rawValue]
      precondition(slot != nil, "each owner has a slot or is listed")
      var probe = firstSlot(of: hash(ofNameOf: owner))
      var count = 1
      while probe != slot {
        precondition(slots[probe] != 0)
        probe = nextSlot(after: probe)
        count += 1
      }
      precondition(count <= OwnerIndex.longestProbe)
    }
    for (one, other) in zip(crowdedOut, crowdedOut.dropFirst()) { precondition(isOrdered(one, before: other)) }
  }

  private func hash(ofNameOf owner: OwnerID) -> UInt64 {
    let octets = (0..<Int(head(of: owner).nameLength)).map { index in
      UInt8(truncatingIfNeeded: nameWord(index / 8, of: owner) >> UInt64(index % 8 * 8))
    }
    return NameWords.hash(of: octets.span.octets)
  }

  // MARK: Reading ahead

  /// Whether the index is large beside the caches of a processor: some thousand names.
  var isBig: Bool { words.count > 1 << 14 }

  /// The number of the slot where a name is looked for first.
  @inline(__always)
  func firstSlot(of name: NameInMessage, in message: RawSpan) -> Int { firstSlot(of: message.hash(of: name)) }

  /// The owner in a slot; what has the number 0 in an empty one.
  @inline(__always)
  func owner(inSlot slot: Int) -> OwnerID { OwnerID(slots[slot] & ownerMask) }

  /// Reads the memory of an owner and its name, as a rule two cache lines; what it returns is of no meaning.
  @inline(__always)
  func traces(of owner: OwnerID) -> UInt64 { words[owner.index] ^ words[min(owner.index &+ 7, words.count &- 1)] }
}
