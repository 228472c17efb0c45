// Who may still have the address of a node in a cache: the askers that were answered with it and whose copy has not expired.
//
//   tables of all workers ─(entries with a slot of the node)─▶ for each asker the copy that lasts longest ─▶ the latest first

package import DNS
package import Health

/// An asker, or its network, with the copy that lasts longest.
package struct AddressHolder: Hashable, Sendable {
  /// Its address, or the first of its network.
  package let client: ClientAddress
  /// How many bits of the address are kept; nil for all.
  package let prefixLength: Int?
  package let lastAsked: MonotonicTime
  package let expires: MonotonicTime
  /// What it was answered from.
  package let source: HandOutLedger.Source

  /// `10.1.3.53`, or `10.1.3.0/24`.
  package var name: String { IPAddress(client).description + (prefixLength.map { "/\($0)" } ?? "") }
}

/// All of them, or as many as are asked for.
package struct AddressHolders: Sendable {
  /// Those whose copy lasts longest, the latest first.
  package fileprivate(set) var first: [AddressHolder] = []
  /// How many there are.
  package fileprivate(set) var count = 0
  /// Who was answered last, whether its copy has expired or not.
  package fileprivate(set) var last: AddressHolder?
  /// Whether there may be more: some have been forgotten to make room for others. The quiet time does not depend on them.
  package fileprivate(set) var mayBeMore = false

  /// More are never listed.
  package static let most = 1_000
}

/// How much of the address of an asker is kept.
package struct AskerDetail: Hashable, Sendable {
  /// Nil for all bits.
  package let ipv4Prefix: Int?
  package let ipv6Prefix: Int?

  package static let addresses = AskerDetail(ipv4Prefix: nil, ipv6Prefix: nil)
  package static let networks = AskerDetail(ipv4Prefix: 24, ipv6Prefix: 56)
}

/// Goes through what workers remember of their askers: address, slot, and the second of the last answer.
package typealias AskerNotes = @Sendable (_ body: (ClientAddress, UInt32, UInt32) -> Void) -> Void

extension AddressHolders {
  init(
    of addresses: [IPAddress], in ledger: HandOutLedger, _ notes: AskerNotes, _ detail: AskerDetail, limit: Int,
    at now: MonotonicTime
  ) {
    let slots = ledger.slots(with: addresses)
    guard !slots.isEmpty else { return }
    mayBeMore = ledger.hasGivenUpSlots
    var longest: [ClientAddress: AddressHolder] = [:]
    var last: AddressHolder?
    notes { client, number, second in
      guard let slot = slots[number], slot.begun <= Int64(second) * 1_000 else { return }
      let holder = AddressHolder(
        client: client, prefixLength: client.isIPv6 ? detail.ipv6Prefix : detail.ipv4Prefix,
        lastAsked: HandOutLedger.time(Int64(second)), expires: HandOutLedger.time(Int64(second) + Int64(slot.ttl)),
        source: slot.source)
      if last.map({ $0.lastAsked < holder.lastAsked }) ?? true { last = holder }
      guard holder.expires > now, longest[client].map({ $0.expires < holder.expires }) ?? true else { return }
      longest[client] = holder
    }
    self.last = last
    count = longest.count
    first = Array(
      longest.values.sorted {
        ($1.expires, $0.client.high, $0.client.low) < ($0.expires, $1.client.high, $1.client.low)
      }.prefix(min(max(limit, 0), AddressHolders.most)))
  }
}

/// Who was answered last with an address of each of several nodes, found in one pass through what workers remember.
struct LastAskers {
  private struct Found {
    var client: ClientAddress
    var second: UInt32
  }

  private var found: [String: Found] = [:]
  private let detail: AskerDetail

  init(of nodes: [String: [IPAddress]], in ledger: HandOutLedger, _ notes: AskerNotes, _ detail: AskerDetail) {
    self.detail = detail
    let names = Array(nodes.keys)
    var slots: [UInt32: (begun: Int64, nodes: [Int])] = [:]
    for (index, name) in names.enumerated() {
      for (number, slot) in ledger.slots(with: nodes[name] ?? []) {
        slots[number, default: (slot.begun, [])].nodes.append(index)
      }
    }
    guard !slots.isEmpty else { return }
    var last = [Found?](repeating: nil, count: names.count)
    notes { client, number, second in
      guard let slot = slots[number], slot.begun <= Int64(second) * 1_000 else { return }
      for node in slot.nodes where last[node].map({ $0.second < second }) ?? true {
        last[node] = Found(client: client, second: second)
      }
    }
    for (index, name) in names.enumerated() { found[name] = last[index] }
  }

  /// By the name of the node: `10.1.3.53`, or `10.1.3.0/24`.
  var names: [String: String] { found.mapValues { detail.name(of: $0.client) } }
}

extension AskerDetail {
  fileprivate func name(of client: ClientAddress) -> String {
    let prefix = client.isIPv6 ? ipv6Prefix : ipv4Prefix
    return IPAddress(client).description + (prefix.map { "/\($0)" } ?? "")
  }
}

extension IPAddress {
  fileprivate init(_ client: ClientAddress) {
    func octets(_ word: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
    let octets = client.isIPv6 ? octets(client.high) + octets(client.low) : Array(octets(client.low).suffix(4))
    self = IPAddress(octets: octets) ?? IPAddress(ipv4: 0, 0, 0, 0)
  }
}
