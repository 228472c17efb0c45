// The shares that clients behind caching resolvers get, as a table for people and as JSON.

internal import Health
package import Policy

extension Timeline.WeightShares {
  package var lines: [String] {
    var lines = [
      "", "Weights, as clients behind caching resolvers get them (simulated, all nodes",
      "healthy; in brackets the least and the most in any one TTL):", "",
    ]
    if answers > 1 {
      lines +=
        table(\.shares).lines + [
          "",
          "A resolver gives the \(answers) addresses of an answer in turn, each to as many",
          "clients. With answers=1 the weights hold on average; but all clients of one",
          "resolver go to one node until the TTL is over, and have no other to try:", "",
        ]
    }
    lines +=
      table(\.sharesOfOne).lines + [
        "", "For a migration with few resolvers: answers=1 and a TTL of 10 to 30 s, so that",
        "they ask often; or move whole names, one by one, which is exact.",
      ]
    return lines
  }

  private func table(_ shares: KeyPath<Member, [ResolverShares.Share]>) -> TextTable {
    let sum = members.map(\.weight).reduce(0, +)
    var table = TextTable(
      ["NODE", "WEIGHT"] + Timeline.WeightShares.resolvers.map { $0 == 1 ? "1 RESOLVER" : "\($0) RESOLVERS" })
    for member in members {
      table.rows.append(
        [member.node, percent(Double(member.weight) / Double(sum)) + " %"]
          + member[keyPath: shares].map { "\(percent($0.average)) % (\(percent($0.least))-\(percent($0.most)))" })
    }
    return table
  }

  private func percent(_ part: Double) -> String { "\(Int((part * 100).rounded()))" }

  package func writeMembers(to json: inout JSONWriter) {
    json.member("answers", answers)
    json.member("members") { json in
      json.array(members) { json, member in
        json.object { json in
          json.member("node", member.node)
          json.member("weight", member.weight)
          json.member("shares") { write(member.shares, to: &$0) }
          json.member("shares_with_one_answer") { write(member.sharesOfOne, to: &$0) }
        }
      }
    }
  }

  private func write(_ shares: [ResolverShares.Share], to json: inout JSONWriter) {
    json.array(Array(zip(Timeline.WeightShares.resolvers, shares))) { json, entry in
      json.object { json in
        json.member("resolvers", entry.0)
        json.member("average_percent", Int((entry.1.average * 100).rounded()))
        json.member("least_percent", Int((entry.1.least * 100).rounded()))
        json.member("most_percent", Int((entry.1.most * 100).rounded()))
      }
    }
  }
}
