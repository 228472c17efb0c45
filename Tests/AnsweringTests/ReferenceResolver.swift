// RFC 1034 §4.3.2 written to be read, not to be fast: what the answer path must agree with.
//
// Works on the configuration that the zone file gave, with dictionaries of names. Letter case is left to the golden
// packets: all text here is in lower case.

import DNS
import Model
import TestSupport
import ZoneFile

struct ReferenceResolver {
  /// What a reply must hold; records as sorted text.
  struct Answer: Equatable {
    var code = "NOERROR"
    var isAuthoritative = true
    var answers: [String] = []
    var authorities: [String] = []
    var additionals: [String] = []
    /// Those of `additionals` that must not be missing: glue below the cut.
    var mandatory: [String] = []
  }

  private typealias Sets = [String: [String]]

  /// A zone's names, those without records included.
  private struct Names {
    var sets: [DomainName: Sets] = [:]
    var targets: [DomainName: [String: [DomainName]]] = [:]
    var existing: Set<DomainName> = []
  }

  private let configuration: Configuration
  private var names: [Names] = []

  init(_ configuration: Configuration) {
    self.configuration = configuration
    names = configuration.zones.map { _ in Names() }
    for (zone, contents) in configuration.zones.enumerated() {
      add(contents.apex, soa(zone, ttl: contents.soa.ttl), "SOA", in: zone)
      for record in contents.records {
        let target = record.data.name(0)
        let text = "\(lower(record.owner)) \(record.ttl) IN \(record.type) \(dataText(record))"
        add(record.owner, text, "\(record.type)", target: target, in: zone)
      }
      for rotation in contents.rotations {
        for node in configuration.pools[rotation.pool].members {
          for address in configuration.nodes[node].addresses {
            let type = "\(address.family.recordType)"
            let text = "\(lower(rotation.owner)) \(rotation.ttl) IN \(type) \(text(of: address))"
            add(rotation.owner, text, type, in: zone)
          }
        }
      }
    }
    for zone in configuration.zones {
      // The names above an apex exist in the zone of ours above it.
      guard let above = zone.apex.parent, let parent = closestZone(to: above) else { continue }
      enter(above, in: parent)
    }
  }

  // MARK: The zones' contents

  private mutating func add(
    _ owner: DomainName, _ record: String, _ type: String, target: DomainName? = nil, in zone: Int
  ) {
    // What a zone says of names in a zone of ours below it is not heard.
    guard closestZone(to: owner) == zone else { return }
    names[zone].sets[owner, default: [:]][type, default: []].append(record)
    if let target { names[zone].targets[owner, default: [:]][type, default: []].append(target) }
    enter(owner, in: zone)
  }

  private mutating func enter(_ name: DomainName, in zone: Int) {
    var ancestor: DomainName? = name
    while let name = ancestor, name.isAtOrBelow(configuration.zones[zone].apex) {
      names[zone].existing.insert(name)
      ancestor = name.parent
    }
  }

  private func closestZone(to name: DomainName) -> Int? {
    configuration.zones.indices.filter { name.isAtOrBelow(configuration.zones[$0].apex) }
      .max { configuration.zones[$0].apex.labelCount < configuration.zones[$1].apex.labelCount }
  }

  /// The uppermost owner of an NS set below the apex, at or above `name`; an NS at a wildcard makes no cut.
  private func cut(above name: DomainName, in zone: Int) -> DomainName? {
    var ancestors: [DomainName] = []
    var ancestor = name
    while ancestor != configuration.zones[zone].apex, let parent = ancestor.parent {
      ancestors.append(ancestor)
      ancestor = parent
    }
    return ancestors.last { !$0.isWildcard && names[zone].sets[$0]?["NS"] != nil }
  }

  /// The uppermost owner of a DNAME at or below the apex and above `name`, which it then renames (RFC 6672 §3.2).
  private func renaming(above name: DomainName, in zone: Int) -> DomainName? {
    var found: DomainName?
    var ancestor = name
    while ancestor != configuration.zones[zone].apex, let parent = ancestor.parent {
      ancestor = parent
      if names[zone].sets[ancestor]?["DNAME"] != nil { found = ancestor }
    }
    return found
  }

  /// The name with `owner` at its end replaced by `target`; nil when that is too long.
  private func renamed(_ name: DomainName, from owner: DomainName, to target: DomainName) -> DomainName? {
    DomainName(labels: name.labels.dropLast(owner.labelCount).map(Array.init) + target.labels.map(Array.init))
  }

  private func soa(_ zone: Int, ttl: UInt32) -> String {
    let zone = configuration.zones[zone]
    let times = [zone.soa.serial, zone.soa.refresh, zone.soa.retry, zone.soa.expire, zone.soa.minimum]
    return "\(lower(zone.apex)) \(ttl) IN SOA \(lower(zone.soa.primary)) \(lower(zone.soa.contact)) "
      + times.map(String.init).joined(separator: " ")
  }

  private func negativeSOA(_ zone: Int) -> [String] {
    [soa(zone, ttl: min(configuration.zones[zone].soa.ttl, configuration.zones[zone].soa.minimum))]
  }

  private func lower(_ name: DomainName) -> String { name.description.lowercased() }

  private func text(of address: IPAddress) -> String {
    address.family == .ipv4
      ? address.octets.map(String.init).joined(separator: ".")
      : hexadecimal(address.octets[...], group: 2, separator: ":")
  }

  private func dataText(_ record: Record) -> String {
    let bytes = record.data.bytes
    let numbers = stride(from: 0, to: 6, by: 2).map {
      $0 + 1 < bytes.count ? Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) : 0
    }
    let name = record.data.name(0).map(lower) ?? ""
    switch "\(record.type)" {
    case "A", "AAAA": return IPAddress(octets: bytes).map(text) ?? ""
    case "MX": return "\(numbers[0]) \(name)"
    case "SRV": return "\(numbers[0]) \(numbers[1]) \(numbers[2]) \(name)"
    case "NS", "CNAME", "PTR", "DNAME": return name
    default: return "\\# \(bytes.count) " + hexadecimal(bytes[...])
    }
  }

  // MARK: RFC 1034 §4.3.2

  func answer(_ asked: DomainName, _ type: String) -> Answer {
    var answer = Answer()
    var name = asked
    var visited = [asked]
    while true {
      // Step 2: the zone nearest to the name.
      guard var zone = closestZone(to: name) else {
        if visited.count == 1 {
          answer.code = "REFUSED"
          answer.isAuthoritative = false
        }
        return answer
      }
      // RFC 4035 §3.1.4.1: DS stands in the zone above, if that is ours and does not rename the name instead.
      if type == "DS", name == configuration.zones[zone].apex, let above = name.parent,
        let parent = closestZone(to: above), cut(above: above, in: parent) == nil,
        renaming(above: name, in: parent) == nil
      {
        zone = parent
        answer.authorities = negativeSOA(zone)
        return answer
      }
      // RFC 6672 §3.2 step 3c: a DNAME on the way down renames the rest; nothing stands below it, a cut neither.
      if let owner = renaming(above: name, in: zone), cut(above: owner, in: zone) == nil,
        let record = names[zone].sets[owner]?["DNAME"]?.first, let target = names[zone].targets[owner]?["DNAME"]?.first
      {
        if !answer.answers.contains(record) { answer.answers.append(record) }
        guard let next = renamed(name, from: owner, to: target) else {
          answer.code = "YXDOMAIN"
          return answer
        }
        answer.answers.append("\(lower(name)) \(record.split(separator: " ")[1]) IN CNAME \(lower(next))")
        if visited.contains(next) || visited.count == 12 { return answer }
        visited.append(next)
        name = next
        continue
      }
      // Step 3b: down from the apex, a cut ends our authority; DS at the cut is still ours.
      if let cut = cut(above: name, in: zone) {
        if type == "DS", name == cut {
          answer.authorities = negativeSOA(zone)
          return answer
        }
        answer.isAuthoritative = visited.count > 1
        answer.authorities = names[zone].sets[cut]?["NS"] ?? []
        addAddresses(of: names[zone].targets[cut]?["NS"] ?? [], belowCut: cut, to: &answer)
        return answer
      }
      // Step 3c: where the name does not exist, the wildcard below its closest encloser speaks for it.
      var node = name
      if !names[zone].existing.contains(name) {
        var encloser = name
        while !names[zone].existing.contains(encloser), let parent = encloser.parent { encloser = parent }
        guard let wildcard = encloser.prepending([0x2A]), names[zone].existing.contains(wildcard) else {
          answer.code = "NXDOMAIN"
          answer.authorities = negativeSOA(zone)
          return answer
        }
        node = wildcard
      }
      // Step 3a: the name is there.
      let sets = (names[zone].sets[node] ?? [:]).mapValues { $0.map { synthesised($0, for: name) } }
      if let set = sets[type] {
        answer.answers += set
        if ["NS", "MX", "SRV"].contains(type) {
          addAddresses(of: names[zone].targets[node]?[type] ?? [], belowCut: nil, to: &answer)
        }
        return answer
      }
      if type == "ANY", !sets.isEmpty {
        answer.answers += sets.values.flatMap { $0 }
        return answer
      }
      guard let alias = sets["CNAME"], let target = names[zone].targets[node]?["CNAME"]?.first else {
        answer.authorities = negativeSOA(zone)
        return answer
      }
      answer.answers += alias
      if visited.contains(target) || visited.count == 12 { return answer }
      visited.append(target)
      name = target
    }
  }

  /// The record with another owner: wildcards answer in the name of the name asked for.
  private func synthesised(_ record: String, for name: DomainName) -> String {
    let rest = record.split(separator: " ", maxSplits: 1)[1]
    return "\(lower(name)) \(rest)"
  }

  /// Step 6. In a referral glue may lie below any cut; elsewhere only what is ours is added.
  private func addAddresses(of targets: [DomainName], belowCut referral: DomainName?, to answer: inout Answer) {
    for target in Set(targets) {
      guard let zone = closestZone(to: target) else { continue }
      let cut = cut(above: target, in: zone)
      guard referral != nil || cut == nil else { continue }
      let sets = names[zone].sets[target] ?? [:]
      let addresses = (sets["A"] ?? []) + (sets["AAAA"] ?? [])
      answer.additionals += addresses
      if let referral, cut == referral { answer.mandatory += addresses }
    }
  }
}
