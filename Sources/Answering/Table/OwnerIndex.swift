// From an owner name on the wire to what stands there: an open-addressing hash table over lower-cased names.
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

/// The owners of a zone table, each named by the place of its first word in `words`; immutable once built.
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

    /// Whether it lies at or below a zone cut, or below a DNAME.
    @inline(__always)
    var isCut: Bool { word & Head.cut != 0 }
    @inline(__always)
    var nameLength: UInt8 { UInt8(truncatingIfNeeded: word &>> 48) }
    @inline(__always)
    var firstSet: UInt32 { UInt32(truncatingIfNeeded: word) }
    @inline(__always)
    var setCount: UInt16 { UInt16(truncatingIfNeeded: word &>> 32) }
  }

  /// A slot holds an owner's place in its lower bits and part of the name's hash above; zero is an empty slot.
  private var slots: [UInt32]
  private var placeMask: UInt32
  private var words: [UInt64]
  /// The places of the owners that no slot has, in the order of `isOrdered`.
  private var crowdedOut: [UInt32] = []

  /// Builds the index of the names in `names`.
  ///
  /// - Parameters:
  ///   - owners: what stands at each name, by its number; they refer to one another by number.
  /// - Returns: besides the index the place of each owner, by its number.
  static func build(_ names: NameTable, _ owners: [Owner]) -> (index: OwnerIndex, places: [UInt32]) {
    var places: [UInt32] = []
    places.reserveCapacity(names.count)
    // Place 0 stands for an empty slot.
    var next = 1
    for number in 0..<names.count {
      places.append(UInt32(next))
      next += headLength + NameWords.count(forLength: names.length(of: number))
    }
    var index = OwnerIndex(slotCount: slotCount(for: names), wordCount: next)
    for number in 0..<names.count {
      var owner = owners[number]
      if owner.cut != Owner.none { owner.cut = places[Int(owner.cut)] }
      if owner.wildcard != Owner.none { owner.wildcard = places[Int(owner.wildcard)] }
      index.enter(names.wire(of: number), owner, at: places[number])
    }
    index.crowdedOut.sort { [index] in index.isOrdered(Int($0), before: Int($1)) }
    return (index, places)
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
    placeMask = 1
    while placeMask < wordCount { placeMask = placeMask << 1 | 1 }
    words = []
    words.reserveCapacity(wordCount)
    words.append(0)
  }

  private mutating func enter(_ name: RawSpan, _ owner: Owner, at place: UInt32) {
    let hasCut = owner.cut != Owner.none
    let link = hasCut ? Head.cut : owner.wildcard != Owner.none ? Head.wildcard : 0
    words.append(UInt64(owner.firstSet) | UInt64(owner.setCount) << 32 | UInt64(owner.nameLength) << 48 | link)
    words.append(UInt64(owner.apex) | UInt64(hasCut ? owner.cut : owner.wildcard) << 32)
    for word in 0..<NameWords.count(forLength: name.byteCount) {
      // As octets in their order, on machines of either kind.
      words.append(NameWords.word(word, of: name).littleEndian)
    }
    let hash = NameWords.hash(of: name)
    var slot = firstSlot(of: hash)
    for _ in 0..<OwnerIndex.longestProbe {
      if slots[slot] == 0 {
        slots[slot] = UInt32(truncatingIfNeeded: hash >> 32) & ~placeMask | place
        return
      }
      slot = nextSlot(behind: slot)
    }
    crowdedOut.append(place)
  }

  /// Whether the name at one place comes before the name at another: by length, then word by word.
  private func isOrdered(_ one: Int, before other: Int) -> Bool {
    let (length, otherLength) = (head(of: one).nameLength, head(of: other).nameLength)
    guard length == otherLength else { return length < otherLength }
    for index in 0..<NameWords.count(forLength: Int(length)) {
      let (word, otherWord) = (nameWord(index, at: one), nameWord(index, at: other))
      if word != otherWord { return word < otherWord }
    }
    return false
  }

  /// A word of the name at a place, as `NameWords.word` gives it.
  private func nameWord(_ index: Int, at place: Int) -> UInt64 {
    UInt64(littleEndian: words[place + OwnerIndex.headLength + index])
  }

  /// What is needed first of the owner at a place.
  @inline(__always)
  func head(of place: Int) -> Head { Head(words[place]) }

  /// All that is known of the owner at a place.
  @inline(__always)
  subscript(_ place: Int) -> Owner {
    let (head, links) = (head(of: place), words[place &+ 1])
    let link = UInt32(truncatingIfNeeded: links &>> 32)
    return Owner(
      firstSet: head.firstSet, setCount: head.setCount, nameLength: head.nameLength,
      apex: UInt32(truncatingIfNeeded: links), cut: head.isCut ? link : Owner.none,
      wildcard: head.word & Head.wildcard != 0 ? link : Owner.none)
  }

  /// The place of the owner whose name stands in a message; nil when there is none.
  @inline(__always)
  func find(_ name: NameInMessage, in message: RawSpan) -> Int? {
    let hash = message.hash(of: name)
    let slot = firstSlot(of: hash)
    let entry = slots[slot]
    if entry == 0 { return nil }
    if let place = place(of: name, in: message, hash, ifAt: entry) { return place }
    return find(name, in: message, hash, behind: slot)
  }

  /// Goes on behind a slot that holds another name.
  @inline(never)
  private func find(_ name: NameInMessage, in message: RawSpan, _ hash: UInt64, behind first: Int) -> Int? {
    var slot = first
    for _ in 1..<OwnerIndex.longestProbe {
      slot = nextSlot(behind: slot)
      let entry = slots[slot]
      if entry == 0 { return nil }
      if let place = place(of: name, in: message, hash, ifAt: entry) { return place }
    }
    return findCrowdedOut(name, in: message)
  }

  var crowdedOutCount: Int { crowdedOut.count }

  /// The place of an owner that no slot has.
  private func findCrowdedOut(_ name: NameInMessage, in message: RawSpan) -> Int? {
    let wire = message.extracting(name.start..<name.end)
    var (low, high) = (0, crowdedOut.count)
    while low < high {
      let middle = (low &+ high) &>> 1
      let place = Int(crowdedOut[middle])
      switch order(of: wire, beside: place) {
      case 0: return place
      case ..<0: high = middle
      default: low = middle &+ 1
      }
    }
    return nil
  }

  /// Less than zero if the name comes before the one at the place, zero if it is that; letter case is ignored.
  private func order(of wire: RawSpan, beside place: Int) -> Int {
    let length = Int(head(of: place).nameLength)
    guard wire.byteCount == length else { return wire.byteCount &- length }
    for index in 0..<NameWords.count(forLength: length) {
      let (word, known) = (foldCase(NameWords.word(index, of: wire)), nameWord(index, at: place))
      if word != known { return word < known ? -1 : 1 }
    }
    return 0
  }

  @inline(__always)
  private func firstSlot(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (slots.count &- 1) }

  @inline(__always)
  private func nextSlot(behind slot: Int) -> Int { (slot &+ 1) & (slots.count &- 1) }

  /// The place in a slot's entry, if the entry is the name's.
  @inline(__always)
  private func place(of name: NameInMessage, in message: RawSpan, _ hash: UInt64, ifAt entry: UInt32) -> Int? {
    // The place is whatever it is; above it nothing may differ.
    guard entry ^ UInt32(truncatingIfNeeded: hash &>> 32) <= placeMask else { return nil }
    let place = Int(entry & placeMask)
    guard Int(head(of: place).nameLength) == name.length else { return nil }
    return message.name(name, isAt: place &+ OwnerIndex.headLength, of: words.span) ? place : nil
  }

  // MARK: Reading ahead

  /// Whether the index is large beside the caches of a processor: some thousand names.
  var isBig: Bool { words.count > 1 << 14 }

  /// The number of the slot where a name is looked for first.
  @inline(__always)
  func firstSlot(of name: NameInMessage, in message: RawSpan) -> Int { firstSlot(of: message.hash(of: name)) }

  /// The place of the owner in a slot; 0 in an empty one.
  @inline(__always)
  func place(in slot: Int) -> Int { Int(slots[slot] & placeMask) }

  /// Reads where an owner's name stands, as a rule within two cache lines; what it returns is of no meaning.
  @inline(__always)
  func traces(of place: Int) -> UInt64 { words[place] ^ words[min(place &+ 7, words.count &- 1)] }
}
