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
package enum Reachability: Hashable, Sendable {
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

  private(set) var reachability = Reachability.connected
  private(set) var patience = Duration.zero
  private var records: [Record] = []
  private var indices: [IPAddress: Int] = [:]
  /// Which of the records are references.
  private var references: [Int] = []
  private var latestNodes = LatestContacts()
  private var latestReferences = LatestContacts()
  private var nodesInTouch = 0
  private var referencesInTouch = 0
  private var hasReferences: Bool { !references.isEmpty }

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
    references = records.indices.filter { records[$0].host.isReference }
    (latestNodes, latestReferences) = (LatestContacts(), LatestContacts())
    for (index, record) in records.enumerated() { if let heard = record.heard { recordLatest(index, heard) } }
    // Without the hosts that told of the isolation nobody could end it.
    if records.allSatisfy({ $0.heard == nil }) { reachability = .connected }
    if case .isolated(_, .referencesSilent) = reachability, !hasReferences {
      reachability = .connected
    }
  }

  // MARK: What is heard

  /// Records that a probe begun at `started` reached the host, whatever the answer was.
  ///
  /// - Returns: whether that ends an isolation.
  mutating func recordContact(with address: IPAddress, startedAt started: MonotonicTime) -> Bool {
    guard let index = indices[address] else { return false }
    if !records[index].isInTouch { countInTouch(index, 1) }
    records[index].heard = max(records[index].heard ?? started, started)
    records[index].silentSince = nil
    recordLatest(index, started)
    guard case .isolated(let since, let cause) = reachability else { return false }
    guard cause == .allNodesSilent || records[index].host.isReference || isBackInTouch(since) else { return false }
    reachability = .connected
    return true
  }

  private mutating func recordLatest(_ index: Int, _ started: MonotonicTime) {
    if records[index].host.isReference {
      latestReferences.record(index, started)
    } else {
      latestNodes.record(index, started)
    }
  }

  /// Whether every node that fell silent with the references has been heard again: then the fault is theirs.
  private func isBackInTouch(_ isolated: MonotonicTime) -> Bool {
    !records.contains { !$0.host.isReference && $0.silentSince.map { isolated - $0 <= patience } ?? false }
  }

  /// Notes that a probe heard nothing from the host.
  ///
  /// - Returns: whether that makes it an isolation.
  mutating func recordSilence(of address: IPAddress, at now: MonotonicTime) -> Bool {
    guard let index = indices[address] else { return false }
    if records[index].isInTouch {
      countInTouch(index, -1)
      records[index].silentSince = now
    }
    guard !reachability.isIsolated, let cause = isolation(at: now) else { return false }
    reachability = .isolated(since: now, cause)
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

  /// Checks the counts against the records, from which they could be recomputed. Costs O(hosts).
  func checkInvariants() {
    precondition(nodesInTouch == records.count { !$0.host.isReference && $0.isInTouch })
    precondition(referencesInTouch == records.count { $0.host.isReference && $0.isInTouch })
    precondition(indices.count == records.count && indices.allSatisfy { records[$0.value].host.address == $0.key })
  }

  // MARK: What follows from it

  /// What to make of a host that has been silent since then.
  func ruling(on address: IPAddress, silentSince: MonotonicTime, at now: MonotonicTime) -> Ruling {
    if reachability.isIsolated { return .disregard }
    guard now - silentSince <= patience else { return .believe }
    guard hasWitness(beside: address, silentSince: silentSince) else { return .believe }
    return isWitnessed(address, silentSince: silentSince) ? .believe : .withhold
  }

  /// Whether this host was connected after that: somebody else has been heard.
  func isWitnessed(_ address: IPAddress, silentSince: MonotonicTime) -> Bool {
    guard !reachability.isIsolated else { return false }
    let index = indices[address]
    // Whoever was heard since is able to witness, whatever has become of it.
    let latest = hasAbleReference(beside: index, silentSince: silentSince) ? latestReferences : latestNodes
    return latest.time(beside: index).map { $0 >= silentSince } ?? false
  }

  /// Whom to ask now whether this host is cut off: references, else nodes of other sites first, and of those whom it has
  /// heard last.
  func witnessesToAsk(beside address: IPAddress, silentSince: MonotonicTime) -> [IPAddress] {
    let index = indices[address]
    let site = index.flatMap { records[$0].host.site }
    // Where thousands fall silent each of them asks: hence no list of all who could be asked.
    var best: [(index: Int, isElsewhere: Bool, heard: MonotonicTime)] = []
    func consider(_ other: Int) {
      guard other != index, records[other].isInTouch, let heard = records[other].heard else { return }
      let isElsewhere = records[other].host.site != site
      let place = best.firstIndex { $0.isElsewhere == isElsewhere ? $0.heard < heard : isElsewhere } ?? best.count
      guard place < IsolationGuard.witnessesAsked else { return }
      best.insert((other, isElsewhere, heard), at: place)
      if best.count > IsolationGuard.witnessesAsked { best.removeLast() }
    }
    if hasAbleReference(beside: index, silentSince: silentSince) {
      for reference in references { consider(reference) }
    } else {
      for other in records.indices { consider(other) }
    }
    return best.map { records[$0.index].host.address }
  }

  /// Whether anybody else could tell: who is in touch, or fell silent so shortly before that it may be for one reason.
  private func hasWitness(beside address: IPAddress, silentSince: MonotonicTime) -> Bool {
    let index = indices[address]
    return records.indices.contains { $0 != index && isAble($0, silentSince: silentSince) }
  }

  /// References are asked before nodes, as long as one is able to witness.
  private func hasAbleReference(beside index: Int?, silentSince: MonotonicTime) -> Bool {
    references.contains { $0 != index && isAble($0, silentSince: silentSince) }
  }

  private func isAble(_ index: Int, silentSince: MonotonicTime) -> Bool {
    records[index].isInTouch || records[index].fellSilent(within: patience, before: silentSince)
  }
}

/// When the host heard last was heard, and the one before it: whoever asks is itself no witness.
private struct LatestContacts: Sendable {
  private var first: (host: Int, time: MonotonicTime)?
  private var second: (host: Int, time: MonotonicTime)?

  mutating func record(_ host: Int, _ time: MonotonicTime) {
    guard let first, first.host != host else {
      first = (host, max(first?.time ?? time, time))
      return
    }
    if time >= first.time {
      second = first
      self.first = (host, time)
    } else if second.map({ time > $0.time }) ?? true {
      second = (host, time)
    }
  }

  /// The latest time at which any other than this host was heard.
  func time(beside host: Int?) -> MonotonicTime? { first.flatMap { $0.host == host ? second?.time : $0.time } }
}

/// The guards of both address families.
struct IsolationGuards: Sendable {
  private var guards = [IsolationGuard(), IsolationGuard()]

  subscript(family: AddressFamily) -> IsolationGuard {
    get { guards[family == .ipv4 ? 0 : 1] }
    _modify { yield &guards[family == .ipv4 ? 0 : 1] }
  }
}

extension IsolationGuard.Record {
  fileprivate var isInTouch: Bool { heard != nil && silentSince == nil }

  fileprivate func fellSilent(within span: Duration, before now: MonotonicTime) -> Bool {
    silentSince.map { now - $0 <= span } ?? false
  }
}
