// Which target is probed when, and the verdict that its results have led to: all of health checking but the sockets.
//
// The owner of sockets and clock drives it in a loop, and does what the returned actions say before the next call:
//
//      wait until `nextDeadline`, or until a socket is ready
//        for each socket that is: ask its `Dialogue`, and `conclude` when it concludes
//        for each watched connection that broke: `recordBrokenWatch`
//        `advance` to the present                      ──▶  start, abandon, changed, …
//
// Sockets are asked first: an answer that has arrived while this host was busy then counts as an answer.

package import DNS
internal import Model

/// What the owner of the sockets is to do.
package enum HealthAction: Hashable, Sendable {
  /// Begin a probe of this target.
  case start(ProbeID, target: Int)
  /// Close the probe's socket: its time is up or its target is gone. It is judged already; `conclude` would be ignored.
  ///
  /// `target` is nil when it is gone.
  case abandon(ProbeID, target: Int?)
  case changed(HealthChange)
  /// Results of this target are missing for three intervals (alarm), or come again.
  case freshness(target: Int, isStale: Bool)
  /// This host is cut off in this address family (alarm), or no longer.
  case reachability(AddressFamily, Reachability)
}

/// The verdict on a target has changed.
package struct HealthChange: Hashable, Sendable {
  package let target: Int
  package let from: HealthState
  package let to: HealthState
  /// What decided it; nil on the way up.
  package let reason: OutReason?
  /// How long the verdict before this one lasted.
  package let lasted: Duration
}

/// Probes many targets in their rhythm and judges them, over time that is passed in.
///
/// Each call costs O(log targets) for each target whose time has come. At most one probe of a target is under way, and
/// at most `maximumConcurrentProbes` in all; a target without a free slot waits in line, so overload stretches intervals.
package struct HealthMonitor: Sendable {
  /// A timeout noticed later than this, or than a second timeout, says more about this host than about the node.
  static let leastLateness = Duration.seconds(1)

  /// Programs that run at once; they cost a process each.
  package static let maximumConcurrentPrograms = 16

  struct LiveProbe: Sendable {
    let id: ProbeID
    let started: MonotonicTime
    let deadline: MonotonicTime
    /// How far its dialogue has come.
    var stage = Stage.connection
    /// When witnesses are to be asked whether this host is cut off; nil when they need not be, or have been.
    var doubtsAt: MonotonicTime?
    /// When they were asked.
    var doubtedAt: MonotonicTime?

    /// What its target's timer is set to.
    var nextDeadline: MonotonicTime { doubtsAt ?? deadline }
  }

  enum Phase: Sendable {
    /// Until the next start, which is in `timers`.
    case resting
    /// Due, and in `line` for a slot.
    case waiting
    /// Until a result, or the probe's next deadline, which is in `timers`.
    case probing(LiveProbe)
  }

  struct Slot: Sendable {
    var target: ProbeTarget
    var judgement: Judgement
    var cadence: Cadence
    var phase = Phase.resting
    var hasHadResult = false
    /// A late wake-up is excused once in a row: a host that is always late would otherwise never start a probe …
    var wasPostponed = false
    /// … and never call a silent node down.
    var wasExcused = false
    /// No result for three intervals.
    var isStale = false
    var earlyProbe = EarlyProbe()

    var isWaiting: Bool { if case .waiting = phase { true } else { false } }

    /// Judges by a result.
    ///
    /// - Returns: whether a change of the verdict has come nearer or gone farther away.
    mutating func record(
      _ outcome: ProbeOutcome, as evidence: Evidence, after latency: Duration, at now: MonotonicTime,
      failingSince since: MonotonicTime, ruling: Ruling, weight: Int
    ) -> Bool {
      let distance = judgement.progress(under: target.plan)
      judgement.record(
        outcome, as: evidence, after: latency, at: now, failingSince: since, under: target.plan, ruling: ruling,
        weight: weight)
      return !judgement.progress(under: target.plan).isAsNear(as: distance)
    }
  }

  var slots: [Slot]
  var timers: DeadlineQueue
  /// When each target's results will be too old, if none comes meanwhile.
  var expiries: DeadlineQueue
  var line = WaitingLine()
  /// Targets that are due and tested by a program: few of these run at once.
  var programLine = WaitingLine()
  var probeSlots: ProbeSlots
  var guards = IsolationGuards()
  var targetsOfHosts: [IPAddress: [Int]] = [:]
  /// When the last isolation ended.
  var reconnections: [AddressFamily: MonotonicTime] = [:]
  /// Targets whose failures wait for a witness.
  var withheld: Set<Int> = []
  /// What happened outside `advance`; the next one returns it.
  var pendingActions: [HealthAction] = []
  /// See `drainUnsettled`.
  var unsettled: Set<Int> = []
  /// The latest time seen. It never goes back, even if a caller does.
  var clock: MonotonicTime
  /// Fractions of 2^64 that are spread evenly however many are taken: multiples of the golden ratio. Begun at random so
  /// that two instances started together do not probe together for ever.
  private var phases: UInt64
  /// Set once every target has had a result or a timeout: with slots for all, the longest timeout after the start at the
  /// latest. Targets remembered as out are not waited for, and targets added later do not reset it.
  package internal(set) var firstRoundIsOver = false
  var targetsWithoutResult: Int
  /// So many targets begin together, on average: what a wake-up costs is shared, and still no burst.
  static let startsPerBeat = 40.0
  /// The beat of regular starts, see `Cadence`: whole milliseconds, which is what a wait of the kernel can tell apart.
  private(set) var beat: Int64 = 1

  /// All targets are due now; nothing starts before `advance`.
  ///
  /// - Parameter memory: verdicts from before a restart, for the targets they fit.
  package init(
    targets: [ProbeTarget], maximumConcurrentProbes: Int = 512, remembering memory: HealthMemory = HealthMemory(),
    at now: MonotonicTime, using random: inout some RandomNumberGenerator
  ) {
    timers = DeadlineQueue(capacity: targets.count)
    expiries = DeadlineQueue(capacity: targets.count)
    probeSlots = ProbeSlots(count: max(maximumConcurrentProbes, 1))
    clock = now
    targetsWithoutResult = 0
    phases = random.next()
    slots = []
    slots.reserveCapacity(targets.count)
    let remembered = memory.judgements(at: now)
    for target in targets {
      appendNew(target)
      let index = slots.count - 1
      guard let judgement = remembered[RememberedTarget(target)] else { continue }
      slots[index].judgement = judgement
      slots[index].hasHadResult = judgement.state.isOut
    }
    targetsWithoutResult = slots.count { !$0.hasHadResult }
    firstRoundIsOver = targetsWithoutResult == 0
    layBeat()
    watchHosts()
    presumeContacts()
  }

  /// Lays the beat by how many starts there are in a millisecond.
  mutating func layBeat() {
    let rate = slots.reduce(0.0) { $0 + 1e6 / Double($1.cadence.every) }
    beat = Int64(min(max(Self.startsPerBeat / max(rate, .leastNormalMagnitude), 1), 100)) * 1_000_000
  }

  /// Adds an unknown target; it is due at once.
  mutating func appendNew(_ target: ProbeTarget) {
    phases &+= 0x9E37_79B9_7F4A_7C15
    let cadence = Cadence(target.plan, firstAt: clock, phase: phases)
    timers.schedule(slots.count, at: clock)
    expiries.schedule(slots.count, at: clock + target.plan.freshness)
    slots.append(Slot(target: target, judgement: Judgement(since: clock), cadence: cadence))
  }

  // MARK: What can be read

  package var targetCount: Int { slots.count }
  /// Targets that are due and wait for a slot; many of them for long mean that the maximum is too low.
  package var waitingTargetCount: Int { line.count + programLine.count }

  private var runningProgramCount: Int {
    slots.count { slot in
      if case .probing = slot.phase { slot.target.plan.kind.isProgram } else { false }
    }
  }

  /// Whether a waiting target could start now.
  private var hasStartable: Bool {
    guard probeSlots.hasFree else { return false }
    return !line.isEmpty || !programLine.isEmpty && runningProgramCount < Self.maximumConcurrentPrograms
  }

  package func target(at index: Int) -> ProbeTarget { slots[index].target }
  package func judgement(at index: Int) -> Judgement { slots[index].judgement }
  /// Whether a connection is to be held to this target: its check asks for it, and it is up.
  package func isToBeWatched(at index: Int) -> Bool {
    slots[index].target.plan.tuning.watch == .on && slots[index].judgement.state == .up
  }

  package func progress(at index: Int) -> Judgement.Progress {
    slots[index].judgement.progress(under: slots[index].target.plan)
  }

  /// Those of the first `count` targets that have had no result yet, nor one from before a restart.
  package func targetsWithoutResult(of count: Int) -> [Int] { (0..<count).filter { !slots[$0].hasHadResult } }

  /// Whether results of this target have been missing for three intervals; its state is the last one seen.
  package func isStale(at index: Int) -> Bool { slots[index].isStale }

  /// The target of a probe under way; nil when it is over.
  package func target(of probe: ProbeID) -> Int? { probeSlots.target(of: probe) }

  /// When `advance` is next to be called, if no socket is ready first; nil without targets.
  package var nextDeadline: MonotonicTime? {
    // `conclude` has freed a slot that a target waits for, or left actions to return.
    if !pendingActions.isEmpty || hasStartable { return clock }
    guard let next = timers.first?.deadline else { return expiries.first?.deadline }
    return expiries.first.map { min($0.deadline, next) } ?? next
  }

  /// Whether the next `advance` has something to tell that has happened already.
  package var hasNews: Bool { !pendingActions.isEmpty }

  /// The targets of which something besides the verdict has changed since this was asked last: how near the next verdict
  /// is, or the weight that an agent asks for.
  package mutating func drainUnsettled() -> Set<Int> {
    defer { unsettled = [] }
    return unsettled
  }

  // MARK: What can happen

  /// Lets time pass: gives up probes whose time is up and starts those that are due. Afterwards `nextDeadline` is in the
  /// future.
  package mutating func advance(
    to now: MonotonicTime, using random: inout some RandomNumberGenerator
  ) -> [HealthAction] {
    clock = max(clock, now)
    var actions: [HealthAction] = []
    // Ends first: a target that comes due again at this very moment joins the line afterwards.
    while let (index, due) = timers.first, due <= clock {
      timers.remove(index)
      switch slots[index].phase {
      case .probing(let probe) where probe.deadline > clock: doubt(probe, of: index)
      case .probing(let probe):
        actions.append(.abandon(probe.id, target: index))
        if let change = giveUp(probe, of: index) { actions.append(.changed(change)) }
      case .resting: queue(index, dueSince: due)
      case .waiting: assertionFailure("a waiting target has no timer")
      }
    }
    expireResults()
    startFromLine(using: &random, into: &actions)
    actions += pendingActions
    pendingActions = []
    assert(nextDeadline.map { $0 > clock } ?? slots.isEmpty, "no timer is lost, none is left in the past")
    return actions
  }

  /// Records how far a probe's dialogue has come, so that a timeout can say what was missing.
  package mutating func record(_ stage: Stage, of probe: ProbeID) {
    guard let index = probeSlots.target(of: probe), case .probing(var live) = slots[index].phase else { return }
    live.stage = stage
    slots[index].phase = .probing(live)
  }

  /// Ends a probe with its outcome; one that is over already is ignored. The next `advance` fills the slot that it frees
  /// and returns what else followed.
  package mutating func conclude(
    _ probe: ProbeID, _ outcome: ProbeOutcome, notes: ProbeNotes = ProbeNotes(), at now: MonotonicTime
  ) -> HealthChange? {
    clock = max(clock, now)
    guard let index = probeSlots.target(of: probe), case .probing(let live) = slots[index].phase else { return nil }
    slots[index].wasExcused = false
    // A fault of this host found nothing out, so the notes of the last probe are kept.
    if case .localFault = outcome {} else { record(notes, beside: outcome, on: index) }
    return finish(live, of: index, as: outcome)
  }

  private mutating func record(_ notes: ProbeNotes, beside outcome: ProbeOutcome, on index: Int) {
    let percent = slots[index].judgement.agentPercent
    slots[index].judgement.record(notes, beside: outcome)
    if slots[index].judgement.agentPercent != percent { unsettled.insert(index) }
  }

  // MARK: A probe's life

  /// A start that is long overdue moves to the target's next point: otherwise all targets would start at once after a
  /// stop of this host.
  private mutating func queue(_ index: Int, dueSince due: MonotonicTime) {
    if !slots[index].wasPostponed, slots[index].cadence.isMissed(due, at: clock) {
      slots[index].wasPostponed = true
      timers.schedule(index, at: slots[index].cadence.nextStart(notBefore: clock, beat: beat))
    } else {
      slots[index].phase = .waiting
      if slots[index].target.plan.kind.isProgram { programLine.append(index) } else { line.append(index) }
    }
  }

  private mutating func startFromLine(
    using random: inout some RandomNumberGenerator, into actions: inout [HealthAction]
  ) {
    var programs = programLine.isEmpty ? 0 : runningProgramCount
    while probeSlots.hasFree, programs < Self.maximumConcurrentPrograms, let index = programLine.popFirst() {
      programs += 1
      start(index, using: &random, into: &actions)
    }
    while probeSlots.hasFree, let index = line.popFirst() { start(index, using: &random, into: &actions) }
  }

  private mutating func start(
    _ index: Int, using random: inout some RandomNumberGenerator, into actions: inout [HealthAction]
  ) {
    if let id = probeSlots.claim(for: index) {
      let timeout = slots[index].target.plan.timeout
      let stage = slots[index].target.plan.kind.isProgram ? Stage.programStart : .connection
      var probe = LiveProbe(id: id, started: clock, deadline: clock + timeout, stage: stage)
      if stage == .connection, slots[index].judgement.isDecidedByNext(under: slots[index].target.plan) {
        probe.doubtsAt = clock + timeout / 2
      }
      slots[index].phase = .probing(probe)
      slots[index].wasPostponed = false
      slots[index].earlyProbe.recordStart(at: clock)
      slots[index].cadence.start(at: clock, using: &random)
      timers.schedule(index, at: probe.nextDeadline)
      actions.append(.start(id, target: index))
    }
  }

  private mutating func giveUp(_ probe: LiveProbe, of index: Int) -> HealthChange? {
    let limit = probe.deadline - probe.started
    let lateness = clock - probe.deadline
    let isExcused = !slots[index].wasExcused && lateness > max(limit, Self.leastLateness)
    slots[index].wasExcused = isExcused
    let outcome: ProbeOutcome =
      isExcused
      ? .localFault(.wokeLate(by: lateness)) : ProbeOutcome(timeoutAfter: limit, awaiting: probe.stage)
    return finish(probe, of: index, as: outcome)
  }

  private mutating func finish(_ probe: LiveProbe, of index: Int, as outcome: ProbeOutcome) -> HealthChange? {
    probeSlots.release(probe.id)
    slots[index].phase = .resting
    if !slots[index].hasHadResult {
      slots[index].hasHadResult = true
      targetsWithoutResult -= 1
      if targetsWithoutResult == 0 { firstRoundIsOver = true }
    }
    let (state, since) = (slots[index].judgement.state, slots[index].judgement.since)
    judge(index, outcome, of: probe)
    if slots[index].judgement.lastHeard == clock { renewFreshness(of: index) }
    scheduleNextStart(of: index)
    return change(of: index, from: state, since: since)
  }

  /// Forms the verdict, after deciding whether the result says something of the target or of this host.
  private mutating func judge(_ index: Int, _ outcome: ProbeOutcome, of probe: LiveProbe) {
    let evidence = Evidence(outcome)
    let since = failingSince(index, probe)
    let ruling = ruling(on: index, evidence, of: probe, failingSince: since)
    let isWholeFall = slots[index].earlyProbe.endsWatch(outcome, startedAt: probe.started, at: clock)
    let isNearerOrFarther = slots[index].record(
      outcome, as: evidence, after: clock - probe.started, at: clock, failingSince: since, ruling: ruling,
      weight: isWholeFall ? slots[index].target.plan.fall : 1)
    if isNearerOrFarther { unsettled.insert(index) }
    if slots[index].judgement.isWithheld { withheld.insert(index) } else { withheld.remove(index) }
    if ruling == .withhold { askWitnesses(beside: slots[index].target.address, silentSince: since) }
  }

  /// Since when the target counts as failing if this probe has failed: a host that answers a later probe is a witness
  /// that this host is connected.
  private func failingSince(_ index: Int, _ probe: LiveProbe) -> MonotonicTime {
    // The first round after a restart is its own witness.
    slots[index].judgement.failingSince
      ?? (slots[index].judgement.isRemembered ? probe.started : probe.doubtedAt ?? clock)
  }

  func change(of index: Int, from state: HealthState, since: MonotonicTime) -> HealthChange? {
    guard slots[index].judgement.state != state else { return nil }
    let verdict = slots[index].judgement
    return HealthChange(target: index, from: state, to: verdict.state, reason: verdict.reason, lasted: clock - since)
  }

  /// At the fast pace while the verdict may change, and at once if another result is wanted.
  private mutating func scheduleNextStart(of index: Int) {
    let isPending = slots[index].judgement.isChangePending(under: slots[index].target.plan)
    var due = slots[index].cadence.nextStart(
      notBefore: clock, pace: isPending ? .fast : .regular, beat: beat)
    if let wanted = slots[index].earlyProbe.nextStart { due = min(due, max(wanted, clock)) }
    timers.schedule(index, at: due)
  }
}
