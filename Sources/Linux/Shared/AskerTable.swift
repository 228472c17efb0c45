// Who was answered from which hand-out slots, and when: what one worker remembers of its askers, in a table of fixed size.
//
//   IPv4 entry   slots << 32 | address                          product ^ time
//   IPv6 entry   first half of the address | second half | slots << 32 | product ^ time
//
// Slots are two numbers of 16 bits, of which the upper may be 0: nearly every reply has one slot or two.
//
// Each asker and pair of slots has one place, by a product with a secret number, so that nobody can choose whom to push out; whoever
// comes later has the place. What is pushed out is not lost to the ledger, which knows the slot's own time. Another thread
// may read an entry that is half written: then the product of what it reads does not fit the last word, and it is skipped.

public import DNS
public import Synchronization

/// The table, for whoever reads it.
@usableFromInline
package final class AskerTable: Sendable {
  /// How much of an asker's address is kept.
  package enum Detail: Sendable {
    case addresses
    /// The /24 of an IPv4 address, the /56 of an IPv6 address.
    case networks
  }

  /// An asker, and when it was last answered from these slots.
  package struct Entry: Hashable, Sendable {
    package var client: ClientAddress
    /// One slot, or another in the upper 16 bits.
    package var slots: UInt32
    /// As it was given to `enter`.
    package var time: UInt32
  }

  @usableFromInline
  struct Key: BitwiseCopyable, Sendable {
    @usableFromInline let first: UInt64
    @usableFromInline let second: UInt64
    @usableFromInline let third: UInt64

    init(using random: inout some RandomNumberGenerator) {
      // Odd, so that each bit of what is multiplied counts.
      first = .random(in: 0 ... .max, using: &random) | 1
      second = .random(in: 0 ... .max, using: &random) | 1
      third = .random(in: 0 ... .max, using: &random) | 1
    }

    @inlinable @inline(__always)
    func product(_ word: UInt64) -> UInt64 { word &* first }

    @inlinable @inline(__always)
    func product(_ high: UInt64, _ low: UInt64, _ slots: UInt64) -> UInt64 {
      high &* first &+ low &* second &+ slots &* third
    }
  }

  /// Places for each family, as a power of two.
  package static let bits = 16
  private let ipv4: SharedWords
  private let ipv6: SharedWords
  private let key: Key
  private let detail: Detail

  package init(_ detail: Detail, using random: inout some RandomNumberGenerator) throws(Errno) {
    ipv4 = try SharedWords(count: 2 << AskerTable.bits)
    ipv6 = try SharedWords(count: 4 << AskerTable.bits)
    key = Key(using: &random)
    self.detail = detail
  }

  /// For the one thread that writes.
  package func writer() -> AskerWriter { AskerWriter(ipv4, ipv6, key, detail) }

  /// Calls `body` for each entry; takes a millisecond, so not for a thread that must be prompt.
  package func visit(_ body: (Entry) -> Void) {
    for place in 0..<1 << AskerTable.bits {
      let word = ipv4.load(2 * place)
      guard word != 0 else { continue }
      let time = ipv4.load(2 * place + 1) ^ key.product(word)
      guard let time = UInt32(exactly: time) else { continue }
      body(
        Entry(
          client: ClientAddress(ipv4: UInt32(truncatingIfNeeded: word)), slots: UInt32(truncatingIfNeeded: word &>> 32),
          time: time))
    }
    for place in 0..<1 << AskerTable.bits {
      let slots = ipv6.load(4 * place + 2)
      guard slots != 0 else { continue }
      let (high, low) = (ipv6.load(4 * place), ipv6.load(4 * place + 1))
      let time = ipv6.load(4 * place + 3) ^ key.product(high, low, slots)
      guard let time = UInt32(exactly: time) else { continue }
      body(
        Entry(
          client: ClientAddress(ipv6High: high, low: low), slots: UInt32(truncatingIfNeeded: slots &>> 32), time: time))
    }
  }
}

/// The table, for the one thread that writes.
@safe @usableFromInline
package struct AskerWriter: ~Copyable, Sendable {
  // Keep the memory alive.
  private let ipv4: SharedWords
  private let ipv6: SharedWords
  // The memory of the two: 2 or 4 words for each of 65,536 places. A place is the top 16 bits of a product, so that it is
  // in bounds: that is the proof of each `unsafe` here.
  @usableFromInline nonisolated(unsafe) let ipv4Words: UnsafeMutablePointer<Atomic<UInt64>>
  @usableFromInline nonisolated(unsafe) let ipv6Words: UnsafeMutablePointer<Atomic<UInt64>>
  @usableFromInline let key: AskerTable.Key
  @usableFromInline let ipv4Mask: UInt64
  @usableFromInline let ipv6Masks: (high: UInt64, low: UInt64)

  init(_ ipv4: SharedWords, _ ipv6: SharedWords, _ key: AskerTable.Key, _ detail: AskerTable.Detail) {
    self.ipv4 = ipv4
    self.ipv6 = ipv6
    unsafe ipv4Words = ipv4.words
    unsafe ipv6Words = ipv6.words
    self.key = key
    ipv4Mask = detail == .addresses ? 0xFFFF_FFFF : 0xFFFF_FF00
    ipv6Masks = detail == .addresses ? (.max, .max) : (~0xFF, 0)
  }

  /// Notes that `client` was answered from these slots at this time.
  package func enter(_ client: ClientAddress, _ slots: UInt32, at time: UInt32) {
    enter(client, inUpperHalf: UInt64(slots) &<< 32, at: UInt64(time))
  }

  /// The same, with slots as an entry has them.
  ///
  /// - Parameters:
  ///   - slots: in the upper half, the lower one being 0.
  ///   - time: of 32 bits.
  @inlinable @inline(__always)
  package func enter(_ client: ClientAddress, inUpperHalf slots: UInt64, at time: UInt64) {
    if client.isIPv6 { return enterIPv6(client, slots, at: time) }
    let word = client.low & ipv4Mask | slots
    let product = key.product(word)
    // In bounds (see there).
    let place = unsafe ipv4Words + Int(truncatingIfNeeded: product &>> 48) &* 2
    unsafe place[0].store(word, ordering: .relaxed)
    unsafe place[1].store(product ^ time, ordering: .relaxed)
  }

  @inlinable @inline(__always)
  func enterIPv6(_ client: ClientAddress, _ slots: UInt64, at time: UInt64) {
    let (high, low) = (client.high & ipv6Masks.high, client.low & ipv6Masks.low)
    let product = key.product(high, low, slots)
    // In bounds (see there).
    let place = unsafe ipv6Words + Int(truncatingIfNeeded: product &>> 48) &* 4
    unsafe place[0].store(high, ordering: .relaxed)
    unsafe place[1].store(low, ordering: .relaxed)
    unsafe place[2].store(slots, ordering: .relaxed)
    unsafe place[3].store(product ^ time, ordering: .relaxed)
  }

  /// Takes an entry back if it has this time: the reply was not sent after all.
  package func remove(_ client: ClientAddress, _ slots: UInt32, at time: UInt32) {
    if client.isIPv6 {
      let (high, low, slots) = (client.high & ipv6Masks.high, client.low & ipv6Masks.low, UInt64(slots) &<< 32)
      let product = key.product(high, low, slots)
      let place = Int(truncatingIfNeeded: product &>> 48) &* 4
      guard ipv6.load(place + 3) == product ^ UInt64(time), ipv6.load(place + 2) == slots else { return }
      ipv6.store(0, at: place + 2)
    } else {
      let word = client.low & ipv4Mask | UInt64(slots) &<< 32
      let product = key.product(word)
      let place = Int(truncatingIfNeeded: product &>> 48) &* 2
      guard ipv4.load(place) == word, ipv4.load(place + 1) == product ^ UInt64(time) else { return }
      ipv4.store(0, at: place)
    }
  }
}
