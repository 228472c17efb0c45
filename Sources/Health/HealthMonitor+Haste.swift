// What makes the monitor act out of turn: broken watches, doubts about this host's network, results grown old.

package import DNS

extension CheckPlan {
  /// How old results may become: three intervals, and the timeout that a result may take.
  package var freshness: Duration { every * 3 + timeout }
}

extension HealthMonitor {
  // MARK: Watch

  /// Tells that the idle connection to a target broke: it is probed at once, and if it refuses that counts as the whole
  /// fall. At most one such probe in `fast`, so that a server which closes idle connections is not flooded.
  package mutating func noteBrokenWatch(of index: Int, at now: MonotonicTime) {
    clock = max(clock, now)
    slots[index].haste.wantBecauseWatchBroke(at: clock, gap: slots[index].target.plan.fast)
    bringForward(index)
  }

  /// A probe under way is waited for: its end looks whether another is wanted.
  private mutating func bringForward(_ index: Int) {
    guard case .resting = slots[index].phase, let wanted = slots[index].haste.nextStart,
      wanted < timers.deadline(of: index) ?? .distantFuture
    else { return }
    timers.schedule(index, at: wanted)
  }

  // MARK: Isolation

  /// What this host believes about its network in this family.
  package func connection(_ family: AddressFamily) -> Connection { guards[family].connection }

  /// Tells the guards who there is to be heard.
  mutating func watchHosts() {
    targetsOfHosts = Dictionary(grouping: slots.indices) { slots[$0].target.address }
    for family in AddressFamily.allCases {
      let ofFamily = slots.lazy.map(\.target).filter { $0.address.family == family }
      // A tenth more than it takes, for this host may start and end probes a little late.
      let turns = ofFamily.map { $0.plan.every * 11 / 10 + $0.plan.timeout }
      let hosts = ofFamily.map { target in
        switch target.place {
        case .node(let site): IsolationGuard.Host(address: target.address, site: site, isReference: false)
        case .reference: IsolationGuard.Host(address: target.address, site: nil, isReference: true)
        }
      }
      guards[family].watch(Array(hosts), slowestTurn: turns.max() ?? .zero)
    }
  }

  /// Who was up before a restart counts as heard just before it: a host that starts cut off keeps that view.
  mutating func presumeContacts() {
    let before = MonotonicTime(nanoseconds: clock.nanoseconds - 1)
    for slot in slots where slot.judgement.isRemembered && slot.judgement.state == .up {
      let address = slot.target.address
      _ = guards[address.family].noteContact(with: address, startedAt: before)
    }
  }

  /// Whether a result may be held against the target.
  mutating func ruling(
    on index: Int, _ evidence: Evidence, of probe: LiveProbe, failingSince since: MonotonicTime
  ) -> Ruling {
    let address = slots[index].target.address
    let family = address.family
    // What was begun while this host was cut off tells nothing, though it may end behind that.
    let isCutOff = connection(family).isIsolated || reconnections[family].map { probe.started < $0 } ?? false
    // Whether a program has reached the node, only the program knows.
    guard !slots[index].target.plan.kind.isProgram else {
      return isCutOff && evidence != .well ? .disregard : .believe
    }
    guard evidence.isSilence else {
      guard evidence != .none else { return .believe }
      noteContact(with: address, startedAt: probe.started)
      return .believe
    }
    if isCutOff, !connection(family).isIsolated { return .disregard }
    if guards[family].noteSilence(of: address, at: clock) { becomeIsolated(family) }
    // Who is out already or in nobody's pool is not protected, and an unknown one has nothing to lose but its novelty.
    let judgement = slots[index].judgement
    guard judgement.state == .up || connection(family).isIsolated else { return .believe }
    return guards[family].ruling(on: address, silentSince: since, at: clock)
  }

  private mutating func noteContact(with address: IPAddress, startedAt started: MonotonicTime) {
    let family = address.family
    if guards[family].noteContact(with: address, startedAt: started) {
      reconnections[family] = clock
      untold.append(.connection(family, connection(family)))
    }
    guard !withheld.isEmpty else { return }
    for index in withheld.sorted() { confirm(index) }
  }

  /// Takes a target out whose silence a witness has confirmed by now. That patience is over is no witness: it lets the
  /// target's next failure count, and its next result may as well be a success.
  private mutating func confirm(_ index: Int) {
    let address = slots[index].target.address
    guard let since = slots[index].judgement.failingSince,
      guards[address.family].isWitnessed(address, silentSince: since)
    else { return }
    withheld.remove(index)
    let (state, before) = (slots[index].judgement.state, slots[index].judgement.since)
    slots[index].judgement.confirmFailures(at: clock)
    if let change = change(of: index, from: state, since: before) { untold.append(.changed(change)) }
  }

  private mutating func becomeIsolated(_ family: AddressFamily) {
    untold.append(.connection(family, connection(family)))
    for index in slots.indices where slots[index].target.address.family == family {
      slots[index].judgement.forgetFailures()
      unsettled.insert(index)
      withheld.remove(index)
    }
  }

  /// Half of a probe's time is over without a word, and one failure takes its target out: others are asked already now,
  /// so that the verdict need not wait for them. Whoever was silent for half of the time while this host was connected
  /// has been given enough of it.
  mutating func doubt(_ probe: LiveProbe, of index: Int) {
    var probe = probe
    probe.doubtsAt = nil
    let address = slots[index].target.address
    if probe.stage == .connection, !connection(address.family).isIsolated {
      probe.doubtedAt = clock
      askWitnesses(beside: address, silentSince: clock)
    }
    slots[index].phase = .probing(probe)
    timers.schedule(index, at: probe.deadline)
  }

  mutating func askWitnesses(beside address: IPAddress, silentSince since: MonotonicTime) {
    let asked = guards[address.family].witnessesToAsk(beside: address, silentSince: since)
    for witness in asked.flatMap({ targetsOfHosts[$0] ?? [] }) {
      slots[witness].haste.want(at: clock, gap: Haste.leastGap)
      bringForward(witness)
    }
  }

  // MARK: Freshness

  mutating func renewFreshness(of index: Int) {
    expiries.schedule(index, at: clock + slots[index].target.plan.freshness)
    guard slots[index].isStale else { return }
    slots[index].isStale = false
    untold.append(.freshness(target: index, isStale: false))
  }

  /// Whoever has grown old says so once. After a stop of this host everything is old, and each target first gets the
  /// time for a new result.
  mutating func expireResults() {
    while let (index, due) = expiries.first, due <= clock {
      let plan = slots[index].target.plan
      guard clock - due <= plan.every else {
        expiries.schedule(index, at: clock + plan.freshness)
        continue
      }
      expiries.remove(index)
      slots[index].isStale = true
      untold.append(.freshness(target: index, isStale: true))
    }
  }
}
