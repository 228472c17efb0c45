// Which address sets of the zones hand out a node, whatever health says: the ledger has to know of these too.
//
//   old.kreis.example A 192.0.2.11, and 192.0.2.11 is ex1's ─▶ a number, 1 and on ─▶ a slot of the ledger when it is published

internal import DNS
internal import Model

/// Numbers what address sets hand out of nodes, while a table is compiled.
struct HandOutNumbers {
  /// So many are kept apart. All further sets share the last one, which says of every node's address that it is handed out.
  static let most = 4_096

  private let addresses: Set<IPAddress>
  /// Whether the last number stands for every node's address by now.
  private var isFull = false
  /// The same as numbers, by which most records are seen to be nobody's.
  private let known: Set<ClientAddress>
  private var numbers: [FixedHandOut: UInt32] = [:]

  init(of nodes: [Node]) {
    addresses = Set(nodes.flatMap(\.addresses))
    known = Set(addresses.map { ClientAddress($0) })
  }

  /// The number of what this set of addresses hands out; 0 if none of it is a node's.
  mutating func number(of set: CompiledSet, ttl: UInt32, in handOuts: inout [FixedHandOut]) -> UInt32 {
    guard !known.isEmpty else { return 0 }
    let length = Int(set.recordLength)
    var found: [IPAddress] = []
    for start in stride(from: 0, to: set.octets.count, by: length) {
      let data = set.octets[start + RecordLayout.fixedLength..<start + length]
      guard known.contains(HandOutNumbers.address(data)), let address = IPAddress(octets: Array(data)),
        addresses.contains(address)
      else { continue }
      found.append(address)
    }
    guard !found.isEmpty else { return 0 }
    let handOut = FixedHandOut(HandOutNumbers.sorted(Set(found)), ttl: ttl)
    if let number = numbers[handOut] { return number }
    guard handOuts.count < HandOutNumbers.most else {
      widenLast(of: &handOuts, ttl: ttl)
      return UInt32(handOuts.count)
    }
    handOuts.append(handOut)
    numbers[handOut] = UInt32(handOuts.count)
    return UInt32(handOuts.count)
  }

  /// Has the last one stand for one more set.
  private mutating func widenLast(of handOuts: inout [FixedHandOut], ttl: UInt32) {
    let last = handOuts.count - 1
    if !isFull { handOuts[last].addresses = HandOutNumbers.sorted(addresses) }
    isFull = true
    handOuts[last].ttl = max(ttl, handOuts[last].ttl)
  }

  private static func sorted(_ addresses: Set<IPAddress>) -> [IPAddress] {
    addresses.sorted { $0.octets.lexicographicallyPrecedes($1.octets) }
  }

  private static func address(_ data: ArraySlice<UInt8>) -> ClientAddress {
    func number(_ octets: ArraySlice<UInt8>) -> UInt64 { octets.reduce(0) { $0 << 8 | UInt64($1) } }
    return data.count == 4
      ? ClientAddress(ipv4: UInt32(truncatingIfNeeded: number(data)))
      : ClientAddress(ipv6High: number(data.prefix(8)), low: number(data.suffix(8)))
  }
}
