// A mail service at two or three sites, in virtual time: nodes that fail in every way, cut sites, a host cut off.
//
// What happens is drawn from the seed: each node's faults, and what befalls a whole site or this host's own network.

import DNS
import Model
import TestSupport

@testable import Health

/// What a node does to probes for a while.
enum NodeFault: Hashable, CaseIterable {
  case none
  case refusing
  case silent
  case unreachable
  /// Accepts, but only after the timeout.
  case tooSlow
  /// Accepts in time, but only after half of it.
  case slow
  /// Well and refusing in turn, twenty seconds each.
  case flapping
  /// Every third probe is lost.
  case lossy

  /// Every probe fails.
  var isSteady: Bool {
    switch self {
    case .none, .slow, .flapping, .lossy: false
    case .refusing, .silent, .unreachable, .tooSlow: true
    }
  }
}

struct ServiceWorld {
  struct WorldNode {
    let site: Int
    var fault = NodeFault.none
    /// Since when all its probes fail or, without a fault, succeed; a cut counts as a fault.
    var since = MonotonicTime.at(.zero)
    /// Since when it has been without a fault of its own; without meaning while it has one.
    var healed = MonotonicTime.at(.zero)
    var next: MonotonicTime
  }

  struct Arrival {
    let at: MonotonicTime
    let probe: ProbeID
    let outcome: ProbeOutcome
  }

  private(set) var nodes: [WorldNode]
  let siteCount: Int
  private(set) var cutSite: Int?
  private(set) var isHostCut = false
  private(set) var hostCutSince = MonotonicTime.at(.zero)
  /// When the last cut, of this host or of a site, ended.
  private(set) var cutEnded = MonotonicTime.at(.zero)
  private var nextCut: MonotonicTime
  var isStarved = false
  private(set) var arrivals: [Arrival] = []
  /// Nodes that crashed in the last step: a held connection to them broke.
  private(set) var crashed: [Int] = []

  init(nodes count: Int, sites: Int, using random: inout SeededGenerator) {
    siteCount = sites
    nodes = (0..<count).map { number in
      WorldNode(site: number % sites, next: .at(.seconds(Int.random(in: 60...7_200, using: &random))))
    }
    nextCut = .at(.seconds(Int.random(in: 3_600...40_000, using: &random)))
  }

  var nextArrival: MonotonicTime? { arrivals.first?.at }
  var nextChange: MonotonicTime { nodes.reduce(nextCut) { min($0, $1.next) } }

  func isCut(_ node: Int) -> Bool { isHostCut || nodes[node].site == cutSite }

  /// Whether every probe of the node fails.
  func isFailing(_ node: Int) -> Bool { isCut(node) || nodes[node].fault.isSteady }

  // MARK: Weather

  mutating func advance(to now: MonotonicTime, using random: inout SeededGenerator) {
    crashed = []
    for node in nodes.indices where nodes[node].next <= now { changeFault(of: node, at: now, using: &random) }
    guard nextCut <= now else { return }
    let before = nodes.indices.map(isFailing)
    if isHostCut || cutSite != nil {
      (isHostCut, cutSite, cutEnded) = (false, nil, now)
      nextCut = now + .seconds(Int.random(in: 3_600...40_000, using: &random))
    } else {
      isHostCut = random.chance(0.5)
      cutSite = isHostCut ? nil : Int.random(in: 0..<siteCount, using: &random)
      if isHostCut { hostCutSince = now }
      nextCut = now + .seconds(Int.random(in: 3...(random.chance(0.5) ? 60 : 1_800), using: &random))
    }
    for node in nodes.indices where before[node] != isFailing(node) { nodes[node].since = now }
  }

  private mutating func changeFault(of node: Int, at now: MonotonicTime, using random: inout SeededGenerator) {
    let wasFailing = isFailing(node)
    let before = nodes[node].fault
    if before == .none {
      nodes[node].fault = NodeFault.allCases.dropFirst().randomElement(using: &random) ?? .refusing
      let longest = [20, 300, 7_200].randomElement(using: &random) ?? 20
      nodes[node].next = now + .seconds(Int.random(in: 1...longest, using: &random))
      if nodes[node].fault == .refusing, !isCut(node) { crashed.append(node) }
    } else {
      (nodes[node].fault, nodes[node].healed) = (.none, now)
      nodes[node].next = now + .seconds(Int.random(in: 30...14_400, using: &random))
    }
    let isUncertain = [before, nodes[node].fault].contains { $0 == .slow || $0 == .flapping || $0 == .lossy }
    if wasFailing != isFailing(node) || isUncertain { nodes[node].since = now }
  }

  // MARK: Probes

  /// A probe sets out to a node, or to a reference if that is nil.
  mutating func begin(
    _ probe: ProbeID, to node: Int?, timeout: Duration, at now: MonotonicTime, using random: inout SeededGenerator
  ) {
    // As quick as the bounds of `rondo timeline` take a witness to be.
    let quick = CheckPlan.quickWitness * Double.random(in: 0.01...0.95, using: &random)
    func arrive(_ outcome: ProbeOutcome, after span: Duration) {
      let arrival = Arrival(at: now + span, probe: probe, outcome: outcome)
      arrivals.insert(arrival, at: arrivals.firstIndex { $0.at > arrival.at } ?? arrivals.count)
    }
    guard !isStarved else { return arrive(.localFault(.outOfDescriptors), after: .zero) }
    guard let node else { return isHostCut ? () : arrive(.success, after: quick) }
    guard !isCut(node) else { return }
    switch nodes[node].fault {
    case .none: arrive(.success, after: quick)
    case .refusing: arrive(.failure(.connectionRefused), after: quick)
    case .unreachable: arrive(.failure(.noRouteToHost), after: quick)
    case .silent: break
    case .slow: arrive(.success, after: timeout * Double.random(in: 0.5...0.95, using: &random))
    case .tooSlow: arrive(.success, after: timeout + quick + .milliseconds(20))
    case .flapping:
      let isWell = now.nanoseconds / 20_000_000_000 % 2 == 0
      arrive(isWell ? .success : .failure(.connectionRefused), after: quick)
    case .lossy:
      if random.chance(0.67) { arrive(.success, after: quick) }
    }
  }

  /// What has arrived, in the order of its coming. What is on its way when its way is cut is lost.
  mutating func takeArrivals(until now: MonotonicTime) -> [Arrival] {
    let due = arrivals.prefix { $0.at <= now }
    arrivals.removeFirst(due.count)
    return Array(due)
  }

  /// The host restarts: nothing that is on its way finds anybody.
  mutating func forgetArrivals() { arrivals = [] }
}
