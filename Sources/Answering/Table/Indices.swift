// The numbers by which the flat arrays of a table refer to one another, each kind a type of its own.
//
// They are 32 bits in memory, so that a hundred thousand sets stay small, and cost nothing over plain numbers: what
// they keep apart is decided by the compiler.

/// Names an owner: while the table is compiled by its number, in the finished table by the offset of its first word in
/// `OwnerIndex`.
struct OwnerID: Equatable, Sendable, BitwiseCopyable {
  let rawValue: UInt32

  @inline(__always)
  init(_ rawValue: UInt32) { self.rawValue = rawValue }

  @inline(__always)
  init(_ rawValue: Int) { self.rawValue = UInt32(truncatingIfNeeded: rawValue) }

  @inline(__always)
  var index: Int { Int(rawValue) }
}

/// A set in `ZoneTable.sets`.
struct SetIndex: Equatable, Sendable, BitwiseCopyable {
  let index: Int

  @inline(__always)
  init(_ index: Int) { self.index = index }

  @inline(__always)
  init(_ index: UInt32) { self.index = Int(index) }
}

/// A zone in `ZoneTable.apexes` and `ZoneTable.serials`.
struct ApexIndex: Equatable, Sendable, BitwiseCopyable {
  let rawValue: UInt32

  @inline(__always)
  init(_ rawValue: UInt32) { self.rawValue = rawValue }

  @inline(__always)
  init(_ index: Int) { rawValue = UInt32(truncatingIfNeeded: index) }

  @inline(__always)
  var index: Int { Int(rawValue) }
}

/// A run in `AddressRuns.runs`, for the rotation of the same number in `ZoneTable.rotations`.
struct RunIndex: Equatable, Sendable, BitwiseCopyable {
  let rawValue: UInt32

  @inline(__always)
  init(_ rawValue: UInt32) { self.rawValue = rawValue }

  @inline(__always)
  var index: Int { Int(rawValue) }
}

/// A counter in `ZoneTable.counters`.
struct CounterIndex: Equatable, Sendable, BitwiseCopyable {
  let rawValue: UInt32

  @inline(__always)
  init(_ rawValue: UInt32) { self.rawValue = rawValue }

  /// The counter so many after this one.
  @inline(__always)
  func advanced(by distance: UInt32) -> CounterIndex { CounterIndex(rawValue &+ distance) }
}

extension [RecordSet] {
  @inline(__always)
  subscript(set: SetIndex) -> RecordSet { self[set.index] }
}

extension [Apex] {
  @inline(__always)
  subscript(apex: ApexIndex) -> Apex {
    get { self[apex.index] }
    set { self[apex.index] = newValue }
  }
}

extension [AddressRuns.Run] {
  @inline(__always)
  subscript(run: RunIndex) -> AddressRuns.Run { self[run.index] }
}
