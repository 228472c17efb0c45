// A network of nodes that fail in every way we know, in virtual time.
//
// Each node behaves in one manner until its next change, drawn from the seed. What a probe meets is decided when it
// starts; its result comes later, or never.

import Health
import TestSupport

/// How a node answers for a while.
enum NodeManner: Hashable {
  /// Accepts within a fraction of the timeout.
  case well
  case refusing
  /// Says nothing at all.
  case silent
  /// Accepts, but only after the timeout.
  case tooSlow
  case unreachable
  /// Each probe meets something else.
  case flapping

  static let failing: [NodeManner] = [.refusing, .silent, .tooSlow, .unreachable]

  /// What every probe begun in this manner comes to, if it can be said.
  var verdict: HealthState {
    switch self {
    case .well: .up
    case .flapping: .unknown
    case .refusing, .silent, .tooSlow, .unreachable: .down
    }
  }
}

/// The nodes, and what is on its way back from them.
struct SimulatedNetwork {
  struct Arrival {
    let at: MonotonicTime
    let probe: ProbeID
    let event: Dialogue.Event
  }

  private(set) var manners: [NodeManner]
  /// When each node took its present manner.
  private(set) var since: [MonotonicTime]
  private var untilNext: [MonotonicTime]
  private let meanSpell: Duration
  /// Not in order; there are few at a time.
  private var arrivals: [Arrival] = []
  /// While true this host has no descriptors.
  var isStarved = false

  init(nodes: Int, meanSpell: Duration, using random: inout SeededGenerator) {
    self.meanSpell = meanSpell
    manners = (0..<nodes).map { _ in random.chance(0.5) ? .well : .refusing }
    since = Array(repeating: .at(.zero), count: nodes)
    untilNext = since
    for node in 0..<nodes { untilNext[node] = .at(spell(using: &random)) }
  }

  private func spell(using random: inout SeededGenerator) -> Duration {
    meanSpell * Double.random(in: 0.05...1.95, using: &random)
  }

  var nextArrival: MonotonicTime? { arrivals.lazy.map(\.at).min() }

  /// Lets nodes change their manner.
  mutating func advance(to now: MonotonicTime, using random: inout SeededGenerator) {
    for node in untilNext.indices where untilNext[node] <= now {
      let next: NodeManner =
        random.chance(0.45)
        ? .well : random.chance(0.2) ? .flapping : NodeManner.failing.randomElement(using: &random) ?? .silent
      // A refusing node that falls silent has been failing all the while.
      if next.verdict != manners[node].verdict || next == .flapping { since[node] = now }
      manners[node] = next
      untilNext[node] = now + spell(using: &random)
    }
  }

  /// A probe sets out; what it meets is on its way back from now on.
  mutating func begin(
    _ probe: ProbeID, to node: Int, timeout: Duration, at now: MonotonicTime, using random: inout SeededGenerator
  ) {
    let quick = timeout * Double.random(in: 0.001...0.5, using: &random)
    func arrive(_ event: Dialogue.Event, after span: Duration) {
      arrivals.append(Arrival(at: now + span, probe: probe, event: event))
    }
    guard !isStarved else { return arrive(.localFault(.outOfDescriptors), after: .zero) }
    switch manners[node] {
    case .well: arrive(.connected, after: quick)
    case .refusing: arrive(.failed(.connectionRefused), after: quick)
    case .unreachable: arrive(.failed(.noRouteToHost), after: quick)
    case .silent: break
    // Later by more than the loop is ever late: what arrives before the timer is looked at counts as an answer.
    case .tooSlow: arrive(.connected, after: timeout + quick + .milliseconds(20))
    case .flapping:
      switch Int.random(in: 0..<4, using: &random) {
      case 0: arrive(.failed(.connectionReset), after: quick)
      case 1: arrive(.connected, after: timeout * 2)
      case 2: break
      default: arrive(.connected, after: quick)
      }
    }
  }

  /// Takes what has arrived, in the order of its coming.
  mutating func takeArrivals(until now: MonotonicTime) -> [Arrival] {
    let due = arrivals.filter { $0.at <= now }.sorted {
      ($0.at, $0.probe.rawValue) < ($1.at, $1.probe.rawValue)
    }
    arrivals.removeAll { $0.at <= now }
    return due
  }
}
