// Orders the records of each zone by owner: duplicates are set aside, and each RRset is brought to one TTL.

import DNS

extension ZoneContents {
  /// - Returns: the contents of each zone, by the index of the zone.
  static func collect(from zones: inout ZoneDrafts, _ log: DiagnosticLog) -> [ZoneContents] {
    var contents: [ZoneContents] = []
    for index in zones.list.indices { contents.append(collect(from: &zones.list[index], log)) }
    for (index, zone) in zones.list.enumerated() {
      guard let apex = zone.apex, zones.zone(at: apex) == index, let above = apex.parent,
        let parent = zones.closestZone(to: above)
      else { continue }
      contents[parent].cuts.insert(apex)
      contents[parent].servedChildren.insert(apex)
    }
    return contents
  }

  /// Orders the records of a zone by owner.
  private static func collect(from zone: inout ZoneDraft, _ log: DiagnosticLog) -> ZoneContents {
    let drafts = zone.records
    let records = drafts.list
    var contents = ZoneContents(of: records)
    guard let apex = zone.apex else { return contents }
    for position in records.indices {
      switch contents.add(at: position, of: records, apex: apex) {
      case .fine: break
      case .duplicate(let first):
        zone.records.markDuplicate(at: position)
        log.report(.warning) { .duplicate(drafts[position], of: drafts[first], log) }
      case .differingTTL(let first):
        log.report(.warning) { .differingTTL(drafts[position], from: drafts[first], log) }
      case .tooLong(let first):
        log.report(.error) { .tooLong(drafts[position], from: drafts[first], log) }
      case .secondAlias(let first):
        log.report(.error) { .secondAlias(drafts[position], after: drafts[first], log) }
      }
    }
    for (position, rotation) in zone.rotations.enumerated() {
      guard let first = contents.add(rotation, at: position) else { continue }
      log.report(.error) {
        Problem(
          at: rotation.typeRange, "\"\(rotation.owner)\" has a second ROTATE",
          why: "the first is at \(log.position(of: zone.rotations[first].typeRange))",
          fix: "keep one, with a pool that holds all the nodes")
      }
    }
    if contents.hasDifferingTTLs {
      for position in records.indices {
        guard let ttl = contents.unifiedTTL(at: position, of: records) else { continue }
        zone.records.setTTL(ttl, at: position)
      }
    }
    return contents
  }
}

extension Problem {
  fileprivate static func tooLong(_ record: RecordDraft, from first: RecordDraft, _ log: DiagnosticLog) -> Problem {
    Problem(
      at: record.typeRange, "the \(record.type) records of \"\(record.owner)\" fit into no answer",
      why:
        "from \(log.position(of: first.typeRange)) to here they are more than 65,535 octets, the longest message (RFC 1035 §4.2.2)",
      fix: "leave some out, or divide them among several names")
  }

  fileprivate static func secondAlias(_ record: RecordDraft, after first: RecordDraft, _ log: DiagnosticLog) -> Problem
  {
    Problem(
      at: record.typeRange, "\"\(record.owner)\" has a second \(record.type)",
      why: "the first is at \(log.position(of: first.typeRange)), and a name can stand for one other name only",
      fix: "remove one of them")
  }

  fileprivate static func duplicate(_ record: RecordDraft, of first: RecordDraft, _ log: DiagnosticLog) -> Problem {
    Problem(
      .warning, at: record.typeRange, "this \(record.type) record is in the zone already",
      why: "it is the same as the one at \(log.position(of: first.typeRange)), and left out", fix: "remove it")
  }

  fileprivate static func differingTTL(_ record: RecordDraft, from first: RecordDraft, _ log: DiagnosticLog) -> Problem
  {
    Problem(
      .warning, at: record.typeRange, "the \(record.type) records of \"\(record.owner)\" have different TTLs",
      why:
        "\(record.ttl) here and \(first.ttl) at \(log.position(of: first.typeRange)); the lowest is used for all (RFC 2181 §5.2)",
      fix: "give them the same TTL")
  }
}
