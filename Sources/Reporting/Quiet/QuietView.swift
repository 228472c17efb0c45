// From the ledger to what people read of it: one node in reports, several in the reply to `rondo quiet`.

internal import Health
internal import Model
package import Policy
internal import ZoneFile

extension DaemonView {
  /// What the ledger says of a node at this moment. Goes through all who were answered lately: in the background only.
  package func quietReport(on node: String) -> QuietReport {
    quietReport(on: node, askedLastBy: handOuts?.holders(ofNode: node, limit: 0, at: clock.monotonic)?.last?.name)
  }

  /// The same for several nodes, at hardly more cost than for one.
  package func quietReports(on nodes: some Collection<String>) -> [String: QuietReport] {
    let askers = nodes.isEmpty ? [:] : handOuts?.lastAskers(ofNodes: Array(nodes)) ?? [:]
    return Dictionary(nodes.map { ($0, quietReport(on: $0, askedLastBy: askers[$0])) }) { first, _ in first }
  }

  private func quietReport(on node: String, askedLastBy asker: String?) -> QuietReport {
    guard let handOuts, let quiet = handOuts.quiet(ofNode: node, at: clock.monotonic) else {
      return QuietReport(.unknown)
    }
    var report = QuietReport(quiet, at: clock)
    report.lastAsker = asker
    return report
  }

  /// The reply to `quiet`; all nodes are in the configuration.
  package func quietReply(on nodes: [String]) -> QuietReply {
    let words = TimeWords(now: clock.civil, localTime: facts.localTime)
    let found = nodes.map { name in
      let index = configuration.nodes.firstIndex { $0.name == name }
      return (name: name, adminState: index.flatMap { plan.adminStates[$0] }, report: quietReport(on: name))
    }
    let lines = found.map { node in
      "\(node.name): \(node.adminState.map { "\(words.sentence($0)); " } ?? "")\(words.sentence(node.report))"
    }
    let holders = found.compactMap { node in
      holderTable(of: node.name, node.report, words).map { found.count == 1 ? $0 : "\(node.name):\n\($0)" }
    }
    return QuietReply(
      found.map { ($0.report, $0.adminState?.kind.isOut ?? false) }, text: lines.joined(separator: "\n"),
      holders: holders.joined(separator: "\n\n"))
  }

  /// A table of those who may still have an address of a node that is handed out no more; nil if there is nobody.
  private func holderTable(of node: String, _ report: QuietReport, _ words: TimeWords) -> String? {
    guard [.settling, .held, .waiting].contains(report.state),
      let holders = handOuts?.holders(ofNode: node, limit: QuietReply.mostHolders, at: clock.monotonic),
      holders.count > 0
    else { return nil }
    var table = TextTable(["HOLDER", "LAST ASKED", "COPY EXPIRES", "FROM"])
    for holder in holders.first {
      // Times are rounded up to the second, and nobody has asked in the future.
      let asked = min(clock.civil(holder.lastAsked), clock.civil)
      table.rows.append([
        holder.name, words.localTime.exact(asked, now: clock.civil),
        words.localTime.exact(clock.civil(holder.expires), now: clock.civil), holder.source.words,
      ])
    }
    let rest = holders.count - holders.first.count
    let more =
      switch (rest > 0, holders.mayBeMore) {
      case (true, _): "\n… and \(rest) more"
      case (false, true): "\n… and perhaps more"
      case (false, false): ""
      }
    return table.lines.joined(separator: "\n") + more
  }
}

extension HandOutView {
  /// What was found of some nodes, each with the asker that was answered last.
  package func quietReports(
    on found: [(node: String, quiet: NodeQuiet)], at clock: DaemonView.ClockPair
  ) -> [(node: String, report: QuietReport)] {
    let askers = lastAskers(ofNodes: found.map(\.node))
    return found.map { node, quiet in
      var report = QuietReport(quiet, at: clock)
      report.lastAsker = askers[node]
      return (node, report)
    }
  }
}

extension HandOutLedger.Source {
  fileprivate var words: String {
    switch self {
    case .pool(let name): "pool \(name)"
    case .records: "static records"
    case .hints: "address hints"
    }
  }
}
