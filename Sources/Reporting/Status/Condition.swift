// What needs the attention of an operator, one finding at a time.
//
// Every part of the daemon that knows of something adds a condition to the report; the status word, the exit status, the
// page, the metrics, the JSON and the log are all made from this list and therefore agree.

/// Something that an operator has to know, about one subject.
package struct Condition: Hashable, Sendable {
  /// What kind of finding it is; its raw value is the stable word that programs see.
  ///
  /// Within one severity the earlier case leads in the headline. A new kind needs a line here, a line in `severity` where
  /// it is no warning, and a line in docs/status.md.
  package enum Kind: String, Sendable, CaseIterable {
    // Unknown.
    /// The first verdicts are still out.
    case starting

    // Critical.
    /// Too few nodes of a pool pass in some family.
    case serviceLost = "service-lost"
    /// This host is cut off in a family: no failure would be noticed.
    case isolated
    /// A certificate is no longer valid: clients refuse it.
    case certificateExpired = "certificate-expired"

    // Warnings.
    /// One node, or in one family none, is left of several.
    case redundancyLost = "redundancy-lost"
    /// Answers are given although some checks have had no result yet.
    case checksMissing = "checks-missing"
    /// An address from the command line is not (yet) one of this host's.
    case listenerMissing = "listener-missing"
    /// A check has had no result for three intervals.
    case resultsMissing = "results-missing"
    /// A check that only warns fails.
    case checkWarning = "check-warning"
    /// A certificate expires soon.
    case certificateExpiring = "certificate-expiring"
    /// A certificate does not cover names that it should.
    case certificateNames = "certificate-names"
    /// The last reload was refused: what is served is not what is in the files.
    case reloadRefused = "reload-refused"
    /// A reload has been reading the files for over a minute.
    case reloadSlow = "reload-slow"
    /// An operator has forced a node: no check decides.
    case nodeForced = "node-forced"
    /// A drain is past its end and its checks do not pass; or it has no end and lasts longer than a patch day.
    case drainOverdue = "drain-overdue"
    /// The time of a planned window has come, but a pool needs its node.
    case windowHeldBack = "window-held-back"
    /// A node has said for as long that it is in maintenance.
    case maintenanceOverdue = "maintenance-overdue"
    /// A secondary does not answer to notices.
    case secondaryUnreachable = "secondary-unreachable"
    /// A secondary answers to notices with an error, or without the right signature.
    case secondaryRefuses = "secondary-refuses"
    /// The state on disk is behind what is known.
    case stateLag = "state-lag"
    /// A file of the state could not be used at the start, and got another name.
    case stateSetAside = "state-set-aside"
    /// There was more to know of hand-outs than the ledger has room for.
    case ledgerFull = "ledger-full"
    /// Lines of the log were lost because nobody read them.
    case logLost = "log-lost"

    // Notes: known and intended.
    /// An operator has drained a node.
    case drained
    /// A node says itself that it is in maintenance.
    case maintenance

    package var severity: Severity {
      switch self {
      case .starting: .unknown
      case .serviceLost, .isolated, .certificateExpired: .critical
      case .drained, .maintenance: .ok
      default: .warning
      }
    }

    /// The status word while it leads.
    package var word: StatusWord {
      switch self {
      case .starting: .starting
      case .serviceLost: .serviceLost
      case .isolated: .isolated
      case .redundancyLost: .redundancyLost
      default: StatusWord(severity)
      }
    }

    /// Whether its subject is a pool, which monitoring systems show as a service of its own.
    package var isOfPool: Bool { noun == "pool" }

    /// Of what there are `1 more` in the headline; nil where it is clear from the first.
    fileprivate var noun: String? {
      switch self {
      case .serviceLost, .redundancyLost: "pool"
      default: nil
      }
    }
  }

  package let kind: Kind
  /// What it is about: the name of a pool or node, `owa of ex1 at 192.0.2.11`, an address; empty for the daemon as a whole.
  /// No two conditions of a kind have the same subject.
  package let subject: String
  /// What is the matter, understandable without the rest of the report; no full stop.
  package let text: String

  package init(_ kind: Kind, _ subject: String = "", _ text: String) {
    self.kind = kind
    self.subject = subject
    self.text = text
  }

  package var severity: Severity { kind.severity }
}

/// All conditions of one report, the worst first, and what they come to.
package struct Attention: Sendable {
  package let conditions: [Condition]
  /// What is said when nothing needs attention: `2 pools, 2 nodes, no check fails`.
  private let calm: String

  /// - Parameter conditions: those of one kind in the order in which they are to be shown.
  package init(_ conditions: [Condition], calm: String) {
    let ranks = Dictionary(uniqueKeysWithValues: zip(Condition.Kind.allCases, 0...))
    // Stable by the position, for Swift's sort promises none.
    let order = conditions.indices.sorted { one, other in
      let (a, b) = (conditions[one], conditions[other])
      if a.severity != b.severity { return a.severity > b.severity }
      return (ranks[a.kind] ?? 0, one) < (ranks[b.kind] ?? 0, other)
    }
    self.conditions = order.map { conditions[$0] }
    self.calm = calm
  }

  package var severity: Severity { conditions.first?.severity ?? .ok }

  package var word: StatusWord { conditions.first?.kind.word ?? .ok }

  /// What the word is due to, in one line: the first condition of each kind, and how many more there are.
  package var headline: String {
    var parts = severity == .ok ? [calm] : []
    var start = conditions.startIndex
    while start < conditions.endIndex {
      let kind = conditions[start].kind
      let end = conditions[start...].firstIndex { $0.kind != kind } ?? conditions.endIndex
      parts.append(conditions[start].text + more(end - start - 1, kind))
      start = end
    }
    return parts.joined(separator: "; ")
  }

  private func more(_ count: Int, _ kind: Condition.Kind) -> String {
    guard count > 0 else { return "" }
    return kind.noun.map { "; and \(counted(count, "more \($0)"))" } ?? " and \(count) more"
  }

  /// Those that somebody has to do something about, without the notes.
  package var findings: ArraySlice<Condition> { conditions.prefix { $0.severity > .ok } }

  /// What is left without the findings about single pools.
  package var withoutPools: Attention { Attention(conditions.filter { !$0.kind.isOfPool }, calm: calm) }

  package func count(_ kind: Condition.Kind) -> Int { conditions.count { $0.kind == kind } }
}
