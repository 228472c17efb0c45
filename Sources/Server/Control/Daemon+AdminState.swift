// `drain`, `force`, `resume` on the control socket: what an operator decides of nodes, and the reply.
//
//   request ─▶ may it be? (pools, other windows) ─▶ calendar ─▶ plan, answers, log, disk ─▶ reply
//
// Several nodes are one request: all of it is done, or nothing. The checks of a node go on whatever is decided, and their
// verdicts are there when it is withdrawn.

internal import Answering
internal import DNS
internal import Health
internal import Linux
internal import Model
internal import Policy
internal import Reporting
internal import ZoneFile

extension Daemon {
  /// - Parameters:
  ///   - author: who is at the other end of the control socket.
  ///   - number: that of the client, who is answered later if this returns nil.
  mutating func answer(
    _ request: AdminStateRequest, from author: String, toClient number: UInt64
  ) -> ControlResponse? {
    for name in request.nodes where !health.plan.nodes.contains(name) {
      return ControlResponse(isDone: false, text: unknownNode(name))
    }
    switch request.verb {
    case .drain: return request.options.from.map { plan(request, author, from: $0) } ?? drain(request, author)
    case .forceUp: return set(.forcedUp, request, author)
    case .forceDown: return set(.forcedDown, request, author)
    case .resume:
      switch request.options.target {
      case .adminState: return resume(request.nodes, author)
      case .plannedWindows: return cancelWindows(of: request.nodes, author)
      }
    case .mayDrain:
      advise(request, toClient: number)
      return nil
    }
  }

  /// Whether the nodes may be drained: judged in the background, as things are now.
  private mutating func advise(_ request: AdminStateRequest, toClient number: UInt64) {
    let (view, results) = (view(), results)
    reporter.run {
      let advice = DrainAdvice(request, in: view)
      results.post(
        .explained(
          ControlResponse(isDone: advice.mayDrain, text: advice.text), forClient: number, afterReading: false))
    }
  }

  /// How times are worded for the operator.
  private var words: TimeWords { TimeWords(now: .now, localTime: localClock.time) }

  // MARK: Now

  private mutating func drain(_ request: AdminStateRequest, _ author: String) -> ControlResponse {
    if request.options.caution == .refuseLosses {
      let them = request.nodes.count == 1 ? "it" : "them"
      let refused = "\(list(request.nodes)) \(request.nodes.count == 1 ? "was" : "were") not drained"
      let losses = health.plan.losses(draining: numbers(of: request.nodes), by: health.monitor)
      guard losses.isEmpty else {
        return ControlResponse(
          isDone: false,
          text: "\(refused): without \(them), \(losses.joined(separator: "; ")). Make another node healthy first, or "
            + "repeat the command with --force.")
      }
      let conflicts = conflicts(draining: request.nodes, request.options.end)
      guard conflicts.isEmpty else {
        return ControlResponse(
          isDone: false,
          text: "\(refused): \(told(conflicts)). Give the drain an end before that (--until, --for), or repeat the "
            + "command with --force: a planned window is then held back until the pool can spare its node, unless it was "
            + "planned with --force as well.")
      }
    }
    return set(.drained, request, author)
  }

  /// Other windows that begin before the drain is over, and would leave a pool with too few nodes.
  private func conflicts(draining nodes: [String], _ end: MaintenanceCalendar.End) -> [WindowConflict] {
    let now = WallClock.now()
    var until: Int64?
    if case .at(let time) = end { until = time }
    // Of nodes that are drained already, only what their drains become longer by is new.
    let begins = nodes.compactMap { node -> Int64? in
      guard let standing = health.calendar[node], standing.kind == .drained else { return now }
      return end == .unchanged ? nil : standing.until.map { max(now, $0) }
    }
    guard let from = begins.min(), until.map({ from < $0 }) ?? true else { return [] }
    return health.calendar.conflicts(
      of: nodes, from: from, until: until, at: now, duties: health.plan.duties(of: numbers(of: nodes)))
  }

  private func told(_ conflicts: [WindowConflict]) -> String {
    conflicts.map { words.sentence($0) }.joined(separator: "; ")
  }

  private mutating func set(
    _ kind: AdminState.Kind, _ request: AdminStateRequest, _ author: String
  ) -> ControlResponse {
    let now = WallClock.now()
    if case .at(let until) = request.options.end, let fault = health.calendar.fault(lasting: now, until: until) {
      return ControlResponse(isDone: false, text: "\(list(request.nodes)): \(words.sentence(fault)).")
    }
    let former = health.calendar
    let (_, keeping) = health.change { calendar in
      request.nodes.flatMap { node in
        calendar.set(kind, for: node, by: author, because: request.reason, end: request.options.end, at: now)
      }
    }
    takeEffect()
    let sentences = request.nodes.map { node in sentence(of: node, before: former[node]) }
    return response(sentences, answeredBy: request.nodes, keeping)
  }

  /// What has become of a node: `ex1 is drained until 16:00 CET: its checks go on.`
  private func sentence(of node: String, before: AdminState?) -> String {
    guard let adminState = health.calendar[node] else { return "\(node) is ready: its checks decide." }
    if before == adminState { return "\(node) is already \(words.sentence(adminState))." }
    if before?.kind == adminState.kind { return "\(node) stays \(words.sentence(adminState))." }
    let end = words.end(adminState.until)
    switch (adminState.kind, adminState.until) {
    case (.drained, nil): return "\(node) is drained: its checks go on."
    case (.drained, _): return "\(node) is drained\(end), and then until its checks pass: they go on."
    case (.forcedUp, nil), (.forcedDown, nil):
      return "\(node) is \(adminState.kind.words): its checks no longer decide, until rondo resume \(node)."
    case (.forcedUp, _), (.forcedDown, _):
      return "\(node) is \(adminState.kind.words): its checks no longer decide,\(end)."
    }
  }

  // MARK: Later

  private mutating func plan(_ request: AdminStateRequest, _ author: String, from: Int64) -> ControlResponse {
    let now = WallClock.now()
    guard case .at(let until) = request.options.end else {
      return ControlResponse(isDone: false, text: "a window that begins by itself needs an end")
    }
    let refused = "no window was planned for \(list(request.nodes))"
    if let fault = health.calendar.fault(planning: request.nodes, from: from, until: until, at: now) {
      return ControlResponse(isDone: false, text: "\(refused): \(words.sentence(fault)).")
    }
    if request.options.caution == .refuseLosses {
      let conflicts = health.calendar.conflicts(
        of: request.nodes, from: from, until: until, at: now,
        duties: health.plan.duties(of: numbers(of: request.nodes)))
      guard conflicts.isEmpty else {
        return ControlResponse(
          isDone: false,
          text: "\(refused): \(told(conflicts)). Choose another time, or repeat the command with --force: the window "
            + "then begins all the same, and a pool without another node hands out drained ones.")
      }
    }
    let windows = request.nodes.map { node in
      PlannedWindow(
        node: node, from: from, until: until, author: author, reason: request.reason,
        isForced: request.options.caution == .force)
    }
    let (_, keeping) = health.change { calendar in windows.flatMap { calendar.plan($0) } }
    let begin =
      request.options.caution == .force
      ? "It begins by itself, whatever the pools then have,"
      : "It begins by itself if the pools can then spare the node,"
    return response(
      windows.map { "Planned: \($0.node) \(words.span(from: $0.from, until: $0.until))." } + [
        "\(begin) and ends by itself once the checks pass."
      ], answeredBy: [], keeping)
  }

  // MARK: The end

  private mutating func resume(_ nodes: [String], _ author: String) -> ControlResponse {
    let now = WallClock.now()
    let former = health.calendar
    let (_, keeping) = health.change { calendar in
      nodes.flatMap { calendar.resume($0, by: author, at: now) }
    }
    takeEffect()
    let sentences = nodes.map { node in
      former[node].map { "\(node) is no longer \($0.kind.words): its checks decide again." }
        ?? "\(node) is ready: its checks decide."
    }
    var answer = response(sentences, answeredBy: nodes, keeping)
    let planned = health.calendar.planned.filter { nodes.contains($0.node) }
    if !planned.isEmpty {
      answer.text += "\n" + planned.map { "Still planned: \($0.node) \(words.sentence($0))." }.joined(separator: "\n")
      answer.text += "\nTo cancel what is planned: rondo resume \(nodes.joined(separator: " ")) --planned"
    }
    return answer
  }

  private mutating func cancelWindows(of nodes: [String], _ author: String) -> ControlResponse {
    let now = WallClock.now()
    let cancelled = health.calendar.planned.filter { nodes.contains($0.node) }
    let (_, keeping) = health.change { calendar in
      nodes.flatMap { calendar.cancelWindows(of: $0, by: author, at: now) }
    }
    guard !cancelled.isEmpty else {
      return ControlResponse(isDone: true, text: "\(list(nodes)): no window is planned.")
    }
    let standing = nodes.compactMap { node in
      health.calendar[node].map { "\(node) stays \(words.sentence($0)); to end that: rondo resume \(node)" }
    }
    return response(
      cancelled.map { "Cancelled: \($0.node) \(words.sentence($0))." } + standing, answeredBy: [], keeping)
  }

  // MARK: Replies

  private func numbers(of names: [String]) -> Set<Int> {
    Set(names.compactMap { health.plan.nodes.firstIndex(of: $0) })
  }

  private func list(_ names: [String]) -> String { names.joined(separator: ", ") }

  /// The next query is answered by the new admin state.
  private mutating func takeEffect() {
    if answers.isRunning, health.needsPublishing { publish() }
  }

  /// Tells what has been done once a restart no longer forgets it, or that one would.
  private func response(
    _ sentences: [String], answeredBy nodes: [String], _ keeping: AdminStateStore.Keeping
  ) -> ControlResponse {
    let isOne = sentences.count == 1
    let answered = nodes.isEmpty ? "" : (isOne ? " " : "\n") + answeredNow(of: numbers(of: nodes))
    var response = ControlResponse(isDone: true, text: sentences.joined(separator: "\n") + answered)
    switch keeping {
    case .unchanged: break
    case .underWay(let ticket): response.waitsFor = ticket
    case .nowhere:
      response.text +=
        "\nA restart of the daemon forgets all admin states, because it has no state directory (--state none)."
    }
    return response
  }

  /// `Answered now: access: ex2; relay: ex1 ex2.`, of the pools that the nodes are in; the first eight of them.
  private func answeredNow(of nodes: Set<Int>) -> String {
    let now = MonotonicTime.now
    let used = health.plan.pools.indices.filter {
      health.plan.pools[$0].members.contains { nodes.contains($0.node) }
    }
    guard !used.isEmpty else { return nodes.count == 1 ? "No pool uses it." : "No pool uses them." }
    let most = 8
    let told = used.prefix(most).map { "\(health.plan.pools[$0].name): \(handedOut(by: $0, at: now))" }
    let more = used.count > most ? "; and \(counted(used.count - most, "more pool"))" : ""
    return "Answered now: \(told.joined(separator: "; "))\(more)."
  }

  /// `ex1 ex2`, or for each family by itself if they differ.
  private func handedOut(by pool: Int, at now: MonotonicTime) -> String {
    let planned = health.plan.pools[pool]
    let families = AddressFamily.allCases.compactMap { family -> (family: AddressFamily, names: String)? in
      guard planned.members.contains(where: { $0.address.family == family }) else { return nil }
      let selection = health.plan.view(of: pool, family: family, by: health.monitor, health.histories, at: now)
        .selection
      let answered = Set(selection.addresses)
      let names = planned.members.filter { answered.contains($0.address) }.map {
        health.plan.nodes[$0.node]
      }
      let doubt = selection.isFailOpen ? " (too few nodes are healthy)" : ""
      return (family, (names.isEmpty ? "no node" : names.joined(separator: " ")) + doubt)
    }
    guard Set(families.map(\.names)).count > 1 else { return families.first?.names ?? "no node" }
    return families.map { "\($0.names) in \($0.family.displayName)" }.joined(separator: ", ")
  }
}
