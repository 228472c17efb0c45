// SipHash-2-4: a short keyed hash that nobody without the key can aim (Aumasson and Bernstein, 2012).
//
// It guards server cookies and hash tables that strangers fill. All in registers: no buffer, no allocation.

/// Takes 64-bit words, the first octet of the message lowest, then the rest of less than a word.
public struct SipHash {
  public struct Key: Hashable, Sendable {
    public let first: UInt64
    public let second: UInt64

    @inlinable
    public init(_ first: UInt64, _ second: UInt64) {
      self.first = first
      self.second = second
    }
  }

  @usableFromInline var v0: UInt64
  @usableFromInline var v1: UInt64
  @usableFromInline var v2: UInt64
  @usableFromInline var v3: UInt64

  @inlinable
  public init(key: Key) {
    v0 = key.first ^ 0x736F_6D65_7073_6575
    v1 = key.second ^ 0x646F_7261_6E64_6F6D
    v2 = key.first ^ 0x6C79_6765_6E65_7261
    v3 = key.second ^ 0x7465_6462_7974_6573
  }

  /// Takes eight octets.
  @inlinable @inline(__always)
  public mutating func absorb(_ word: UInt64) {
    v3 ^= word
    round()
    round()
    v0 ^= word
  }

  /// Takes the last octets, of which there are less than eight, and gives the hash.
  ///
  /// - Parameters:
  ///   - rest: those octets, the first lowest; zero above them.
  ///   - length: of the whole message in octets.
  @inlinable @inline(__always)
  public mutating func finish(rest: UInt64, length: Int) -> UInt64 {
    absorb(rest | UInt64(truncatingIfNeeded: length) &<< 56)
    v2 ^= 0xFF
    round()
    round()
    round()
    round()
    return v0 ^ v1 ^ v2 ^ v3
  }

  @inlinable @inline(__always)
  mutating func round() {
    v0 = v0 &+ v1
    v1 = v1 &<< 13 | v1 &>> 51
    v1 ^= v0
    v0 = v0 &<< 32 | v0 &>> 32
    v2 = v2 &+ v3
    v3 = v3 &<< 16 | v3 &>> 48
    v3 ^= v2
    v0 = v0 &+ v3
    v3 = v3 &<< 21 | v3 &>> 43
    v3 ^= v0
    v2 = v2 &+ v1
    v1 = v1 &<< 17 | v1 &>> 47
    v1 ^= v2
    v2 = v2 &<< 32 | v2 &>> 32
  }

  /// The hash of a whole message.
  public static func hash(_ message: RawSpan, key: Key) -> UInt64 {
    var state = SipHash(key: key)
    var at = 0
    while message.byteCount &- at >= 8 {
      state.absorb(message.word(at: at))
      at &+= 8
    }
    var rest: UInt64 = 0
    var index = message.byteCount
    while index > at {
      index &-= 1
      rest = rest &<< 8 | UInt64(message.octet(at: index))
    }
    return state.finish(rest: rest, length: message.byteCount)
  }
}
