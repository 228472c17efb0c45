// What ROTATE answers at this moment: one run of address records per (pool, family, TTL).
//
// Health republishes the runs at every change; the zone table stays. All names that use a pool share its runs, so
// a change costs O(pools), however many names there are.

package import DNS
package import ZoneFile

/// The addresses to hand out for each rotation key of a table, ready to be copied into replies.
package struct AddressRuns: Sendable {
  /// One run: records of equal length, held twice over, so that rotation by *n* is one copy from the *n*th on.
  struct Run: Sendable {
    /// Offset into `octets`.
    var place: UInt32
    /// How many addresses take turns.
    var recordCount: UInt16
    /// How many of them one answer carries, and its length in octets.
    var answerCount: UInt16
    var answerLength: UInt32
  }

  /// A reply carries no more of a pool than this; rotation lets every address have its turn.
  static let mostInOneAnswer = 8

  private(set) var runs: [Run] = []
  private(set) var octets: [UInt8] = []

  /// Lays out the runs for `keys`, in their order.
  ///
  /// - Parameter addresses: the addresses to answer for a key. At least one, all of the key's family.
  package init(for keys: [RotationKey], addresses: (RotationKey) -> [IPAddress]) {
    for key in keys {
      let chosen = addresses(key)
      let answerCount = min(chosen.count, AddressRuns.mostInOneAnswer)
      runs.append(
        Run(
          place: UInt32(octets.count), recordCount: UInt16(clamping: chosen.count), answerCount: UInt16(answerCount),
          answerLength: UInt32(answerCount) * UInt32(RecordLayout.length(of: key.family))))
      for address in chosen + chosen {
        assert(address.family == key.family)
        RecordLayout.append(
          type: key.family.recordType, ttl: key.ttl, data: address.octets, to: &octets)
      }
    }
  }
}

/// How a record is laid out when its owner is the name at offset 12 (RFC 1035 §4.1.3):
///
///     0xC00C | TYPE | CLASS IN | TTL (32 bits) | RDLENGTH | RDATA
enum RecordLayout {
  /// All but RDATA, in octets.
  static let fixedLength = 12
  /// An address record in octets.
  static func length(of family: AddressFamily) -> UInt16 { UInt16(fixedLength) + (family == .ipv4 ? 4 : 16) }

  /// A compression pointer to offset 12 (RFC 1035 §4.1.4).
  static let ownerPointer: UInt16 = 0xC00C

  static func append(type: RecordType, ttl: UInt32, data: [UInt8], to octets: inout [UInt8]) {
    for value in [
      ownerPointer, type.rawValue, RecordClass.internet, UInt16(ttl >> 16), UInt16(ttl & 0xFFFF),
      UInt16(clamping: data.count),
    ] {
      octets.append(UInt8(value >> 8))
      octets.append(UInt8(value & 0xFF))
    }
    octets += data
  }
}

/// All that answering needs at one moment: the table, the runs that belong to it, and the settings. Immutable.
package final class AnswerSnapshot: Sendable {
  package let table: ZoneTable
  package let runs: AddressRuns
  package let settings: AnswerSettings
  /// What the table was compiled from, for transfers; in the order of its apexes, or empty.
  package let zones: [Zone]

  package init(
    table: ZoneTable, runs: AddressRuns, settings: AnswerSettings = AnswerSettings(), zones: [Zone] = []
  ) {
    precondition(runs.runs.count == table.rotations.count)
    self.table = table
    self.runs = runs
    self.settings = settings
    self.zones = zones
  }
}
