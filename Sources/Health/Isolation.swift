// Is it the nodes, or is it us? Nobody is taken out for silence before somebody else has been heard.
//
// When this host is cut off, every node falls silent, one after the other as its turn comes. The first must not go out
// before the others have been asked. So silence is held against a host only when a witness has answered a probe that
// started after the silence was first seen:
//
//      silence of A ── a witness has answered since ──────────────▶ believed
//                   ── nobody has, yet: witnesses are asked ──────▶ withheld, for `patience` at most
//                   ── all fell silent within `patience` ─────────▶ isolated: disregarded until somebody is heard
//
// Witnesses are the `$REFERENCE` hosts, or without any the other nodes. A refusal, a reset or a wrong greeting is no
// silence: whoever says no has been reached. IPv4 and IPv6 have a guard each, for one may fail without the other.

import DNS

/// What this host believes about its own network.
package enum Connection: Hashable, Sendable {
  case connected
  case isolated(since: MonotonicTime, IsolationCause)

  package var isIsolated: Bool { self != .connected }
}

/// What gave it away.
package enum IsolationCause: String, Hashable, Sendable {
  case allNodesSilent = "all nodes fell silent together"
  case referencesSilent = "the references fell silent together"
}

/// What a result may do to a verdict.
enum Ruling: Hashable, Sendable {
  case believe
  /// Count it, but take nobody out for it yet: it may be this host that is cut off.
  case withhold
  /// This host is cut off.
  case disregard
}

/// Hears of every contact and every silence of one address family.
struct IsolationGuard: Sendable {
  struct Host: Hashable, Sendable {
    var address: IPAddress
    var site: String?
    var isReference: Bool
  }

  /// Enough that each host has had its turn and its timeout meanwhile, but not more than this.
  static let longestPatience = Duration.seconds(30)
  /// So many witnesses are asked at once; each that is silent has others asked.
  static let witnessesAsked = 3

  fileprivate struct Record: Sendable {
    let host: Host
    /// When the latest probe started that came to anything; nil for a host never heard: it is no witness.
    var heard: MonotonicTime?
    /// When it was first silent since.
    var silentSince: MonotonicTime?
  }

  private(set) var connection = Connection.connected
  private(set) var patience = Duration.zero
  private var records: [Record] = []
  private var indices: [IPAddress: Int] = [:]
  private var nodesInTouch = 0
  private var referencesInTouch = 0
  private var hasReferences = false

  // MARK: Hosts

  /// Watches these hosts from now on; what is known of those that stay is kept.
  ///
  /// - Parameter slowestTurn: how long a host may have to wait until a probe of it has come to an end.
  mutating func watch(_ hosts: [Host], slowestTurn: Duration) {
    let old = self
    patience = min(slowestTurn, IsolationGuard.longestPatience)
    records = []
    indices = [:]
    for host in hosts {
      guard indices[host.address] == nil else { continue }
      indices[host.address] = records.count
      let known = old.indices[host.address].map { old.records[$0] }
      records.append(Record(host: host, heard: known?.heard, silentSince: known?.silentSince))
    }
    nodesInTouch = records.count { !$0.host.isReference && $0.isInTouch }
    referencesInTouch = records.count { $0.host.isReference && $0.isInTouch }
    hasReferences = records.contains(where: \.host.isReference)
    // Without the hosts that told of the isolation nobody could end it.
    if records.allSatisfy({ $0.heard == nil }) { connection = .connected }
    if case .isolated(_, .referencesSilent) = connection, !hasReferences {
      connection = .connected
    }
  }

  // MARK: What is heard

  /// Notes that a probe begun at `started` reached the host, whatever it was told there.
  ///
  /// - Returns: whether that ends an isolation.
  mutating func noteContact(with address: IPAddress, startedAt started: MonotonicTime) -> Bool {
    guard let index = indices[address] else { return false }
    if !records[index].isInTouch { countInTouch(index, 1) }
    records[index].heard = max(records[index].heard ?? started, started)
    records[index].silentSince = nil
    guard case .isolated(let since, let cause) = connection else { return false }
    guard cause == .allNodesSilent || records[index].host.isReference || isMended(since) else { return false }
    connection = .connected
    return true
  }

  /// Whether every node that fell silent with the references has been heard again: then the fault is theirs.
  private func isMended(_ isolated: MonotonicTime) -> Bool {
    !records.contains { !$0.host.isReference && $0.silentSince.map { isolated - $0 <= patience } ?? false }
  }

  /// Notes that a probe heard nothing from the host.
  ///
  /// - Returns: whether that makes it an isolation.
  mutating func noteSilence(of address: IPAddress, at now: MonotonicTime) -> Bool {
    guard let index = indices[address] else { return false }
    if records[index].isInTouch {
      countInTouch(index, -1)
      records[index].silentSince = now
    }
    guard !connection.isIsolated, let cause = isolation(at: now) else { return false }
    connection = .isolated(since: now, cause)
    return true
  }

  private mutating func countInTouch(_ index: Int, _ change: Int) {
    if records[index].host.isReference { referencesInTouch += change } else { nodesInTouch += change }
  }

  private func isolation(at now: MonotonicTime) -> IsolationCause? {
    guard referencesInTouch == 0, nodesInTouch == 0 || hasReferences else { return nil }
    let fallen = records.filter { $0.fellSilent(within: patience, before: now) }
    let nodes = fallen.count { !$0.host.isReference }
    // References that are silent for long are broken themselves and witness nothing.
    if nodes > 0, nodes < fallen.count { return .referencesSilent }
    return nodesInTouch == 0 && nodes > 1 ? .allNodesSilent : nil
  }

  // MARK: What follows from it

  /// What to make of a host that has been silent since then.
  func ruling(on address: IPAddress, silentSince: MonotonicTime, at now: MonotonicTime) -> Ruling {
    if connection.isIsolated { return .disregard }
    guard now - silentSince <= patience else { return .believe }
    let witnesses = witnesses(beside: address, silentSince: silentSince)
    guard !witnesses.isEmpty else { return .believe }
    return isWitnessed(address, silentSince: silentSince) ? .believe : .withhold
  }

  /// Whether this host was connected after that: somebody else has been heard.
  func isWitnessed(_ address: IPAddress, silentSince: MonotonicTime) -> Bool {
    guard !connection.isIsolated else { return false }
    return witnesses(beside: address, silentSince: silentSince).contains {
      $0.heard.map { $0 >= silentSince } ?? false
    }
  }

  /// Whom to ask now whether this host is cut off: references, else nodes of other sites first, and of those whom it has
  /// heard last.
  func witnessesToAsk(beside address: IPAddress, silentSince: MonotonicTime) -> [IPAddress] {
    let site = indices[address].flatMap { records[$0].host.site }
    let possible = witnesses(beside: address, silentSince: silentSince).filter(\.isInTouch)
    return possible.sorted {
      let (oneIsElsewhere, otherIsElsewhere) = ($0.host.site != site, $1.host.site != site)
      guard oneIsElsewhere == otherIsElsewhere else { return oneIsElsewhere }
      return ($0.heard ?? silentSince) > ($1.heard ?? silentSince)
    }.prefix(IsolationGuard.witnessesAsked).map(\.host.address)
  }

  private func witnesses(beside address: IPAddress, silentSince: MonotonicTime) -> [Record] {
    let able = records.filter {
      $0.host.address != address && ($0.isInTouch || $0.fellSilent(within: patience, before: silentSince))
    }
    let references = able.filter(\.host.isReference)
    return references.isEmpty ? able : references
  }
}

extension IsolationGuard.Record {
  fileprivate var isInTouch: Bool { heard != nil && silentSince == nil }

  fileprivate func fellSilent(within span: Duration, before now: MonotonicTime) -> Bool {
    silentSince.map { now - $0 <= span } ?? false
  }
}
