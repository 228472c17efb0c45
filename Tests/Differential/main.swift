// Asks several servers of the same zones the same generated questions, and tells in what their answers differ.
//
// `differential COUNT SEED PORT ZONEFILE… NAME=ADDRESS…`: the servers all listen on PORT; the first is compared with each
// of the others. Exit status 1 when there are differences that docs/differences.md does not justify. scripts/differential
// starts the servers.

import DNS
import Linux
import ZoneFile

/// One query in so many is asked over TCP as well.
let tcpShare = 10
let patience = Duration.seconds(2)

struct Peer {
  let name: String
  let endpoint: SocketEndpoint
}

/// The owner names of the zones as labels.
func owners(in files: [String]) -> [[String]] {
  let result = readConfiguration(files: files) { path throws(LoadFailure) in
    do throws(FileFailure) {
      return try readFile(path, limit: 1 << 20)
    } catch {
      throw LoadFailure(reason: error.description)
    }
  }
  let zones = result.configuration?.zones ?? []
  let names = Set(zones.flatMap { zone in [zone.apex] + zone.records.map(\.owner) })
  return names.sorted { $0.description < $1.description }
    .map { name in name.labels.map { String(decoding: $0, as: UTF8.self) } }
}

/// The reply with this ID, or nil when none comes in time.
func receive(from client: borrowing UDPClient, _ identifier: UInt16) -> [UInt8]? {
  // Late replies to earlier queries are passed over.
  for _ in 0..<100 {
    guard let octets = try? client.receive() else { return nil }
    if octets.count >= 2, octets[0] == UInt8(identifier >> 8), octets[1] == UInt8(identifier & 0xFF) { return octets }
  }
  return nil
}

func askByUDP(_ query: [UInt8], _ identifier: UInt16, _ peers: [Peer]) -> [Received] {
  peers.map { peer in
    guard let client = try? UDPClient(to: peer.endpoint, timeout: patience), (try? client.send(query)) != nil else {
      return .silence
    }
    return Received(receive(from: client, identifier))
  }
}

func askByTCP(_ query: [UInt8], _ peers: [Peer]) -> [Received] {
  peers.map { peer in
    guard let client = try? ClientConnection(to: peer.endpoint, timeout: patience),
      (try? client.send([UInt8(query.count >> 8), UInt8(query.count & 0xFF)] + query)) != nil
    else { return .silence }
    var octets: [UInt8] = []
    while octets.count < 2 || octets.count < 2 + Int(octets[0]) << 8 | Int(octets[1]) {
      guard let more = try? client.receive(), !more.isEmpty else { return .silence }
      octets += more
    }
    return Received(Array(octets.dropFirst(2)))
  }
}

/// Differences of one kind: how many, and the first few queries that show them.
struct Group {
  var count = 0
  var examples: [String] = []
}

struct Report {
  private var justified: [String: Group] = [:]
  private var unexplained: [String: Group] = [:]
  private(set) var compared = 0

  var isClean: Bool { unexplained.isEmpty }

  mutating func compare(_ query: GeneratedQuery, _ transport: String, _ peers: [Peer], _ replies: [Received]) {
    for (peer, reply) in zip(peers, replies).dropFirst() {
      compared += 1
      let aspects = differences(replies[0], reply)
      guard !aspects.isEmpty else { continue }
      let example = "\(transport) \(query.text)"
      if let reason = justification(of: aspects, query, peer.name, replies[0], reply) {
        Report.note(example, in: &justified["\(reason) (\(peer.name))", default: Group()])
      } else {
        let kind = aspects.map(\.rawValue).joined(separator: ", ")
        Report.note(example, in: &unexplained["\(peer.name): \(kind)", default: Group()])
      }
    }
  }

  private static func note(_ example: String, in group: inout Group) {
    group.count += 1
    if group.examples.count < 4 { group.examples.append(example) }
  }

  func show() {
    for (reason, group) in justified.sorted(by: { $0.key < $1.key }) {
      print("justified    \(group.count)\t\(reason)")
    }
    for (kind, group) in unexplained.sorted(by: { $0.value.count > $1.value.count }) {
      print("UNEXPLAINED  \(group.count)\t\(kind)")
      for example in group.examples { print("             \(example)") }
    }
  }
}

var arguments = CommandLine.arguments.dropFirst()
let count = arguments.popFirst().flatMap(Int.init) ?? 0
let seed = arguments.popFirst().flatMap(UInt64.init) ?? 1
let port = arguments.popFirst().flatMap(UInt16.init) ?? 53
let files = arguments.filter { !$0.contains("=") }
let peers = arguments.filter { $0.contains("=") }.compactMap { argument -> Peer? in
  let parts = argument.split(separator: "=")
  return parts.count == 2
    ? IPAddress(parts[1]).map { Peer(name: String(parts[0]), endpoint: SocketEndpoint($0, port: port)) } : nil
}
let names = owners(in: Array(files))
guard count > 0, peers.count > 1, !names.isEmpty else {
  print("usage: differential COUNT SEED PORT ZONEFILE... NAME=ADDRESS NAME=ADDRESS...")
  exit(2)
}

var maker = QueryMaker(seed: seed, owners: names)
var report = Report()
for number in 1...count {
  let query = maker.next()
  let identifier = UInt16(truncatingIfNeeded: number)
  let octets = query.octets(identifier)
  report.compare(query, "udp", peers, askByUDP(octets, identifier, peers))
  if number % tcpShare == 0 { report.compare(query, "tcp", peers, askByTCP(octets, peers)) }
}
print("\(count) queries, seed \(seed), \(report.compared) replies compared")
report.show()
exit(report.isClean ? 0 : 1)
