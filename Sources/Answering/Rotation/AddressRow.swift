// Which addresses of a pool an answer holds: the row of its run, decided before anything is written.

import DNS

/// The addresses of one answer, which lie in one piece.
struct AddressRow {
  /// The offset of the first record, in octets.
  var offset: Int
  /// Of all records, in octets.
  var length: Int
  /// Of each record, in octets.
  var recordLength: Int
  var recordCount: UInt16
  /// The hand-out slot of its addresses; 0 for none.
  var slot: UInt32

  @inline(__always)
  init(_ run: AddressRuns.Run, recordLength: UInt8, at offset: Int, slot: UInt32) {
    self.offset = offset
    self.slot = slot
    length = Int(run.answerLength)
    self.recordLength = Int(recordLength)
    recordCount = run.answerCount
  }
}

extension AnswerSnapshot {
  /// The next row of a run in which all that matters is whose turn it is.
  @inline(__always)
  func nextRow(of run: AddressRuns.Run, for set: RecordSet) -> AddressRow {
    let row = table.counters.next(set.counter, below: UInt32(run.rowCount))
    return AddressRow(
      run, recordLength: set.recordLength, at: run.offset &+ Int(row) &* Int(run.stride),
      slot: run.slot)
  }

  /// The row of a run for this asker: its site decides on the table, and its network or the table's turn on the row.
  @inline(__always)
  func row(of run: AddressRuns.Run, for set: RecordSet, asking query: inout QueryContext) -> AddressRow {
    let asker = query.asker
    let site = run.marks.contains(.bySite) ? table.networks.site(of: asker) : (number: 0, scope: 0)
    let rows =
      run.marks.isDisjoint(with: .byAsker)
      ? AddressRuns.Table(offset: UInt32(run.offset), rowCount: run.rowCount, firstSlot: run.slot)
      : runs.tables[run.firstTable &+ site.number]
    var scope = site.scope
    let row: Int
    if run.marks.contains(.hashed) {
      let group = asker.group
      scope = max(scope, group.scope)
      row = Int(group.number % UInt64(rows.rowCount))
    } else {
      // Each site has a counter of its own: otherwise two that ask by turns would always meet the same rows.
      let counter = set.counter.advanced(by: RotationCounters.index(ofSite: site.number))
      row = Int(table.counters.next(counter, below: UInt32(rows.rowCount)))
    }
    if asker.isClientSubnet { query.subnetScope = max(query.subnetScope, UInt8(clamping: scope)) }
    return AddressRow(
      run, recordLength: set.recordLength, at: Int(rows.offset) &+ row &* Int(run.stride),
      slot: run.marks.contains(.slotsByRow) ? runs.rowSlots[Int(rows.firstSlot) &+ row] : run.slot)
  }
}
