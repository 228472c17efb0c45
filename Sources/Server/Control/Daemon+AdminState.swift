// `drain`, `force` and `resume` on the control socket: how an operator sets the admin state of a node, and the reply.
//
// The admin state changes how pools see the node; its checks go on, and their verdicts are there when it is withdrawn.

internal import Answering
internal import DNS
internal import Health
internal import Linux
internal import Model
internal import Policy
internal import Reporting
internal import ZoneFile

extension Daemon {
  /// - Parameter author: who is at the other end of the control socket.
  mutating func apply(_ request: AdminStateRequest, from author: String) -> ControlResponse {
    guard let node = health.plan.nodes.firstIndex(of: request.node) else {
      let guess = suggestion(for: request.node, among: health.plan.nodes)
      return ControlResponse(
        isDone: false,
        text: "there is no node \"\(request.node)\"; " + (guess.isEmpty ? "rondo status shows the names" : guess))
    }
    switch request.verb {
    case .drain: return drain(node, request, author, .unlessLast)
    case .drainEvenIfLast: return drain(node, request, author, .evenIfLast)
    case .forceUp: return give(.forcedUp, request, author, to: node)
    case .forceDown: return give(.forcedDown, request, author, to: node)
    case .resume: return resume(node, author)
    }
  }

  private enum Caution { case unlessLast, evenIfLast }

  private mutating func drain(
    _ node: Int, _ request: AdminStateRequest, _ author: String, _ caution: Caution
  ) -> ControlResponse {
    if caution == .unlessLast {
      let losses = losses(by: .drained, of: node)
      guard losses.isEmpty else {
        return ControlResponse(
          isDone: false,
          text: "\(request.node) was not drained: without it, \(losses.joined(separator: "; ")). Make another node "
            + "healthy first, or repeat the command with --even-if-last.")
      }
    }
    return give(.drained, request, author, to: node)
  }

  /// What an admin state would make worse: `pool access would have 0 healthy nodes in IPv4 instead of 1, and needs 1`.
  private func losses(by adminState: AdminState.Kind, of node: Int) -> [String] {
    health.plan.pools.filter { pool in pool.members.contains { $0.node == node } }.flatMap { pool in
      let before = health.plan.members(of: pool, by: health.monitor, PoolHistory())
      let after = zip(pool.members, before).map { $0.node == node ? $1.with(adminState) : $1 }
      return PoolLoss.losses(from: before, to: after, under: pool.policy).map { "pool \(pool.name) \($0)" }
    }
  }

  private mutating func give(
    _ kind: AdminState.Kind, _ request: AdminStateRequest, _ author: String, to node: Int
  ) -> ControlResponse {
    let name = request.node
    let standing = health.plan.adminStates[node]
    if let standing, standing.kind == kind, request.reason.isEmpty || request.reason == standing.reason {
      return ControlResponse(
        isDone: true,
        text: "\(name) is already \(standing.description), since \(UnixTime(seconds: standing.since)). "
          + answeredNow(of: node))
    }
    let since = standing?.kind == kind ? standing?.since : nil
    let adminState = AdminState(kind, author: author, reason: request.reason, since: since ?? UnixTime.now.seconds)
    let keeping = health.set(adminState, for: name)
    log.write(.adminStateSet(adminState, node: name))
    takeEffect()
    let effect =
      switch kind {
      case .drained: "its checks go on"
      case .forcedUp: "its checks no longer decide, until rondo resume \(name)"
      case .forcedDown: "its checks no longer decide, until rondo resume \(name)"
      }
    return response("\(name) is \(kind.words): \(effect). \(answeredNow(of: node))", keeping)
  }

  private mutating func resume(_ node: Int, _ author: String) -> ControlResponse {
    let name = health.plan.nodes[node]
    guard let standing = health.plan.adminStates[node] else {
      return ControlResponse(
        isDone: true, text: "\(name) is ready: its checks decide. \(answeredNow(of: node))")
    }
    let keeping = health.set(nil, for: name)
    log.write(.resumed(standing, node: name, by: author, after: max(0, UnixTime.now.seconds - standing.since)))
    takeEffect()
    return response(
      "\(name) is no longer \(standing.kind.words): its checks decide again. \(answeredNow(of: node))", keeping)
  }

  /// The next query is answered by the new admin state.
  private mutating func takeEffect() {
    if answers.isRunning { publish() }
  }

  /// Tells what has been done once a restart no longer forgets it, or that one would.
  private func response(_ text: String, _ keeping: AdminStateStore.Keeping) -> ControlResponse {
    var response = ControlResponse(isDone: true, text: text)
    switch keeping {
    case .unchanged: break
    case .underWay(let ticket): response.waitsFor = ticket
    case .nowhere:
      response.text +=
        "\nA restart of the daemon forgets all admin states, because it has no state directory (--state none)."
    }
    return response
  }

  /// `Answered now: access: ex2; relay: ex1 ex2.`, of the pools that the node is in; the first eight of them.
  private func answeredNow(of node: Int) -> String {
    let now = MonotonicTime.now
    let used = health.plan.pools.indices.filter { health.plan.pools[$0].members.contains { $0.node == node } }
    guard !used.isEmpty else { return "No pool uses it." }
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
      let names = planned.members.filter { selection.addresses.contains($0.address) }.map {
        health.plan.nodes[$0.node]
      }
      let doubt = selection.isFailOpen ? " (too few nodes are healthy)" : ""
      return (family, (names.isEmpty ? "no node" : names.joined(separator: " ")) + doubt)
    }
    guard Set(families.map(\.names)).count > 1 else { return families.first?.names ?? "no node" }
    return families.map { "\($0.names) in \($0.family.displayName)" }.joined(separator: ", ")
  }
}
