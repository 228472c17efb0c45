// From an owner name to its number: an open-addressing hash table over lower-cased wire names.
//
// The compiler fills it, the answer path reads it. A probe that misses touches one cache line; a tag in the slot
// keeps names that merely share a slot from being compared.

import DNS

/// The names of a zone table, numbered 0, 1, 2 … in the order in which they came.
struct OwnerIndex: Sendable {
  /// A slot holds the upper half of the name's hash and its number plus one; zero is an empty slot.
  private var slots: [UInt64]
  /// All names one behind the other, in 64-bit words, lower-cased and padded with zeros.
  private var words: [UInt64] = []
  /// Where each name begins in `words`.
  private var starts: [UInt32] = []
  /// The length of each name in octets.
  private var lengths: [UInt8] = []

  /// - Parameter capacity: how many names are expected; more are taken.
  init(capacity: Int) {
    slots = Array(repeating: 0, count: OwnerIndex.slotCount(for: capacity))
    starts.reserveCapacity(capacity)
    lengths.reserveCapacity(capacity)
  }

  var count: Int { starts.count }

  /// A power of two, at least twice the number of names: probes stay short, and one slot is always empty.
  private static func slotCount(for names: Int) -> Int {
    var size = 16
    while size < names * 2 { size *= 2 }
    return size
  }

  /// The number of `name`; nil when it is not in the index.
  @inline(__always)
  func find(_ name: borrowing FoldedName) -> Int? {
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: name.hash) & mask
    while true {
      let entry = slots[slot]
      if entry == 0 { return nil }
      if entry &>> 32 == name.hash &>> 32 {
        let number = Int(entry & 0xFFFF_FFFF) &- 1
        if isEqual(number, name) { return number }
      }
      slot = (slot &+ 1) & mask
    }
  }

  @inline(__always)
  private func isEqual(_ number: Int, _ name: borrowing FoldedName) -> Bool {
    guard Int(lengths[number]) == name.length else { return false }
    let start = Int(starts[number])
    var index = 0
    while index < name.wordCount {
      if words[start &+ index] != name.words[index] { return false }
      index &+= 1
    }
    return true
  }

  /// The number of `name`, which is entered if it is new.
  mutating func insert(_ name: borrowing FoldedName) -> (number: Int, isNew: Bool) {
    if let known = find(name) { return (known, false) }
    if slots.count < (count + 1) * 2 { grow() }
    let number = count
    starts.append(UInt32(words.count))
    lengths.append(UInt8(name.length))
    for index in 0..<name.wordCount { words.append(name.words[index]) }
    fill(hash: name.hash, number: number)
    return (number, true)
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
      let start = Int(starts[number])
      let octets = Int(lengths[number])
      fill(hash: FoldedName.hash(of: words[start..<start + (octets + 7) / 8]), number: number)
    }
  }
}
