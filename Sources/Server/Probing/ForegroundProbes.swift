// `rondo probe`: each check of a node or a pool once, one after the other, by the very probes of the daemon.

internal import DNS
internal import Health
package import Linux
package import ZoneFile

/// What probing a node or pool came to.
package enum ForegroundResult: Sendable {
  /// All checks are well; also where there are none.
  case allWell
  case someNotWell
}

/// What kept a node or pool from being probed.
package enum ForegroundFailure: Error {
  /// Neither node nor pool has this name; the nearest that there is.
  case unknownName(names: [String])
  case system(Errno)
}

/// Probes each address of the node or pool `name` by each of its checks, and tells `say` every line as it comes.
package func probeInForeground(
  _ name: String, in configuration: Configuration, say: (String) -> Void
) throws(ForegroundFailure) -> ForegroundResult {
  let plan = HealthPlan(configuration)
  let targets = try plan.targets(of: name, in: configuration)
  guard !targets.isEmpty else {
    say("No check tests \(name): its pools say check=none, or no pool has it.")
    return .allWell
  }
  do throws(Errno) {
    var probes = try ForegroundProbes(for: configuration, say)
    var notWell = 0
    for target in targets where try probes.run(target, say) != .success { notWell += 1 }
    say("\(targets.count) \(targets.count == 1 ? "probe" : "probes"), \(notWell == 0 ? "all" : "\(notWell) not") well")
    return notWell == 0 ? .allWell : .someNotWell
  } catch {
    throw .system(error)
  }
}

extension HealthPlan {
  /// In the order of the configuration.
  fileprivate func targets(of name: String, in configuration: Configuration) throws(ForegroundFailure) -> [ProbeTarget]
  {
    if configuration.nodes.contains(where: { $0.name == name }) {
      return targets.filter { $0.node == name && $0.place != .reference }
    }
    guard let pool = configuration.pools.firstIndex(where: { $0.name == name }) else {
      throw .unknownName(names: configuration.nodes.map(\.name) + configuration.pools.map(\.name))
    }
    return pools[pool].members.flatMap { $0.gates + $0.warners + $0.observers }.map { targets[$0] }
  }
}

/// Carries out one probe at a time and waits for its end.
private struct ForegroundProbes: ~Copyable {
  private var epoll: Epoll
  private var probes = Probes()
  private var random = SystemRandomNumberGenerator()
  private var count: UInt32 = 0

  init(for configuration: Configuration, _ say: (String) -> Void) throws(Errno) {
    epoll = try Epoll(capacity: 8)
    probes.tls = TLSContexts(for: configuration)
    for fault in probes.tls.faults { say("TLS: \(fault)") }
  }

  mutating func run(_ target: ProbeTarget, _ say: (String) -> Void) throws(Errno) -> ProbeOutcome {
    count += 1
    let id = ProbeID(place: 0, generation: count)
    let transcript = ProbeTranscript()
    probes.transcript = transcript
    let started = MonotonicTime.now
    var lines = TranscriptLines(for: target, startedAt: started)
    say(lines.heading)
    var end = probes.start(id, target, epoll, token: id.rawValue, using: &random)
    var stage: Stage = target.endpoint == nil ? .program : .connection
    lines.tell(transcript.take(), say)
    while end == nil {
      let left = started + target.plan.timeout - .now
      guard left > .zero else {
        probes.abandon(id)
        end = Probes.End(outcome: .failure(.noAnswer(within: target.plan.timeout, awaiting: stage)))
        break
      }
      for _ in 0..<(try epoll.wait(timeout: left)) {
        switch probes.look(at: id, epoll) {
        case .end(let last): end = last
        case .stage(let next): stage = next
        case nil: break
        }
      }
      lines.tell(transcript.take(), say)
    }
    guard let end else { return .success }
    lines.tell(end, at: .now, say)
    return end.outcome
  }
}
