// Which hand-out slots a reply has addresses of: what the worker notes the time of once it has sent the reply.
//
// Nearly every reply has the addresses of one set. Those of MX, SRV or NS with addresses added have more; their slots are
// written behind the reply, to the end of its memory:
//
//   memory   reply, 1,232 octets over UDP at most | … | third slot | second slot | first slot
//
// and the note is how many they are. What finds no room there counts as a hand-out of every node: never too early.

import DNS

/// The slots of one reply.
@usableFromInline
package struct HandOutNote: BitwiseCopyable, Equatable, Sendable {
  /// A slot; or how many are written behind the reply, marked by the top bit.
  @usableFromInline package private(set) var rawValue: UInt32

  @inlinable @inline(__always)
  init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The note with this `rawValue`.
  @inlinable @inline(__always)
  package init(kept rawValue: UInt32) { self.init(rawValue: rawValue) }

  /// The slot of what is nobody's in the ledger.
  @inlinable package static var noSlot: UInt32 { 0 }
  /// The slot that says that every node may have been handed out.
  @inlinable package static var anyNode: UInt32 { 1 }
  @usableFromInline static var severalMark: UInt32 { 0x8000_0000 }

  /// Octets at the end of the memory for a reply that no reply may reach: for so many slots that no reply over UDP has more.
  @inlinable package static func room(over transport: Transport) -> Int { transport == .udp ? 256 : 4_096 }

  @inlinable package static var none: HandOutNote { HandOutNote(rawValue: noSlot) }

  @inlinable @inline(__always)
  init(slot: UInt32) { rawValue = slot }

  /// Adds a slot that is not `noSlot`.
  @_lifetime(memory: copy memory)
  mutating func add(_ slot: UInt32, to memory: inout MutableRawSpan, of transport: Transport) {
    guard rawValue != HandOutNote.noSlot else {
      rawValue = slot
      return
    }
    if rawValue & HandOutNote.severalMark == 0 {
      guard rawValue != slot else { return }
      let first = rawValue
      rawValue = HandOutNote.severalMark
      append(first, to: &memory, of: transport)
    }
    append(slot, to: &memory, of: transport)
  }

  @_lifetime(memory: copy memory)
  private mutating func append(_ slot: UInt32, to memory: inout MutableRawSpan, of transport: Transport) {
    guard rawValue != HandOutNote.anyNode else { return }
    let count = Int(rawValue & ~HandOutNote.severalMark)
    let room = HandOutNote.room(over: transport)
    // The longest reply may need all octets before the room.
    guard (count &+ 1) &* 4 <= room, memory.byteCount >= room &+ HandOutNote.longestReply(over: transport) else {
      rawValue = HandOutNote.anyNode
      return
    }
    memory.store(slot, at: memory.byteCount &- (count &+ 1) &* 4)
    rawValue = HandOutNote.severalMark | UInt32(truncatingIfNeeded: count &+ 1)
  }

  private static func longestReply(over transport: Transport) -> Int {
    transport == .udp ? Int(Responder.defaultPayloadLimit) : Responder.longestMessage
  }

  @inlinable @inline(__always)
  package var isNone: Bool { rawValue == HandOutNote.noSlot }

  /// Its one slot; nil if there are several.
  @inlinable @inline(__always)
  package var onlySlot: UInt32? { Int32(bitPattern: rawValue) < 0 ? nil : rawValue }

  /// How many slots it has.
  package var count: Int { isNone ? 0 : onlySlot != nil ? 1 : Int(rawValue & ~HandOutNote.severalMark) }

  /// One of its slots, of `count`.
  ///
  /// - Parameter memory: that of the reply, as it was when the reply was written.
  package func slot(_ index: Int, in memory: RawSpan) -> UInt32 {
    onlySlot ?? memory.uint32(at: memory.byteCount &- (index &+ 1) &* 4)
  }
}

/// A reply that was written: its length, and whose addresses are in it.
@usableFromInline
package struct WrittenReply: BitwiseCopyable {
  /// In octets; 0 when silence is the answer.
  @usableFromInline package let length: Int
  @usableFromInline package let handOuts: HandOutNote

  @inlinable @inline(__always)
  init(length: Int, handOuts: HandOutNote) {
    self.length = length
    self.handOuts = handOuts
  }
}
