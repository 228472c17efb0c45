// What ROTATE answers at this moment: one run of address records per (pool, family, TTL).
//
// Health republishes the runs at every change; the zone table stays. All names that use a pool share its runs, so
// a change costs O(pools), however many names there are.

package import DNS
internal import Model

/// The addresses to hand out for each rotation key of a table, ready to be copied into replies.
///
/// A run is a number of rows, each one answer in one piece. Where every address is first in its turn, the rows overlap:
///
///      A B C A B      rows A B C, B C A, C A B begin one record apart
///
/// and where weights or another order decide, they lie one after the other:
///
///      A B  A B  B A  A B
package struct AddressRuns: Sendable {
  /// One run, or a family of them among which the asker decides.
  struct Run: Sendable {
    private var offsetOrTable: UInt32 = 0
    /// How many rows take turns, at least 1.
    var rowCount: UInt16 = 1
    /// From the start of a row to the start of the next, in octets.
    var stride: UInt16 = 0
    /// How many records a row holds, and its length in octets.
    var answerCount: UInt16 = 0
    var answerLength: UInt8 = 0
    var marks: Marks = []
    /// The hand-out slot of all its rows, or with `slotsByRow` where those of its rows begin in `rowSlots`.
    var slot: UInt32 = 0

    /// The offset of the first row in `octets`, unless the asker decides.
    @inline(__always)
    var offset: Int {
      get { Int(offsetOrTable) }
      set { offsetOrTable = UInt32(newValue) }
    }

    /// The first of the run's tables in `tables`, if the asker decides.
    @inline(__always)
    var firstTable: Int {
      get { Int(offsetOrTable) }
      set { offsetOrTable = UInt32(newValue) }
    }

    /// There is more to do than to copy the next row.
    @inline(__always)
    var isUncommon: Bool { marks.rawValue & Marks.uncommon.rawValue != 0 }
  }

  struct Marks: OptionSet, Sendable {
    var rawValue: UInt8

    /// There is a table for each site.
    static let bySite = Marks(rawValue: 1)
    /// The asker's network decides which row it is.
    static let hashed = Marks(rawValue: 2)
    static let byAsker: Marks = [.bySite, .hashed]
    /// No record: the answer is NODATA, or SERVFAIL.
    static let noData = Marks(rawValue: 4)
    static let serverFailure = Marks(rawValue: 8)
    /// Too few are healthy, and these are handed out all the same.
    static let failOpen = Marks(rawValue: 16)
    /// Rows differ in members, and each has a hand-out slot of its own.
    static let slotsByRow = Marks(rawValue: 32)
    static let uncommon: Marks = [.bySite, .hashed, .noData, .serverFailure, .failOpen, .slotsByRow]
  }

  /// The rows for askers of one site, or of none.
  struct Table: Sendable {
    /// Of the first row, in `octets`.
    var offset: UInt32
    var rowCount: UInt16
    /// Where the slots of its rows begin in `rowSlots`; only of a run with `slotsByRow`.
    var firstSlot: UInt32 = 0
  }

  /// All addresses of a run, once each and in the order of the pool: what a zone transfer sends.
  struct Listing: Sendable {
    /// Of the first record, in `octets`.
    var offset: UInt32
    var count: UInt16
  }

  private(set) var runs: [Run] = []
  private(set) var tables: [Table] = []
  private(set) var listings: [Listing] = []
  private(set) var octets: [UInt8] = []
  /// The hand-out slots of rows that differ in members.
  private(set) var rowSlots: [UInt32] = []
  /// The hand-out slots of the table's address sets, in the order of `ZoneTable.handOuts`; empty where nobody keeps the
  /// ledger.
  package var fixedSlots: [UInt32] = []

  /// Gives the slots of the ledger in which a worker notes that it has answered the rows of a run: one for each row, or one
  /// for all where `contents` has no rows. `contents` takes time for a run of many rows, and is there for an answer that was
  /// not asked about before.
  package typealias SlotSource = (
    _ run: Int, _ key: RotationKey, _ answer: RotationAnswer, _ contents: () -> RunContents
  ) -> [UInt32]

  /// Lays out the runs for `keys`, in their order.
  ///
  /// - Parameter slots: nil where nobody keeps the ledger.
  package init(for keys: [RotationKey], slots: SlotSource? = nil, answer: (RotationKey) -> RotationAnswer) {
    runs.reserveCapacity(keys.count)
    listings.reserveCapacity(keys.count)
    for key in keys {
      let answer = answer(key)
      append(answer, family: key.family)
      if let slots, !answer.addresses.isEmpty {
        give(slots(runs.count - 1, key, answer) { RunContents(of: answer) }, toRunOf: answer)
      }
    }
    assert(checkInvariants())
  }

  /// Lays out the runs of pools whose addresses take turns, under the TTL of their records.
  ///
  /// - Parameter addresses: the addresses to answer for a key, all of the key's family.
  package init(for keys: [RotationKey], addresses: (RotationKey) -> [IPAddress]) {
    self.init(for: keys) { RotationAnswer(addresses($0), ttl: $0.ttl) }
  }

  private mutating func append(_ answer: RotationAnswer, family: AddressFamily) {
    assert(answer.addresses.allSatisfy { $0.family == family })
    var run = Run()
    listings.append(Listing(offset: UInt32(octets.count), count: UInt16(clamping: answer.addresses.count)))
    guard !answer.addresses.isEmpty else {
      run.marks = answer.whenEmpty == .noData ? .noData : .serverFailure
      return runs.append(run)
    }
    let length = Int(RecordLayout.length(of: family))
    let width = answer.width
    switch answer.orders {
    case .turns:
      run.offset = octets.count
      run.rowCount = UInt16(clamping: answer.addresses.count)
      run.stride = UInt16(length)
      for address in answer.addresses + answer.addresses.prefix(width - 1) { append(address, answer.ttl) }
    case .rows(let rows):
      for address in answer.addresses { append(address, answer.ttl) }
      let table = append(rows, of: answer)
      (run.offset, run.rowCount) = (Int(table.offset), table.rowCount)
      if rows.pick == .asker {
        (run.firstTable, run.marks) = (tables.count, .hashed)
        tables.append(table)
      }
    case .bySite(let sites):
      for address in answer.addresses { append(address, answer.ttl) }
      run.firstTable = tables.count
      run.marks = sites.first?.pick == .asker ? [.bySite, .hashed] : .bySite
      // Many sites may have the same rows; these are laid out once.
      var known: [[UInt16]: Table] = [:]
      for rows in sites {
        precondition(rows.width == width && rows.pick == sites.first?.pick)
        let table = known[rows.indices] ?? append(rows, of: answer)
        known[rows.indices] = table
        tables.append(table)
      }
    }
    if run.stride == 0 { run.stride = UInt16(width * length) }
    run.answerCount = UInt16(width)
    run.answerLength = UInt8(width * length)
    if answer.isFailOpen { run.marks.insert(.failOpen) }
    runs.append(run)
  }

  private mutating func append(_ address: IPAddress, _ ttl: UInt32) {
    RecordLayout.append(type: address.family.recordType, ttl: ttl, data: address.octets, to: &octets)
  }

  private mutating func append(_ rows: AnswerRows, of answer: RotationAnswer) -> Table {
    let table = Table(offset: UInt32(octets.count), rowCount: UInt16(clamping: rows.count))
    for index in rows.indices { append(answer.addresses[Int(index)], answer.ttl) }
    return table
  }

  // MARK: Hand-out slots

  /// Gives the run laid out last its slot, or each of its rows one if they differ in members.
  private mutating func give(_ slots: [UInt32], toRunOf answer: RotationAnswer) {
    let number = runs.count - 1
    guard slots.count > 1 else {
      runs[number].slot = slots.first ?? HandOutNote.noSlot
      return
    }
    let first = UInt32(rowSlots.count)
    runs[number].marks.insert(.slotsByRow)
    runs[number].slot = first
    rowSlots += slots
    guard !runs[number].marks.isDisjoint(with: .byAsker) else { return }
    let table = runs[number].firstTable
    switch answer.orders {
    case .turns: break
    case .rows: tables[table].firstSlot = first
    case .bySite(let sites):
      var next = first
      for (site, rows) in sites.enumerated() {
        tables[table + site].firstSlot = next
        next += UInt32(rows.count)
      }
    }
  }
}
