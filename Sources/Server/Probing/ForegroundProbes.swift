// `rondo probe`: each check of a node or a pool once, many at a time, by the very probes of the daemon.
//
// Many dead nodes cost one timeout and not one each. What is printed is in order all the same: the steps of one probe as they
// come, then, in one piece, those of the next, which may be over by then.

internal import DNS
internal import Health
package import Linux
internal import Model
internal import Policy
package import ZoneFile

/// What probing a node or pool came to.
package enum ForegroundResult: Sendable {
  /// All checks passed; also where there are none.
  case allPassed
  case someFailed
}

/// What kept a node or pool from being probed.
package enum ForegroundFailure: Error {
  /// Neither node nor pool has this name; the nearest that there is.
  case unknownName(names: [String])
  case system(Errno)
}

/// Probes each address of the node or pool `name` by each of its checks, and tells `say` every line in its turn.
package func probeInForeground(
  _ name: String, in configuration: Configuration, startedAs start: ProcessStart? = nil, say: (String) -> Void
) throws(ForegroundFailure) -> ForegroundResult {
  let plan = HealthPlan(configuration)
  let targets = try plan.targets(of: name, in: configuration)
  guard !targets.isEmpty else {
    say("No check tests \(name): its pools say check=none, or no pool has it.")
    return .allPassed
  }
  do throws(Errno) {
    var probes = try ForegroundProbes(of: targets, for: configuration, say)
    probes.startPrograms(as: start)
    let failed = try probes.run(say)
    let sum = failed == 0 ? "all passed" : "\(failed) did not pass"
    say("\(targets.count) \(targets.count == 1 ? "probe" : "probes"), \(sum)")
    try probes.finishFarewells()
    return failed == 0 ? .allPassed : .someFailed
  } catch {
    throw .system(error)
  }
}

extension HealthPlan {
  /// In the order of the configuration.
  fileprivate func targets(of name: String, in configuration: Configuration) throws(ForegroundFailure) -> [ProbeTarget]
  {
    if configuration.nodes.contains(where: { $0.name == name }) {
      return targets.filter { $0.node == name && $0.role != .reference }
    }
    guard let pool = configuration.pools.firstIndex(where: { $0.name == name }) else {
      throw .unknownName(names: configuration.nodes.map(\.name) + configuration.pools.map(\.name))
    }
    return pools[pool].members.flatMap { $0.gates + $0.warners + $0.observers }.map { targets[$0] }
  }
}

/// Carries out the probes of a list and waits for their ends.
private struct ForegroundProbes: ~Copyable {
  /// A probe that has begun.
  private struct Begun {
    let id: ProbeID
    let started = MonotonicTime.now
    let transcript = ProbeTranscript()
    var stage: Stage
    var end: (what: Probes.End, at: MonotonicTime)?
  }

  /// More would be a burst that nodes and firewalls do not see from the daemon.
  private static let mostAtOnce = 64

  private let targets: [ProbeTarget]
  private var epoll: Epoll
  private var probes = Probes()
  private let tls: TLSContexts
  private var random = SystemRandomNumberGenerator()
  /// In the order of `targets`, the first of them.
  private var begun: [Begun] = []

  init(of targets: [ProbeTarget], for configuration: Configuration, _ say: (String) -> Void) throws(Errno) {
    self.targets = targets
    epoll = try Epoll(capacity: ForegroundProbes.mostAtOnce)
    tls = TLSContexts(for: configuration)
    for fault in tls.faults { say("TLS: \(fault)") }
  }

  /// What check programs start with.
  mutating func startPrograms(as start: ProcessStart?) { probes.programStart = start }

  /// Runs all, and returns how many did not pass.
  mutating func run(_ say: (String) -> Void) throws(Errno) -> Int {
    var failed = 0
    for index in targets.indices {
      begin()
      var lines = TranscriptLines(for: targets[index], startedAt: begun[index].started)
      say(lines.heading)
      lines.write(begun[index].transcript.drain(), say)
      while begun[index].end == nil {
        try pollOnce()
        begin()
        lines.write(begun[index].transcript.drain(), say)
      }
      guard let end = begun[index].end else { continue }
      lines.write(end.what, at: end.at, say)
      if end.what.outcome != .success { failed += 1 }
    }
    return failed
  }

  /// Waits until all connections are ended; half a second at most.
  mutating func finishFarewells() throws(Errno) {
    while probes.nextDeadline != nil { try pollOnce() }
  }

  /// Begins those for which there is room, in their order.
  private mutating func begin() {
    var live = 0
    var programs = 0
    for (probe, target) in zip(begun, targets) where probe.end == nil {
      live += 1
      if target.plan.kind.isProgram { programs += 1 }
    }
    while begun.count < targets.count, live < ForegroundProbes.mostAtOnce {
      let target = targets[begun.count]
      if target.plan.kind.isProgram {
        guard programs < HealthMonitor.maximumConcurrentPrograms else { return }
        programs += 1
      }
      live += 1
      begin(target)
    }
  }

  private mutating func begin(_ target: ProbeTarget) {
    var probe = Begun(
      id: ProbeID(slot: UInt32(truncatingIfNeeded: begun.count), generation: 1),
      stage: target.plan.kind.isProgram ? .programStart : .connection)
    probes.transcript = probe.transcript
    if let end = probes.start(probe.id, target, tls, epoll, token: probe.id.rawValue, using: &random) {
      probe.end = (end, .now)
    }
    begun.append(probe)
  }

  /// Waits until something happens, and notes it: what sockets say first, then whose time is up.
  private mutating func pollOnce() throws(Errno) {
    var next = probes.nextDeadline
    for (probe, target) in zip(begun, targets) where probe.end == nil {
      let deadline = probe.started + target.plan.timeout
      next = min(next ?? deadline, deadline)
    }
    guard let next else { return }
    for number in 0..<(try epoll.wait(timeout: next - .now)) {
      let id = ProbeID(rawValue: epoll.event(number).token)
      guard let index = begun.firstIndex(where: { $0.id == id }) else { continue }
      probes.transcript = begun[index].transcript
      switch probes.poll(id, epoll) {
      case .end(let end): begun[index].end = (end, .now)
      case .stage(let stage): begun[index].stage = stage
      case nil: break
      }
    }
    let now = MonotonicTime.now
    probes.sweep(at: now)
    for (index, target) in targets.enumerated().prefix(begun.count) where begun[index].end == nil {
      guard begun[index].started + target.plan.timeout <= now else { continue }
      probes.abandon(begun[index].id)
      let outcome = ProbeOutcome(timeoutAfter: target.plan.timeout, awaiting: begun[index].stage)
      begun[index].end = (Probes.End(outcome: outcome), now)
    }
  }
}
