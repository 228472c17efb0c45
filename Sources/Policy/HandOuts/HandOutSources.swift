// Where a configuration hands out the addresses of nodes: its pools under their TTLs, its own A and AAAA records, and the
// address hints of its SVCB and HTTPS records.
//
// Found by whoever reads a configuration, once; the ledger then knows the longest TTL of each address, and whom to name.

package import Answering
package import DNS
internal import Model
package import ZoneFile

/// A record of the zone config files that has a node's address, whatever health says.
package struct StaticRecord: Hashable, Sendable {
  package var owner: DomainName
  package var type: RecordType
  /// In seconds.
  package var ttl: UInt32
  /// `mail.zone:12`
  package var place: String
}

/// What the ledger has to know of a configuration. Immutable.
package struct HandOutSources: Sendable {
  /// Static records that have one address: the first few of them, and how many there are.
  package struct Records: Sendable {
    package fileprivate(set) var first: [StaticRecord] = []
    package fileprivate(set) var count = 0

    fileprivate static let most = 8

    fileprivate mutating func add(_ record: @autoclosure () -> StaticRecord) {
      count += 1
      if first.count < Records.most { first.append(record()) }
    }
  }

  /// For each address of a node the longest TTL under which it may be answered, in seconds; 0 if it never is.
  package private(set) var longestTTLs: [IPAddress: UInt32] = [:]
  /// For each address the static records that have it.
  package private(set) var records: [IPAddress: Records] = [:]
  /// The addresses in hints of SVCB and HTTPS records. Nobody notes when these are answered: they count as handed out for
  /// as long as they are there.
  package private(set) var hints: [FixedHandOut] = []
  private var knownHints: Set<FixedHandOut> = []
  /// The addresses of the last of them, once it stands for others.
  private var restOfHints: Set<IPAddress> = []
  /// A zone as secondaries fetch it.
  package struct Zone: Sendable {
    package let apex: DomainName
    /// In seconds.
    package let expire: UInt32
    /// The pools whose addresses it has, each with the longest TTL.
    package fileprivate(set) var pools: [Int: UInt32] = [:]
    /// The addresses of nodes in its own records, likewise.
    package fileprivate(set) var records: [IPAddress: UInt32] = [:]
    /// All addresses that it can have.
    package fileprivate(set) var known: [IPAddress: UInt32] = [:]
  }

  /// None where no zone may be transferred.
  package private(set) var zones: [Zone] = []
  /// The addresses of each node, by its name.
  package let nodes: [String: [IPAddress]]
  /// The names of pools, by their index.
  package let pools: [String]

  /// - Parameters:
  ///   - configuration: with all its records.
  ///   - isTransferable: whether zones may be transferred at all.
  package init(_ configuration: Configuration, _ table: ZoneTable, isTransferable: Bool = true) {
    pools = configuration.pools.map(\.name)
    nodes = Dictionary(configuration.nodes.map { ($0.name, $0.addresses) }) { first, _ in first }
    for node in configuration.nodes {
      for address in node.addresses { longestTTLs[address] = 0 }
    }
    for key in table.rotations {
      for node in configuration.pools[key.pool].allNodes {
        for address in configuration.nodes[node].addresses where address.family == key.family {
          note(address, ttl: key.ttl)
        }
      }
    }
    for handOut in table.handOuts {
      for address in handOut.addresses { note(address, ttl: handOut.ttl) }
    }
    for zone in configuration.zones {
      var handedOver = Zone(apex: zone.apex, expire: zone.soa.expire)
      addRecords(of: zone, to: &handedOver)
      guard isTransferable else { continue }
      for rotation in zone.rotations {
        handedOver.pools[rotation.pool] = max(handedOver.pools[rotation.pool] ?? 0, rotation.ttl)
      }
      handedOver.known = handedOver.records
      for (pool, ttl) in handedOver.pools {
        for address in configuration.pools[pool].allNodes.flatMap({ configuration.nodes[$0].addresses }) {
          handedOver.known[address] = max(handedOver.known[address] ?? 0, ttl)
        }
      }
      zones.append(handedOver)
    }
    // Nobody adds to them any more.
    (knownHints, restOfHints) = ([], [])
  }

  private mutating func note(_ address: IPAddress, ttl: UInt32) {
    longestTTLs[address] = max(longestTTLs[address] ?? 0, ttl)
  }

  private mutating func addRecords(of zone: ZoneFile.Zone, to handedOver: inout Zone) {
    let records = zone.records
    func noteTransfer(_ address: IPAddress, _ index: Int) {
      handedOver.records[address] = max(handedOver.records[address] ?? 0, records.ttl(at: index))
    }
    for index in records.indices {
      switch records.type(at: index) {
      case .a, .aaaa:
        guard let address = IPAddress(octets: Array(records.octets(at: index))), longestTTLs[address] != nil else {
          continue
        }
        add(address, records, index)
        noteTransfer(address, index)
      case .svcb, .https:
        let hinted = records.data(at: index).addressHints.filter { longestTTLs[$0] != nil }
        guard !hinted.isEmpty else { continue }
        let ttl = records.ttl(at: index)
        addHint(FixedHandOut(hinted, ttl: ttl))
        for address in hinted {
          note(address, ttl: ttl)
          noteTransfer(address, index)
          add(address, records, index)
        }
      default: continue
      }
    }
  }

  /// Of more different ones the last stands for all the rest.
  private static let mostHints = 1_024

  private mutating func addHint(_ hint: FixedHandOut) {
    guard !knownHints.contains(hint) else { return }
    guard hints.count == HandOutSources.mostHints else {
      knownHints.insert(hint)
      return hints.append(hint)
    }
    let last = hints.count - 1
    if restOfHints.isEmpty { restOfHints = Set(hints[last].addresses) }
    hints[last].ttl = max(hints[last].ttl, hint.ttl)
    for address in hint.addresses where restOfHints.insert(address).inserted { hints[last].addresses.append(address) }
  }

  private mutating func add(_ address: IPAddress, _ list: RecordList, _ index: Int) {
    records[address, default: Records()].add(StaticRecord(list[index]))
  }
}

extension StaticRecord {
  fileprivate init(_ record: Record) {
    owner = record.owner
    type = record.type
    ttl = record.ttl
    place = "\(record.location.file):\(record.location.line)"
  }
}

extension RecordData {
  /// The addresses in `ipv4hint` and `ipv6hint` of SVCB data (RFC 9460 §7.3).
  fileprivate var addressHints: [IPAddress] {
    guard let target = names.first, let name = name(0) else { return [] }
    var hints: [IPAddress] = []
    var rest = bytes[(target.offset + name.wire.count)...]
    while rest.count >= 4 {
      let start = rest.startIndex
      let key = UInt16(rest[start]) << 8 | UInt16(rest[start + 1])
      let length = Int(rest[start + 2]) << 8 | Int(rest[start + 3])
      let value = rest.dropFirst(4).prefix(length)
      rest = rest.dropFirst(4 + length)
      let size = key == 4 ? 4 : key == 6 ? 16 : 0
      guard size > 0 else { continue }
      for at in stride(from: value.startIndex, to: value.endIndex - size + 1, by: size) {
        if let address = IPAddress(octets: Array(value[at..<at + size])) { hints.append(address) }
      }
    }
    return hints
  }
}
