// From an owner name on the wire to what stands there: an open-addressing hash table over lower-cased names.
//
// A lookup among a hundred thousand names costs as much as the memory it touches is far away. So a slot is four octets,
// sixteen to a cache line, and what is known of an owner lies in one piece with its name:
//
//   slot ──▶ | sets: first, count; length of the name; kind of link | apex, link | name, eight octets a word … |

import DNS

/// The owners of a zone table, each named by the place of its first word in `words`; immutable once built.
struct OwnerIndex: Sendable {
  /// The words before the name.
  private static let headLength = 2

  /// What the link of an owner leads to; an owner at or below a cut has no use for its wildcard.
  private enum Link: UInt64 {
    case none, cut, wildcard
  }

  /// A slot holds an owner's place in its lower bits and part of the name's hash above; zero is an empty slot.
  private var slots: [UInt32]
  private var placeMask: UInt32
  private var words: [UInt64]

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
    var index = OwnerIndex(nameCount: names.count, wordCount: next)
    for number in 0..<names.count {
      var owner = owners[number]
      if owner.cut != Owner.none { owner.cut = places[Int(owner.cut)] }
      if owner.wildcard != Owner.none { owner.wildcard = places[Int(owner.wildcard)] }
      index.enter(names.wire(of: number), owner, at: places[number])
    }
    return (index, places)
  }

  private init(nameCount: Int, wordCount: Int) {
    // A power of two, at least eight times the number of names, or twice if they are many: most names are found in their
    // first slot, and one slot is always empty.
    var slotCount = 64
    while slotCount < nameCount * (slotCount < 1 << 16 ? 8 : 2) { slotCount *= 2 }
    slots = Array(repeating: 0, count: slotCount)
    placeMask = 1
    while placeMask < wordCount { placeMask = placeMask << 1 | 1 }
    words = []
    words.reserveCapacity(wordCount)
    words.append(0)
  }

  private mutating func enter(_ name: RawSpan, _ owner: Owner, at place: UInt32) {
    let link: Link = owner.cut != Owner.none ? .cut : owner.wildcard != Owner.none ? .wildcard : .none
    words.append(
      UInt64(owner.firstSet) | UInt64(owner.setCount) << 32 | UInt64(owner.nameLength) << 48 | link.rawValue << 56)
    words.append(UInt64(owner.apex) | UInt64(link == .cut ? owner.cut : owner.wildcard) << 32)
    for word in 0..<NameWords.count(forLength: name.byteCount) { words.append(NameWords.word(word, of: name)) }
    let hash = NameWords.hash(of: name)
    var slot = firstSlot(of: hash)
    while slots[slot] != 0 { slot = nextSlot(behind: slot) }
    slots[slot] = UInt32(truncatingIfNeeded: hash >> 32) & ~placeMask | place
  }

  /// What is known of the owner at a place.
  @inline(__always)
  subscript(_ place: Int) -> Owner {
    let (sets, links) = (words[place], words[place &+ 1])
    let link = UInt32(truncatingIfNeeded: links &>> 32)
    let kind = sets &>> 56
    return Owner(
      firstSet: UInt32(truncatingIfNeeded: sets), setCount: UInt16(truncatingIfNeeded: sets &>> 32),
      nameLength: UInt8(truncatingIfNeeded: sets &>> 48), apex: UInt32(truncatingIfNeeded: links),
      cut: kind == Link.cut.rawValue ? link : Owner.none,
      wildcard: kind == Link.wildcard.rawValue ? link : Owner.none)
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
    while true {
      slot = nextSlot(behind: slot)
      let entry = slots[slot]
      if entry == 0 { return nil }
      if let place = place(of: name, in: message, hash, ifAt: entry) { return place }
    }
  }

  @inline(__always)
  private func firstSlot(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (slots.count &- 1) }

  @inline(__always)
  private func nextSlot(behind slot: Int) -> Int { (slot &+ 1) & (slots.count &- 1) }

  /// The place in a slot's entry, if the entry is the name's.
  @inline(__always)
  private func place(of name: NameInMessage, in message: RawSpan, _ hash: UInt64, ifAt entry: UInt32) -> Int? {
    guard (entry ^ UInt32(truncatingIfNeeded: hash &>> 32)) & ~placeMask == 0 else { return nil }
    let place = Int(entry & placeMask)
    guard Int(words[place] &>> 48 & 0xFF) == name.length else { return nil }
    return message.name(name, isAt: place &+ OwnerIndex.headLength, of: words.span) ? place : nil
  }
}
