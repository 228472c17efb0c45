// What must hold of every table: checked in debug builds when one was compiled, and by the property tests.
//
// A reply is made by following numbers from array to array; here each of them is followed once, so that a mistake of the
// compiler fails where it was made and not at some later query.

import DNS
import ZoneFile

extension ZoneTable {
  /// Traps where a number leads nowhere or to something of another kind; otherwise true, for `assert`.
  package func checkInvariants() -> Bool {
    precondition(serials.count == apexes.count)
    let known = owners.checkInvariants(setCount: sets.count, apexCount: apexes.count)
    for index in apexes.indices { check(ApexIndex(index), known) }
    for set in sets { check(set, known) }
    return true
  }

  private func check(_ index: ApexIndex, _ known: Set<UInt32>) {
    let apex = apexes[index]
    precondition(known.contains(apex.owner.rawValue))
    let owner = owners[apex.owner]
    precondition(owner.apex == index && owner.nameLength == apex.nameLength && owner.setCount > 0)
    // Transfers and negative answers rely on these two.
    for set in [sets[SetIndex(owner.firstSet)], sets[SetIndex(apex.negative)]] {
      precondition(set.storage == .startOfAuthority && set.apex == index)
    }
    if let parent = apex.parent { precondition(parent.index < apexes.count && parent != index) }
  }

  private func check(_ set: RecordSet, _ known: Set<UInt32>) {
    switch set.storage {
    case .published:
      precondition(set.run.index < rotations.count && counters.holds(set.counter))
      let family = rotations[set.run.index].family
      precondition(set.type == family.recordType && set.recordLength == UInt8(RecordLayout.length(of: family)))
    case .rotating, .rotatingNodes:
      if set.storage == .rotatingNodes { precondition((1...handOuts.count).contains(set.handOut)) }
      precondition(set.type == .a || set.type == .aaaa)
      precondition(set.recordCount > 0 && counters.holds(set.counter))
      precondition(UInt16(clamping: Int(set.recordCount) * Int(set.recordLength)) == set.length)
      precondition(set.offset + Int(set.length) <= octets.count)
    case .startOfAuthority:
      precondition(set.type == .soa && set.recordCount == 1 && set.innerPointerCount <= 1)
      precondition(set.apex.index < apexes.count && Int(set.length) > StartOfAuthority.serialFromEnd)
      checkPointers(of: set)
    case .fixed:
      checkPointers(of: set)
      precondition(set.firstAdditional + Int(set.additionalCount) <= additionals.count)
      for additional in additionals[set.firstAdditional...].prefix(Int(set.additionalCount)) {
        precondition(additional.nameOffset < set.length && known.contains(additional.owner.rawValue))
      }
    }
  }

  private func checkPointers(of set: RecordSet) {
    precondition(set.recordCount > 0 && set.offset + Int(set.length) <= octets.count)
    // A set that fits into no message has not all its pointers listed.
    guard set.length < .max else { return }
    let (inner, all) = (Int(set.innerPointerCount), Int(set.innerPointerCount) + Int(set.ownerPointerCount))
    precondition(set.firstPointer + all <= pointers.count)
    let records = octets[set.offset..<set.offset + Int(set.length)]
    for (number, offset) in pointers[set.firstPointer...].prefix(all).enumerated() {
      precondition(offset + 2 <= set.length)
      let start = records.startIndex + Int(offset)
      let pointer = UInt16(records[start]) << 8 | UInt16(records[start + 1])
      if number < inner {
        precondition(pointer & InnerPointer.mark != 0 && pointer & ~InnerPointer.mark < offset)
      } else {
        precondition(pointer == RecordLayout.ownerPointer)
      }
    }
  }
}

extension OwnerIndex {
  /// Traps unless each owner has one slot where it is found, or is one of those that no slot has.
  ///
  /// - Returns: all owners.
  fileprivate func checkInvariants(setCount: Int, apexCount: Int) -> Set<UInt32> {
    let all = identifiers
    let known = Set(all.map(\.rawValue))
    for identifier in all {
      let owner = self[identifier]
      precondition(owner.sets.upperBound <= setCount && owner.apex.index < apexCount)
      switch owner.link {
      case .none: break
      case .cut(let other), .wildcard(let other): precondition(known.contains(other.rawValue))
      }
    }
    checkSlots(of: all)
    return known
  }
}

extension AddressRuns {
  /// Traps where a run has rows beyond the octets; otherwise true, for `assert`.
  package func checkInvariants() -> Bool {
    precondition(listings.count == runs.count)
    for run in runs where run.answerCount > 0 {
      // How many tables a run has by asker only the sites say; the first is there.
      let rows =
        run.marks.isDisjoint(with: .byAsker)
        ? Table(offset: UInt32(run.offset), rowCount: run.rowCount) : tables[run.firstTable]
      let end = Int(rows.offset) + (Int(rows.rowCount) - 1) * Int(run.stride) + Int(run.answerLength)
      precondition(rows.rowCount > 0 && end <= octets.count)
    }
    for listing in listings { precondition(Int(listing.offset) <= octets.count) }
    return true
  }
}
