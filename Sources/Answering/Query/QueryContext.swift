// One query on its way to its reply: what came in, and what the reply has to say of it besides records.

public import DNS

/// How a query came, which decides how long its reply may be.
@usableFromInline
package enum Transport: Sendable, BitwiseCopyable {
  case udp, tcp
}

/// A query being answered, of which nothing is believed yet; for one answer.
///
/// It is passed on by its address, so that no step need keep what only a later one may ask for, and each step adds what
/// the end of the reply depends on.
@usableFromInline
package struct QueryContext: ~Escapable, BitwiseCopyable {
  @usableFromInline package let message: RawSpan
  /// Whose network the answer is made for: the client's, unless it asks for another's.
  @usableFromInline var address: ClientAddress
  /// In one number, for a value of more than seven fields is destroyed by a call, though there is nothing to do:
  ///
  ///     SOURCE PREFIX-LENGTH of `address`: 8 bits | unused: 6 | TCP: 1 | addresses of failing nodes: 1 | SCOPE PREFIX-LENGTH: 8
  @usableFromInline var marks: UInt32
  /// Whose addresses are in the reply, once it is written.
  @usableFromInline package private(set) var handOuts: HandOutNote

  /// - Parameter client: the sender; cookies are bound to it.
  @inlinable @inline(__always)
  @_lifetime(copy message)
  package init(_ message: RawSpan, from client: ClientAddress, over transport: Transport) {
    self.message = message
    address = client
    marks = transport == .tcp ? 0x200 : 0
    handOuts = HandOutNote(rawValue: 0)
  }

  @inlinable @inline(__always)
  package var transport: Transport { marks & 0x200 != 0 ? .tcp : .udp }

  /// Whose network the answer is made for.
  var asker: Asker {
    get { Asker(address: address, sourceBits: UInt8(truncatingIfNeeded: marks &>> 16)) }
    @_lifetime(self: copy self)
    set {
      address = newValue.address
      marks = marks & 0xFFFF | UInt32(newValue.sourceBits) &<< 16
    }
  }

  /// Whether the answer section holds addresses of a pool with too few healthy nodes.
  @inline(__always)
  var hasFailOpen: Bool { marks & 0x100 != 0 }

  /// How many bits of the address in the query's client subnet option the answer depends on: SCOPE PREFIX-LENGTH. An
  /// answer that does not depend on it holds for all clients of the resolver (RFC 7871 §7.2.1).
  var subnetScope: UInt8 {
    get { UInt8(truncatingIfNeeded: marks) }
    set { marks = marks & ~0xFF | UInt32(newValue) }
  }

  /// Remembers that the answer section holds addresses of a pool with too few healthy nodes.
  mutating func setFailOpen() { marks |= 0x100 }

  /// Notes the hand-out slot of the first addresses that were written.
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func noteFirstHandOut(_ slot: UInt32) { handOuts = HandOutNote(rawValue: UInt64(slot)) }

  /// Notes the hand-out slot of addresses that were written.
  ///
  /// - Parameter reply: where slots are written beyond the second.
  @inline(__always)
  @_lifetime(self: copy self)
  @_lifetime(reply: copy reply)
  mutating func noteHandOut(_ slot: UInt32, in reply: inout ReplyWriter) {
    if handOuts.hasRoom {
      handOuts = handOuts.adding(slot)
    } else {
      noteFurtherHandOut(slot, in: &reply)
    }
  }

  @inline(never)
  @_lifetime(self: copy self)
  @_lifetime(reply: copy reply)
  private mutating func noteFurtherHandOut(_ slot: UInt32, in reply: inout ReplyWriter) {
    guard slot != HandOutNote.noSlot else { return }
    handOuts = handOuts.adding(slot, to: &reply.octets, of: transport)
  }

  /// Takes all of that back, for a reply without records.
  @_lifetime(self: copy self)
  mutating func removeHandOuts() { handOuts = .none }

  /// The sender.
  @inlinable @inline(__always)
  package var client: ClientAddress { address }
}
