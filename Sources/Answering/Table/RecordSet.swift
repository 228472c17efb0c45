// An RRset in the table: which octets or which rotation its records are, and what is to be done when they are copied.

import DNS

/// One RRset of one owner.
///
/// Its records are stored as though their owner name began at offset 12 of the message, where QNAME is; `ReplyWriter`
/// rewrites the pointers where it is elsewhere.
struct RecordSet: Sendable {
  enum Storage: UInt8, Sendable {
    /// Records that are not addresses, in `ZoneTable.octets`.
    case fixed
    /// The SOA of a zone, in `ZoneTable.octets` but for its serial, which is in `ZoneTable.serials`.
    case startOfAuthority
    /// Addresses in the zone, in `ZoneTable.octets`; consecutive answers begin with the next one each.
    case rotating
    /// The same where some of them are nodes'.
    case rotatingNodes
    /// The addresses of a run, which health publishes.
    case published
  }

  let type: RecordType
  let storage: Storage
  /// The length of each record in octets if the set is of addresses, otherwise zero.
  let recordLength: UInt8
  let recordCount: UInt16
  /// All records together, in octets; zero for a published set. A set that is longer than this can say fits nowhere.
  let length: UInt16
  let innerPointerCount: UInt16
  /// How many names in the set have addresses that are worth adding.
  var additionalCount: UInt16 = 0
  private let offsetOrRun: UInt32
  /// Addresses of the zone have neither, but a number in the ledger.
  private let firstAdditionalOrApex: UInt32
  /// A set has either pointers or a counter, and a hundred thousand of them are to be small.
  private let firstPointerOrCounter: UInt32

  /// The offset of the records in `ZoneTable.octets`; not of a published set.
  @inline(__always)
  var offset: Int {
    assert(storage != .published)
    return Int(offsetOrRun)
  }

  /// The run of a published set.
  @inline(__always)
  var run: RunIndex {
    assert(storage == .published)
    return RunIndex(offsetOrRun)
  }

  /// The first of the set's names with addresses, in `ZoneTable.additionals`; not of a SOA.
  @inline(__always)
  var firstAdditional: Int {
    assert(storage == .fixed)
    return Int(firstAdditionalOrApex)
  }

  /// Which of `ZoneTable.handOuts` a set with nodes' addresses is, from 1.
  @inline(__always)
  var handOut: Int {
    assert(storage == .rotatingNodes)
    return Int(firstAdditionalOrApex)
  }

  /// The zone of a SOA.
  @inline(__always)
  var apex: ApexIndex {
    assert(storage == .startOfAuthority)
    return ApexIndex(firstAdditionalOrApex)
  }

  /// The first of the set's pointers in `ZoneTable.pointers`, each the offset of one from the start of the set: the inner
  /// ones, then the owner pointers (see `CompiledSet`). Not of a set of addresses.
  @inline(__always)
  var firstPointer: Int {
    assert(storage == .fixed || storage == .startOfAuthority)
    return Int(firstPointerOrCounter)
  }

  var ownerPointerCount: UInt16 { recordCount }

  /// The counter of a set of addresses. With `prefer=site` the first of `RotationCounters.count(forSites:)`.
  @inline(__always)
  var counter: CounterIndex {
    assert(storage == .rotating || storage == .rotatingNodes || storage == .published)
    return CounterIndex(firstPointerOrCounter)
  }

  /// Addresses in the zone, which take turns.
  ///
  /// - Parameter handOut: 0 if none of them is a node's.
  init(
    rotating type: RecordType, recordLength: UInt8, recordCount: UInt16, offset: UInt32, length: UInt16,
    counter: CounterIndex, handOut: UInt32
  ) {
    self.type = type
    storage = handOut == 0 ? .rotating : .rotatingNodes
    self.recordLength = recordLength
    self.recordCount = recordCount
    self.length = length
    innerPointerCount = 0
    offsetOrRun = offset
    firstAdditionalOrApex = handOut
    firstPointerOrCounter = counter.rawValue
  }

  /// Addresses that health publishes.
  init(published type: RecordType, recordLength: UInt8, run: RunIndex, counter: CounterIndex) {
    self.type = type
    storage = .published
    self.recordLength = recordLength
    recordCount = 0
    length = 0
    innerPointerCount = 0
    offsetOrRun = run.rawValue
    firstAdditionalOrApex = 0
    firstPointerOrCounter = counter.rawValue
  }

  /// Records that are not addresses.
  init(
    fixed type: RecordType, recordCount: UInt16, offset: UInt32, length: UInt16, firstPointer: UInt32,
    innerPointerCount: UInt16, firstAdditional: UInt32
  ) {
    self.type = type
    storage = .fixed
    recordLength = 0
    self.recordCount = recordCount
    self.length = length
    self.innerPointerCount = innerPointerCount
    offsetOrRun = offset
    firstAdditionalOrApex = firstAdditional
    firstPointerOrCounter = firstPointer
  }

  /// The SOA of a zone.
  init(
    startOfAuthorityOf apex: ApexIndex, offset: UInt32, length: UInt16, firstPointer: UInt32, innerPointerCount: UInt16
  ) {
    type = .soa
    storage = .startOfAuthority
    recordLength = 0
    recordCount = 1
    self.length = length
    self.innerPointerCount = innerPointerCount
    offsetOrRun = offset
    firstAdditionalOrApex = apex.rawValue
    firstPointerOrCounter = firstPointer
  }
}
