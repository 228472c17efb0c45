// Reading and writing numbers in packets: the only place where a raw span's octets are taken as wider integers.
//
// Every access is bounds-checked: an offset that is wrong traps instead of reading foreign memory. The callers
// check lengths first, so that no packet can make one of them trap.

extension RawSpan {
  /// The octet at `offset`.
  @inlinable @inline(__always)
  public func octet(at offset: Int) -> UInt8 {
    // Any octet is a valid UInt8; the load checks its bounds.
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// The 16-bit number in network order at `offset`.
  @inlinable @inline(__always)
  public func uint16(at offset: Int) -> UInt16 {
    // Any two octets are a valid UInt16; the load checks its bounds and needs no alignment.
    unsafe UInt16(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  /// The 32-bit number in network order at `offset`.
  @inlinable @inline(__always)
  public func uint32(at offset: Int) -> UInt32 {
    // Any four octets are a valid UInt32; the load checks its bounds and needs no alignment.
    unsafe UInt32(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// The 64-bit number in network order at `offset`.
  @inlinable @inline(__always)
  public func uint64(at offset: Int) -> UInt64 {
    // Any eight octets are a valid UInt64; the load checks its bounds and needs no alignment.
    unsafe UInt64(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}

extension RawSpan {
  /// The eight octets at `offset`, the first of them lowest, as SipHash takes them.
  @inlinable @inline(__always)
  public func word(at offset: Int) -> UInt64 {
    // Any eight octets are a valid UInt64; the load checks its bounds and needs no alignment.
    unsafe UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}

extension MutableRawSpan {
  @inlinable @inline(__always)
  @_lifetime(self: copy self)
  public mutating func store(_ value: UInt8, at offset: Int) {
    storeBytes(of: value, toByteOffset: offset, as: UInt8.self)
  }

  /// Stores `value` in network order.
  @inlinable @inline(__always)
  @_lifetime(self: copy self)
  public mutating func store(_ value: UInt16, at offset: Int) {
    storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt16.self)
  }

  /// Stores `value` in network order.
  @inlinable @inline(__always)
  @_lifetime(self: copy self)
  public mutating func store(_ value: UInt32, at offset: Int) {
    storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt32.self)
  }

  /// Stores `value` in network order.
  @inlinable @inline(__always)
  @_lifetime(self: copy self)
  public mutating func store(_ value: UInt64, at offset: Int) {
    storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt64.self)
  }

  /// Copies all of `source` to `offset`.
  @inlinable @inline(__always)
  @_lifetime(self: copy self)
  public mutating func copy(_ source: RawSpan, to offset: Int) {
    precondition(offset >= 0 && source.byteCount <= byteCount &- offset)
    // Both regions were just shown to hold `source.byteCount` octets; the spans keep their memory alive, and
    // exclusive access to `self` means that they do not overlap.
    unsafe withUnsafeMutableBytes { target in
      unsafe source.withUnsafeBytes { octets in
        guard let from = octets.baseAddress, let to = target.baseAddress else { return }
        unsafe to.advanced(by: offset).copyMemory(from: from, byteCount: octets.count)
      }
    }
  }
}

extension Span where Element == UInt8 {
  /// The octets as a raw span.
  @inlinable
  public var octets: RawSpan {
    @_lifetime(copy self)
    get {
      // UInt8 has no padding: every octet is initialised.
      unsafe bytes
    }
  }
}
