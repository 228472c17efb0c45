// What `rondo may-drain` answers: yes or no, and a line for each reason. It changes nothing.
//
// The moment is that of the question; the text is made in the background, because it looks through all records of all
// zones for addresses that a drain does not take out of answers.

internal import DNS
internal import Health
internal import Model
package import Policy
internal import ZoneFile

package struct DrainAdvice {
  /// Whether nothing speaks against it.
  package private(set) var mayDrain = true
  private var reasons: [String] = []
  private var remarks: [String] = []
  private let view: DaemonView
  private let words: TimeWords

  /// So many static records are named.
  private static let mostRecords = 8

  package init(_ request: AdminStateRequest, in view: DaemonView) {
    self.view = view
    words = TimeWords(now: view.clock.civil, localTime: view.facts.localTime)
    let numbers = Set(request.nodes.compactMap { view.plan.nodes.firstIndex(of: $0) })
    judgePools(numbers, from: request.options.from)
    judgeWindows(request, numbers)
    noteAdminStates(request.nodes)
    noteStaticRecords(numbers)
    let names = request.nodes.joined(separator: ", ")
    let when = request.options.from.map { "from \(words.time($0))" } ?? "now"
    var heading = "\(mayDrain ? "yes" : "no"): \(names) \(mayDrain ? "may" : "should not") be drained \(when)"
    switch request.options.end {
    case .at(let until): heading += words.end(until)
    case .never, .unchanged: heading += ", without an end"
    }
    if request.options.from != nil { heading += ", by today's health and the windows of that time" }
    lines = [heading + "."] + (mayDrain ? [] : reasons) + remarks
  }

  package private(set) var lines: [String] = []
  package var text: String { lines.map { String(decoding: terminalSafe($0), as: UTF8.self) }.joined(separator: "\n") }

  /// Whether a text is what a "no" looks like.
  package static func isAdvice(_ text: String) -> Bool { text.hasPrefix("no: ") }

  private mutating func object(_ reason: String) {
    mayDrain = false
    reasons.append("  \(reason)")
  }

  // MARK: Pools

  /// - Parameter from: when the drain is to begin, in seconds since 1970; nil for now.
  private mutating func judgePools(_ nodes: Set<Int>, from: Int64?) {
    let pools = plan(at: from).preflight(
      draining: nodes, by: view.monitor, view.histories, at: view.clock.monotonic)
    if pools.isEmpty { remarks.append("  no pool uses \(nodes.count == 1 ? "it" : "them")") }
    for pool in pools {
      let family = pool.family.displayName
      let doubts = pool.doubtful.map { "\($0.node) \(DrainAdvice.clause($0.doubt))" }
      let others = doubts.isEmpty ? "" : ": " + doubts.joined(separator: "; ")
      guard pool.isShort else {
        let names = pool.stable.isEmpty ? "" : " (\(pool.stable.joined(separator: " ")))"
        remarks.append(
          "  pool \(pool.pool) keeps \(counted(pool.stable.count, "stable node")) in \(family)\(names), and needs "
            + "\(pool.needed)\(others)")
        continue
      }
      object(
        "pool \(pool.pool) would have \(counted(pool.stable.count, "stable node")) in \(family), and needs "
          + "\(pool.needed)" + (pool.doubtful.isEmpty ? ": it has no other node to spare" : others))
    }
  }

  /// The plan without the admin states that are over by then: their nodes are judged by their checks.
  private mutating func plan(at time: Int64?) -> HealthPlan {
    var plan = view.plan
    guard let time else { return plan }
    for (node, standing) in plan.adminStates.sorted(by: { $0.key < $1.key }) {
      guard let until = standing.until, until <= time else { continue }
      plan.adminStates[node] = nil
      remarks.append("  \(plan.nodes[node]) is \(words.sentence(standing)): its checks decide then")
    }
    return plan
  }

  private static func clause(_ doubt: Doubt) -> String {
    switch doubt {
    case .out(let words): words
    case .unknown: "has no verdict yet"
    case .flaps(let times): "went out \(times) times of late"
    case .backFor(let seconds): "has been back for only \(spanText(seconds: seconds))"
    case .slowStart(let percent): "is in its slow start, at \(percent)%"
    case .failing(let words): "is up, but fails \(words)"
    case .stale(let check): "has no new results of \(check)"
    case .remembered(let check): "has no result of \(check) since the restart"
    case .isolated: "is up as last seen: this host is cut off"
    case .forcedUp: "is forced up, and its checks do not pass"
    }
  }

  // MARK: Windows

  private mutating func judgeWindows(_ request: AdminStateRequest, _ nodes: Set<Int>) {
    let now = view.clock.civil.seconds
    let calendar = view.facts.maintenance
    var until: Int64?
    if case .at(let time) = request.options.end { until = time }
    let from = request.options.from ?? now
    if let until {
      let fault =
        request.options.from == nil
        ? calendar.fault(lasting: now, until: until)
        : calendar.fault(planning: request.nodes, from: from, until: until, at: now)
      if let fault { object(words.sentence(fault)) }
    }
    let duties = view.plan.duties(of: nodes)
    for conflict in calendar.conflicts(of: request.nodes, from: from, until: until, at: now, duties: duties)
    where !conflict.others.isEmpty {
      object(words.sentence(conflict))
    }
  }

  // MARK: Remarks

  private mutating func noteAdminStates(_ nodes: [String]) {
    for node in nodes {
      if let standing = view.facts.maintenance[node] { remarks.append("  \(node) is \(words.sentence(standing))") }
      for window in view.facts.maintenance.windows(of: node) {
        remarks.append("  \(node) has a window \(words.sentence(window))")
      }
    }
  }

  /// A drain changes the answers of pools; an address that a zone names itself stays where it is.
  private mutating func noteStaticRecords(_ nodes: Set<Int>) {
    guard !view.configuration.hasForgottenRecords else {
      remarks.append("  static records were not looked at: of so many, Rondo keeps only the answers")
      return
    }
    let addresses = Set(nodes.flatMap { view.configuration.nodes[$0].addresses }.map(\.octets))
    var found: [String] = []
    var more = 0
    for zone in view.configuration.zones {
      for index in zone.records.indices where [.a, .aaaa].contains(zone.records.type(at: index)) {
        guard addresses.contains(Array(zone.records.octets(at: index))) else { continue }
        guard found.count < DrainAdvice.mostRecords else {
          more += 1
          continue
        }
        found.append(zone.records.ownerName(at: index).plain)
      }
    }
    guard !found.isEmpty else { return }
    remarks.append(
      "  a drain does not change the static address records of \(found.joined(separator: ", "))"
        + (more > 0 ? " and \(more) more" : ""))
  }
}
