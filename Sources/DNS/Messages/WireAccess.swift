// Reading and writing numbers in packets: the only place where a raw span's octets are taken as wider integers.
//
// Every access is bounds-checked: an offset that is wrong traps instead of reading foreign memory. The callers
// check lengths first, so that no packet can make one of them trap.

extension RawSpan {
  /// Whether `size` octets begin at `offset`.
  ///
  /// Said as a difference, which a caller that has compared it before has shown already: no second comparison is made.
  @inlinable @inline(__always)
  func holds(_ size: Int, at offset: Int) -> Bool { offset >= 0 && byteCount &- offset >= size }

  /// The octet at `offset`.
  @inlinable @inline(__always)
  public func octet(at offset: Int) -> UInt8 {
    // Any octet is a valid UInt8; the load checks its bounds.
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// The 16-bit number in network order at `offset`.
  @inlinable @inline(__always)
  public func uint16(at offset: Int) -> UInt16 {
    precondition(holds(2, at: offset))
    // In bounds; any two octets are a valid UInt16, and the load needs no alignment.
    return unsafe UInt16(bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt16.self))
  }

  /// The 32-bit number in network order at `offset`.
  @inlinable @inline(__always)
  public func uint32(at offset: Int) -> UInt32 {
    precondition(holds(4, at: offset))
    // In bounds; any four octets are a valid UInt32, and the load needs no alignment.
    return unsafe UInt32(bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self))
  }

  /// The 64-bit number in network order at `offset`.
  @inlinable @inline(__always)
  public func uint64(at offset: Int) -> UInt64 {
    precondition(holds(8, at: offset))
    // In bounds; any eight octets are a valid UInt64, and the load needs no alignment.
    return unsafe UInt64(bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
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
    precondition(offset >= 0 && byteCount &- offset >= 2)
    // In bounds.
    unsafe storeBytes(of: value.bigEndian, toUncheckedByteOffset: offset, as: UInt16.self)
  }

  /// Stores `value` in network order.
  @inlinable @inline(__always)
  @_lifetime(self: copy self)
  public mutating func store(_ value: UInt32, at offset: Int) {
    precondition(offset >= 0 && byteCount &- offset >= 4)
    // In bounds.
    unsafe storeBytes(of: value.bigEndian, toUncheckedByteOffset: offset, as: UInt32.self)
  }

  /// Stores `value` in network order.
  @inlinable @inline(__always)
  @_lifetime(self: copy self)
  public mutating func store(_ value: UInt64, at offset: Int) {
    precondition(offset >= 0 && byteCount &- offset >= 8)
    // In bounds.
    unsafe storeBytes(of: value.bigEndian, toUncheckedByteOffset: offset, as: UInt64.self)
  }

  /// Copies all of `source` to `offset`.
  @inlinable @inline(__always)
  @_lifetime(self: copy self)
  public mutating func copy(_ source: RawSpan, to offset: Int) {
    precondition(offset >= 0 && byteCount &- offset >= source.byteCount)
    // Both regions were just shown to hold `source.byteCount` octets; the spans keep their memory alive, and
    // exclusive access to `self` means that they do not overlap.
    unsafe withUnsafeMutableBytes { target in
      unsafe source.withUnsafeBytes { octets in
        guard octets.count > 0 else { return }
        // Both hold octets, so they have addresses.
        let start = unsafe target.baseAddress.unsafelyUnwrapped + offset
        unsafe start.copyMemory(from: octets.baseAddress.unsafelyUnwrapped, byteCount: octets.count)
      }
    }
  }
}

extension Span where Element: FixedWidthInteger & BitwiseCopyable {
  /// The octets as a raw span.
  @inlinable
  public var octets: RawSpan {
    @_lifetime(copy self)
    get {
      // Integers have no padding: every octet is initialised.
      unsafe bytes
    }
  }
}
