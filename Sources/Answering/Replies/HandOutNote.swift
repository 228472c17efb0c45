// Which hand-out slots a reply has addresses of: what the worker notes the time of once it has sent the reply.
//
// Nearly every reply has the addresses of one set, or of two where A and AAAA are added to MX or SRV:
//
//   note     how many more slots: 16 bits | second slot, or 0: 16 | first slot, or 0: 16
//
// Further slots are written behind the reply, to the end of its memory:
//
//   memory   reply, 1,232 octets over UDP at most | … | fourth slot: 16 bits | third slot: 16
//
// What finds no room there counts as a hand-out of every node: never too early.

import DNS

/// The slots of one reply.
@usableFromInline
package struct HandOutNote: BitwiseCopyable, Equatable, Sendable {
  /// At most 48 bits.
  @usableFromInline package let rawValue: UInt64

  @inlinable @inline(__always)
  package init(rawValue: UInt64) { self.rawValue = rawValue }

  @inlinable package static var none: HandOutNote { HandOutNote(rawValue: 0) }

  /// What no reply has.
  package static var impossible: HandOutNote { HandOutNote(rawValue: .max) }

  /// The slot of what is nobody's in the ledger.
  package static var noSlot: UInt32 { 0 }
  /// The slot that says that every node may have been handed out.
  package static var anyNode: UInt32 { 1 }
  /// So many slots there are.
  package static var slotCount: Int { 1 << 16 }

  /// Octets at the end of the memory for a reply that no reply may reach: over UDP for more slots than a reply can have.
  package static func room(over transport: Transport) -> Int { transport == .udp ? 128 : 2_048 }

  /// Whether it has one slot.
  @inlinable @inline(__always)
  package var isOfOne: Bool { rawValue &- 1 < 0xFFFF }

  /// Whether it has one slot or two.
  package var isOfOneOrTwo: Bool { rawValue &- 1 < 0xFFFF_FFFF }

  /// The first slot.
  @inlinable @inline(__always)
  package var first: UInt32 { UInt32(truncatingIfNeeded: rawValue & 0xFFFF) }

  /// The first slot, and in the upper half the second, or 0.
  @inlinable @inline(__always)
  package var pair: UInt32 { UInt32(truncatingIfNeeded: rawValue) }

  /// How many slots it has.
  package var count: Int { rawValue == 0 ? 0 : rawValue <= 0xFFFF ? 1 : 2 &+ furtherCount }

  /// How many slots it has beyond the first two.
  package var furtherCount: Int { Int(rawValue &>> 32) }

  /// One of its slots, of `count`.
  ///
  /// - Parameter memory: that of the reply, as it was when the reply was written.
  package func slot(_ index: Int, in memory: RawSpan) -> UInt32 {
    switch index {
    case 0: first
    case 1: UInt32(truncatingIfNeeded: rawValue &>> 16 & 0xFFFF)
    default: UInt32(memory.uint16(at: memory.byteCount &- (index &- 1) &* 2))
    }
  }

  /// Whether it has one slot at most.
  @inline(__always)
  var hasRoom: Bool { rawValue <= 0xFFFF }

  /// The same with one more slot, or with `noSlot`; only where `hasRoom`.
  @inline(__always)
  func adding(_ slot: UInt32) -> HandOutNote {
    HandOutNote(rawValue: rawValue | UInt64(slot) &<< (rawValue == 0 ? 0 : 16))
  }

  /// The same with one more slot beyond the second.
  @_lifetime(memory: copy memory)
  func adding(_ slot: UInt32, to memory: inout MutableRawSpan, of transport: Transport) -> HandOutNote {
    let end = (furtherCount &+ 1) &* 2
    let room = HandOutNote.room(over: transport)
    let longest = transport == .udp ? Int(Responder.defaultPayloadLimit) : Responder.longestMessage
    // The longest reply may need all octets before the room.
    guard end <= room, memory.byteCount >= room &+ longest else {
      return HandOutNote(rawValue: UInt64(HandOutNote.anyNode))
    }
    memory.store(UInt16(truncatingIfNeeded: slot), at: memory.byteCount &- end)
    return HandOutNote(rawValue: rawValue &+ 1 &<< 32)
  }
}
