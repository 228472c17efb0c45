// Octets between a stream socket and the code that reads or writes messages.
//
//   0            start           end            capacity
//   ├─ consumed ─┼── contents ───┼──── room ────┤
//
// `room` is filled by a read or an encoder, then `fill` moves `end`; `contents` is parsed or written to a socket, then
// `consume` moves `start`.
//
// What is called for each message is inlined into the caller (@inlinable), as with `DatagramBatch`.

/// A fixed amount of memory used as a queue of octets; it never grows.
@safe @usableFromInline
package struct StreamBuffer: ~Copyable {
  @usableFromInline package let capacity: Int
  @usableFromInline var start = 0
  @usableFromInline var end = 0
  // `capacity` octets, initialised; 0 ≤ start ≤ end ≤ capacity. That is the proof of each `unsafe` below.
  @usableFromInline let memory: UnsafeMutableRawPointer

  package init(capacity: Int) {
    self.capacity = max(capacity, 1)
    unsafe memory = .allocate(byteCount: self.capacity, alignment: 64)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: self.capacity)
  }

  deinit { unsafe memory.deallocate() }

  /// How many octets wait to be consumed.
  @inlinable @inline(__always)
  package var count: Int { end - start }
  @inlinable @inline(__always)
  package var isEmpty: Bool { start == end }
  /// How many octets fit after the contents as they lie.
  @inlinable @inline(__always)
  package var roomCount: Int { capacity - end }

  /// The octets that wait to be consumed.
  @inlinable
  package var contents: RawSpan {
    @inline(__always) @_lifetime(borrow self)
    get {
      // See `memory`; the view lives no longer than the access to `self`.
      let contents = unsafe RawSpan(_unsafeStart: memory + start, byteCount: end - start)
      return unsafe _overrideLifetime(contents, borrowing: self)
    }
  }

  /// The free octets after the contents; `makeRoom` first to have them all.
  @inlinable @inline(__always) @_lifetime(&self)
  package mutating func room() -> MutableRawSpan {
    // See `memory`; the view lives no longer than the access to `self`.
    let room = unsafe MutableRawSpan(_unsafeStart: memory + end, byteCount: capacity - end)
    return unsafe _overrideLifetime(room, mutating: &self)
  }

  /// Moves the contents to the front.
  package mutating func makeRoom() {
    guard start > 0 else { return }
    // Both ranges are inside the memory, and copyMemory allows them to overlap.
    unsafe memory.copyMemory(from: memory + start, byteCount: end - start)
    end -= start
    start = 0
  }

  /// Adds the first `octets` of the room to the contents.
  @inlinable @inline(__always)
  package mutating func fill(_ octets: Int) {
    precondition(octets >= 0 && octets <= capacity - end)
    end += octets
  }

  /// Drops the first `octets` of the contents.
  @inlinable @inline(__always)
  package mutating func consume(_ octets: Int) {
    precondition(octets >= 0 && octets <= end - start)
    start += octets
    if start == end {
      start = 0
      end = 0
    }
  }
}

// The only owner of its memory.
extension StreamBuffer: @unchecked Sendable {}
