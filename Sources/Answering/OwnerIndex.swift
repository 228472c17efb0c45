// From an owner name to its number: an open-addressing hash table over lower-cased wire names.
//
// The compiler fills it, the answer path reads it. A probe that misses touches one cache line; a tag in the slot
// keeps names that merely share a slot from being compared.

import DNS

/// The names of a zone table, numbered 0, 1, 2 … in the order in which they came.
struct OwnerIndex: Sendable {
  /// Where a name lies in `words`.
  private struct Place {
    var start: UInt32
    /// In octets.
    var length: UInt32
  }

  /// A slot holds the upper half of the name's hash and its number plus one; zero is an empty slot.
  private var slots: [UInt64]
  private var places: [Place] = []
  /// All names one behind the other (see `NameWords`).
  private var words: [UInt64] = []

  /// - Parameter capacity: how many names are expected; more are taken.
  init(capacity: Int) {
    slots = Array(repeating: 0, count: OwnerIndex.slotCount(for: capacity))
    places.reserveCapacity(capacity)
  }

  var count: Int { places.count }

  /// A power of two, at least twice the number of names: probes stay short, and one slot is always empty.
  private static func slotCount(for names: Int) -> Int {
    var size = 16
    while size < names * 2 { size *= 2 }
    return size
  }

  /// The number of a name that stands in a message; nil when it is not in the index.
  @inline(__always)
  func find(_ name: NameInMessage, in message: RawSpan) -> Int? {
    let hash = message.hash(of: name)
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let entry = slots[slot]
      if entry == 0 { return nil }
      if (entry ^ hash) &>> 32 == 0 {
        let number = Int(truncatingIfNeeded: entry & 0xFFFF_FFFF) &- 1
        let place = places[number]
        if Int(place.length) == name.length, message.name(name, is: words(of: place)) { return number }
      }
      slot = (slot &+ 1) & mask
    }
  }

  @inline(__always)
  @_lifetime(borrow self)
  private func words(of place: Place) -> Span<UInt64> {
    let start = Int(place.start)
    return words.span.extracting(start..<start &+ NameWords.count(forLength: Int(place.length)))
  }

  /// The number of a name by itself.
  func find(_ name: DomainName) -> Int? {
    // Behind eight octets, as in a message it would stand behind a header.
    let message = [UInt8](repeating: 0, count: 8) + name.wire
    return find(NameInMessage(start: 8, end: message.count), in: message.span.octets)
  }

  /// The number of `name`, which is entered if it is new.
  mutating func insert(_ name: DomainName) -> Int {
    if let known = find(name) { return known }
    if slots.count < (count + 1) * 2 { grow() }
    let number = count
    let nameWords = NameWords.words(of: name)
    places.append(Place(start: UInt32(words.count), length: UInt32(name.wire.count)))
    words += nameWords
    fill(hash: NameWords.hash(of: nameWords), number: number)
    return number
  }

  private mutating func fill(hash: UInt64, number: Int) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(number + 1)
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    for number in 0..<count {
      let place = places[number]
      let start = Int(place.start)
      let hash = NameWords.hash(of: words[start..<start + NameWords.count(forLength: Int(place.length))])
      fill(hash: hash, number: number)
    }
  }
}
