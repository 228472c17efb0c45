// The differences that are meant. Each has a row in docs/differences.md with the same name and the reason.

/// A row of docs/differences.md.
struct Justification: Sendable {
  let name: String
  /// The peers that differ; empty for any.
  var peers: Set<String> = []
  /// In what a reply may differ for this reason.
  let aspects: Set<Aspect>
  let concerns: @Sendable (GeneratedQuery, ComparedReply?, ComparedReply?) -> Bool
}

private let everything = Set(Aspect.allCases).subtracting([.malformed])

/// Names of the zones that are aliases into the other zone.
private let crossing = ["tosub.kreis.example", "tosubwild.kreis.example", "back.sub.kreis.example"]

let justifications: [Justification] = [
  Justification(name: "other opcodes", aspects: everything) { query, _, _ in query.opcode != 0 },
  Justification(name: "other classes", aspects: everything) { query, _, _ in [3, 4].contains(query.recordClass) },
  Justification(name: "class ANY", aspects: [.code, .authoritative, .answer, .authority, .truncated]) { query, _, _ in
    query.recordClass == 255
  },
  Justification(name: "CD", peers: ["nsd", "knotd"], aspects: [.flags]) { query, one, other in
    query.flags & 0x10 != 0 && (one?.otherFlags ?? 0) ^ (other?.otherFlags ?? 0) == 0x10
  },
  Justification(name: "EDNS version", aspects: [.options, .question]) { query, _, _ in query.version != 0 },
  Justification(name: "ANY", aspects: [.answer, .authority, .additional, .truncated]) { query, _, _ in
    query.type == 255
  },
  Justification(name: "QTYPE 0", peers: ["knotd"], aspects: [.code, .authoritative, .answer, .authority]) {
    query, _, _ in query.type == 0
  },
  Justification(name: "QTYPE 128", peers: ["named"], aspects: [.code, .authoritative, .answer, .authority]) {
    query, _, _ in query.type == 128
  },
  Justification(name: "CNAME into another zone", peers: ["knotd", "named"], aspects: [.code, .answer, .authority]) {
    query, _, _ in crossing.contains(query.labels.joined(separator: ".").lowercased())
  },
  Justification(name: "RRSIG and NSEC at a CNAME", peers: ["knotd", "named"], aspects: [.code, .answer, .authority]) {
    query, one, _ in [46, 47].contains(query.type) && one?.answer.contains { $0.type == 5 } == true
  },
  Justification(name: "CNAME loop", peers: ["named"], aspects: [.code]) { query, _, _ in
    query.labels.first?.lowercased().hasPrefix("loop") == true
  },
  Justification(name: "TTL of SOA when SOA is not there", peers: ["named"], aspects: [.authority]) { query, one, _ in
    query.type == 6 && one?.answer.allSatisfy { $0.type == 5 } == true
  },
]

/// The names of the rows that together speak of all these differences; nil when one is left over.
func justification(
  of aspects: [Aspect], _ query: GeneratedQuery, _ peer: String, _ ours: Received, _ theirs: Received
) -> String? {
  let applicable = justifications.filter {
    ($0.peers.isEmpty || $0.peers.contains(peer)) && $0.concerns(query, ours.message, theirs.message)
      && !$0.aspects.isDisjoint(with: aspects)
  }
  let explained = applicable.reduce(into: Set<Aspect>()) { $0.formUnion($1.aspects) }
  return explained.isSuperset(of: aspects) ? applicable.map(\.name).joined(separator: " and ") : nil
}

extension Received {
  fileprivate var message: ComparedReply? { if case .reply(let reply) = self { reply } else { nil } }
}
