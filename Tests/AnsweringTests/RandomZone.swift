// Zone files of a few names made of a few letters, so that wildcards, cuts, aliases and empty names meet one another.

import TestSupport

enum RandomZone {
  static let labels = ["a", "b", "c", "*"]

  static func name(_ random: inout SeededGenerator, below apex: String, depth: ClosedRange<Int>) -> String {
    (0..<Int.random(in: depth, using: &random)).reduce(apex) { name, _ in
      "\(labels.randomElement(using: &random) ?? "a").\(name)"
    }
  }

  /// The text of one to three zones, one below the other; it may break a rule, and is then refused by the reader.
  static func text(_ random: inout SeededGenerator) -> String {
    var text = """
      $TTL 1h
      $NODE ex1 192.0.2.101 2001:db8::101
      $NODE ex2 192.0.2.102
      $NODE ex3 192.0.2.103
      $POOL two ex1 ex2 check=none
      $POOL one ex3 check=none

      """
    let apexes = ["z.", "b.z.", "a.c.z.", "c.b.z.", "y."].filter { _ in random.chance(0.5) }
    // What each name has, over all zones: a CNAME must be alone at its name, ROTATE and addresses exclude one another.
    var kinds: [String: Set<String>] = [:]
    for apex in apexes.isEmpty ? ["z."] : apexes {
      text += "$ORIGIN \(apex)\n@ \(Int.random(in: 30...90, using: &random)) SOA ns.o. h.o. 1 1h 15m 1w 1m\n"
      text += "@ NS ns1.o.\n@ NS ns2.o.\n"
      for _ in 0..<Int.random(in: 0...20, using: &random) {
        let owner = name(&random, below: apex, depth: random.chance(0.1) ? 0...0 : 1...3)
        if let record = record(&random, at: owner, isApex: owner == apex, &kinds) { text += "\(owner) \(record)\n" }
      }
    }
    return text
  }

  private static func record(
    _ random: inout SeededGenerator, at owner: String, isApex: Bool, _ kinds: inout [String: Set<String>]
  ) -> String? {
    let number = Int.random(in: 1...99, using: &random)
    let choices = [
      "A", "A", "AAAA", "TXT", "CNAME", "CNAME", "CNAME", "CNAME", "NS", "NS", "MX", "SRV", "ROTATE", "DNAME", "DNAME",
    ]
    let kind = choices.randomElement(using: &random) ?? "A"
    let known = kinds[owner] ?? []
    let clashes =
      known.contains("CNAME") || (kind == "CNAME" && (!known.isEmpty || isApex))
      || (kind == "ROTATE" && !known.isDisjoint(with: ["A", "AAAA", "ROTATE"]))
      || (known.contains("ROTATE") && ["A", "AAAA"].contains(kind))
      // One DNAME at most, no cut beside it, and nothing below.
      || (kind == "DNAME"
        && (!known.isDisjoint(with: ["DNAME", "NS"]) || kinds.keys.contains { $0.hasSuffix(".\(owner)") }))
      || (kind == "NS" && known.contains("DNAME"))
      || kinds.contains { owner.hasSuffix(".\($0.key)") && $0.value.contains("DNAME") }
    guard !clashes else { return nil }
    kinds[owner] = known.union([kind])
    let outside = random.chance(0.1) ? "www.o." : nil
    let target =
      outside ?? name(&random, below: ["z.", "z.", "b.z.", "y."].randomElement(using: &random) ?? "z.", depth: 1...2)
    switch kind {
    case "A": return "A 192.0.2.\(number)"
    case "AAAA": return "AAAA 2001:db8::\(number)"
    case "TXT": return "TXT \"text \(number)\""
    case "CNAME": return "CNAME \(target)"
    case "DNAME": return "DNAME \(target)"
    case "MX": return "MX \(number) \(target)"
    case "SRV": return "SRV 0 \(number) 443 \(target)"
    case "ROTATE": return "60 ROTATE \(random.chance(0.5) ? "one" : "two")"
    default:
      // Name servers below the cut bring their glue along.
      guard random.chance(0.6), !isApex else { return "NS ns\(number).o." }
      let server = "ns\(number).\(random.chance(0.5) ? "a." : "")\(owner)"
      return "NS \(server)\n\(server) A 192.0.2.\(number)"
    }
  }
}
