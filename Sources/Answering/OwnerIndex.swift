// From an owner name to its number: an open-addressing hash table over lower-cased wire names.
//
// The compiler fills it, the answer path reads it. A name that is found costs two cache lines, one of the slots and
// one of the entries; a name that is not, one: a tag in the slot keeps names that merely share a slot from being
// compared.

import DNS

/// The names of a zone table, numbered 0, 1, 2 … in the order in which they came.
struct OwnerIndex: Sendable {
  /// What stands before the words of each name in `entries`.
  private struct Head {
    var number: Int
    /// Of the name, in octets.
    var length: Int

    @inline(__always)
    init(number: Int, length: Int) {
      self.number = number
      self.length = length
    }

    @inline(__always)
    init(_ word: UInt64) {
      number = Int(truncatingIfNeeded: word &>> 8)
      length = Int(truncatingIfNeeded: word & 0xFF)
    }

    var word: UInt64 { UInt64(number) << 8 | UInt64(length) }
  }

  /// A slot holds the upper half of a name's hash and the place of its words in `entries`, which is never zero; zero
  /// is an empty slot.
  private var slots: [UInt64]
  /// All names one behind the other: a head, then the words (see `NameWords`).
  private var entries: [UInt64] = []
  private(set) var count = 0

  /// - Parameter capacity: how many names are expected; more are taken.
  init(capacity: Int) {
    slots = Array(repeating: 0, count: OwnerIndex.slotCount(for: capacity))
  }

  /// A power of two, at least four times the number of names, or twice if they are many: most names are found in their
  /// first slot, and one slot is always empty.
  private static func slotCount(for names: Int) -> Int {
    var size = 64
    while size < names * (size < 1 << 16 ? 4 : 2) { size *= 2 }
    return size
  }

  // MARK: Finding

  /// The number of a name that stands in a message; nil when it is not in the index.
  @inline(__always)
  func find(_ name: NameInMessage, in message: RawSpan) -> Int? {
    let hash = message.hash(of: name)
    let slot = firstSlot(of: hash)
    let entry = slots[slot]
    if entry == 0 { return nil }
    if let number = number(of: name, in: message, hash, ifAt: entry) { return number }
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
      if let number = number(of: name, in: message, hash, ifAt: entry) { return number }
    }
  }

  @inline(__always)
  private func firstSlot(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (slots.count &- 1) }

  @inline(__always)
  private func nextSlot(behind slot: Int) -> Int { (slot &+ 1) & (slots.count &- 1) }

  /// The number in a slot's entry, if the entry is the name's.
  @inline(__always)
  private func number(of name: NameInMessage, in message: RawSpan, _ hash: UInt64, ifAt entry: UInt64) -> Int? {
    guard (entry ^ hash) &>> 32 == 0 else { return nil }
    let place = Int(truncatingIfNeeded: entry & 0xFFFF_FFFF)
    let head = Head(entries[place &- 1])
    guard head.length == name.length else { return nil }
    return message.name(name, isAt: place, of: entries.span) ? head.number : nil
  }

  /// The number of a name by itself.
  func find(_ name: DomainName) -> Int? {
    // Behind eight octets, as in a message it would stand behind a header.
    let message = [UInt8](repeating: 0, count: 8) + name.wire
    return find(NameInMessage(start: 8, end: message.count), in: message.span.octets)
  }

  // MARK: Filling

  /// The number of `name`, which is entered if it is new.
  mutating func insert(_ name: DomainName) -> Int {
    if let known = find(name) { return known }
    let needed = OwnerIndex.slotCount(for: count + 1)
    if slots.count < needed { grow(to: needed) }
    let words = NameWords.words(of: name)
    let number = count
    entries.append(Head(number: number, length: name.wire.count).word)
    fill(hash: NameWords.hash(of: words), place: entries.count)
    entries += words
    count += 1
    return number
  }

  private mutating func fill(hash: UInt64, place: Int) {
    var slot = firstSlot(of: hash)
    while slots[slot] != 0 { slot = nextSlot(behind: slot) }
    slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(place)
  }

  private mutating func grow(to slotCount: Int) {
    slots = Array(repeating: 0, count: slotCount)
    var place = 1
    while place <= entries.count {
      let end = place + NameWords.count(forLength: Head(entries[place - 1]).length)
      fill(hash: NameWords.hash(of: entries[place..<end]), place: place)
      place = end + 1
    }
  }
}
