// Whether a failure says something of the target or of this host: what the monitor reports to the guards and asks them.

package import DNS
internal import Model

extension HealthMonitor {
  /// What this host believes about its network in this family.
  package func reachability(_ family: AddressFamily) -> Reachability { guards[family].reachability }

  /// Gives the guards the hosts to listen for.
  mutating func watchHosts() {
    targetsOfHosts = Dictionary(grouping: slots.indices) { slots[$0].target.address }
    for family in AddressFamily.allCases {
      let ofFamily = slots.lazy.map(\.target).filter { $0.address.family == family }
      // A tenth more than it takes, for this host may start and end probes a little late.
      let turns = ofFamily.map { $0.plan.every * 11 / 10 + $0.plan.timeout }
      let hosts = ofFamily.map { target in
        switch target.role {
        case .node(let site): IsolationGuard.Host(address: target.address, site: site, isReference: false)
        case .reference: IsolationGuard.Host(address: target.address, site: nil, isReference: true)
        }
      }
      guards[family].watch(Array(hosts), slowestTurn: turns.max() ?? .zero)
    }
  }

  /// A target that was up before a restart counts as heard just before it, so that a host that starts cut off keeps its
  /// last view.
  mutating func presumeContacts() {
    let before = MonotonicTime(nanoseconds: clock.nanoseconds - 1)
    for slot in slots where slot.judgement.isRemembered && slot.judgement.state == .up {
      let address = slot.target.address
      _ = guards[address.family].recordContact(with: address, startedAt: before)
    }
  }

  /// Whether a result may be held against the target.
  mutating func ruling(
    on index: Int, _ evidence: Evidence, of probe: LiveProbe, failingSince since: MonotonicTime
  ) -> Ruling {
    let address = slots[index].target.address
    let family = address.family
    // A probe begun while this host was cut off is no evidence, even if it ends later.
    let isCutOff = reachability(family).isIsolated || reconnections[family].map { probe.started < $0 } ?? false
    // Only a program knows whether it reached the node.
    guard !slots[index].target.plan.kind.isProgram else {
      return isCutOff && evidence != .well ? .disregard : .believe
    }
    guard evidence.isSilence else {
      guard evidence != .none else { return .believe }
      recordContact(with: address, startedAt: probe.started)
      return .believe
    }
    if isCutOff, !reachability(family).isIsolated { return .disregard }
    if guards[family].recordSilence(of: address, at: clock) { becomeIsolated(family) }
    // Only a target that is up is protected: the others have no good verdict to lose.
    let judgement = slots[index].judgement
    guard judgement.state == .up || reachability(family).isIsolated else { return .believe }
    return guards[family].ruling(on: address, silentSince: since, at: clock)
  }

  private mutating func recordContact(with address: IPAddress, startedAt started: MonotonicTime) {
    let family = address.family
    if guards[family].recordContact(with: address, startedAt: started) {
      reconnections[family] = clock
      pendingActions.append(.reachability(family, reachability(family)))
    }
    guard !withheld.isEmpty else { return }
    for index in withheld.sorted() { confirm(index) }
  }

  /// Takes a target out once a witness has confirmed its silence. The end of the patience confirms nothing: it lets the
  /// next failure count, and the next result may be a success.
  private mutating func confirm(_ index: Int) {
    let address = slots[index].target.address
    guard let since = slots[index].judgement.failingSince,
      guards[address.family].isWitnessed(address, silentSince: since)
    else { return }
    withheld.remove(index)
    let (state, before) = (slots[index].judgement.state, slots[index].judgement.since)
    slots[index].judgement.confirmFailures(at: clock)
    if let change = change(of: index, from: state, since: before) { pendingActions.append(.changed(change)) }
  }

  private mutating func becomeIsolated(_ family: AddressFamily) {
    pendingActions.append(.reachability(family, reachability(family)))
    for index in slots.indices where slots[index].target.address.family == family {
      slots[index].judgement.forgetFailures()
      unsettled.insert(index)
      withheld.remove(index)
    }
  }

  /// Half of a probe's time has passed in silence, and one failure takes its target out: witnesses are asked now, so that
  /// the verdict need not wait for them. Half of the time, with this host connected, is silence enough.
  mutating func doubt(_ probe: LiveProbe, of index: Int) {
    var probe = probe
    probe.doubtsAt = nil
    let address = slots[index].target.address
    if probe.stage == .connection, !reachability(address.family).isIsolated {
      probe.doubtedAt = clock
      askWitnesses(beside: address, silentSince: clock)
    }
    slots[index].phase = .probing(probe)
    timers.schedule(index, at: probe.deadline)
  }

  mutating func askWitnesses(beside address: IPAddress, silentSince since: MonotonicTime) {
    let asked = guards[address.family].witnessesToAsk(beside: address, silentSince: since)
    for witness in asked.flatMap({ targetsOfHosts[$0] ?? [] }) {
      slots[witness].earlyProbe.want(at: clock, gap: EarlyProbe.leastGap)
      bringForward(witness)
    }
  }
}
