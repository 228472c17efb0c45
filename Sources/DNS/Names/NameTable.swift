// Domain names numbered in the order in which they came: how files and tables tell owner names apart.
//
// A hundred thousand names lie one after the other in one array, and an open-addressing hash table finds them: no
// name is an object of its own. The answer path has a table of its own, laid out for looking up only (OwnerIndex.swift).

/// A set of names, each with a number from 0 on; letter case is ignored.
package struct NameTable: Sendable {
  private struct Extent {
    /// The offset in `octets`.
    var start: UInt32
    /// In octets.
    var length: UInt32
  }

  /// A slot holds the upper half of the name's hash and its number plus one; zero is an empty slot.
  private var slots: [UInt64] = Array(repeating: 0, count: 16)
  private var extents: [Extent] = []
  /// All names in wire form and lower case.
  private var octets: [UInt8] = []

  package init() {}

  package var count: Int { extents.count }

  /// The length of a name in octets.
  package func length(of number: Int) -> Int { Int(extents[number].length) }

  /// A name in wire form and lower case.
  @_lifetime(borrow self)
  package func wire(of number: Int) -> RawSpan {
    let extent = extents[number]
    return octets.span.octets.extracting(Int(extent.start)..<Int(extent.start) + Int(extent.length))
  }

  /// A name in lower case.
  package func name(_ number: Int) -> DomainName {
    let start = Int(extents[number].start)
    return DomainName(uncheckedWire: Array(octets[start..<start + length(of: number)]))
  }

  /// The number of `name`; nil when it is not here.
  package func find(_ name: DomainName) -> Int? { find(name.wire.span.octets) }

  /// The same for a name in wire form.
  package func find(_ wire: RawSpan) -> Int? { find(wire, NameTable.hash(of: wire)) }

  /// Its key is drawn anew in each process, so that nobody can choose names that collide: the author of a zone file could
  /// otherwise make reading it take forever.
  private static func hash(of wire: RawSpan) -> UInt64 {
    var hasher = Hasher()
    hasher.combine(name: wire)
    return UInt64(truncatingIfNeeded: hasher.finalize())
  }

  @_optimize(speed)
  private func find(_ wire: RawSpan, _ hash: UInt64) -> Int? {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      if (slots[slot] ^ hash) >> 32 == 0 {
        let number = Int(truncatingIfNeeded: slots[slot] & 0xFFFF_FFFF) - 1
        if isName(number, wire) { return number }
      }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private func isName(_ number: Int, _ wire: RawSpan) -> Bool {
    guard length(of: number) == wire.byteCount else { return false }
    let known = self.wire(of: number)
    for index in 0..<NameWords.count(forLength: wire.byteCount)
    where NameWords.word(index, of: known) != foldCase(NameWords.word(index, of: wire)) {
      return false
    }
    return true
  }

  /// The number of `name`, which is entered if it is new.
  package mutating func insert(_ name: DomainName) -> Int { insert(name.wire.span.octets) }

  /// The same for a name in wire form.
  @_optimize(speed)
  package mutating func insert(_ wire: RawSpan) -> Int {
    let hash = NameTable.hash(of: wire)
    if let known = find(wire, hash) { return known }
    extents.append(Extent(start: UInt32(octets.count), length: UInt32(wire.byteCount)))
    for offset in 0..<wire.byteCount { octets.append(lowercased(wire.octet(at: offset))) }
    // At most half full: probes stay short, and one slot is always empty.
    if slots.count < count * 2 { grow() } else { fill(hash, number: count - 1) }
    return count - 1
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 4)
    for number in 0..<count { fill(NameTable.hash(of: wire(of: number)), number: number) }
  }

  private mutating func fill(_ hash: UInt64, number: Int) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(number + 1)
  }
}
