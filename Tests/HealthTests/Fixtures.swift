// Short ways to say what the tests of this room are full of.

import DNS
import Model

@testable import Health

extension MonotonicTime {
  /// This long after the clock's start.
  static func at(_ span: Duration) -> MonotonicTime { MonotonicTime(nanoseconds: span.wholeNanoseconds) }
}

extension CheckPlan {
  /// The zone file's defaults, unless said otherwise.
  static func tcp(
    port: UInt16 = 443, every: Duration = .seconds(5), timeout: Duration = .seconds(2), fall: Int = 3, rise: Int = 2,
    _ tuning: CheckTuning = CheckTuning()
  ) -> CheckPlan {
    CheckPlan(
      kind: .tcp(port: port), every: every, timeout: timeout, fall: fall, rise: rise, tuning: tuning)
  }
}

extension ProbeTarget {
  static func node(
    _ number: Int, check: String = "owa", site: String? = nil, _ plan: CheckPlan = .tcp()
  ) -> ProbeTarget {
    let address = IPAddress(ipv4: 192, 0, UInt8(number / 256), UInt8(number % 256))
    return ProbeTarget(node: "ex\(number)", address: address, check: check, plan: plan, role: .node(site: site))
  }

  static func reference(_ number: Int, _ plan: CheckPlan = .tcp()) -> ProbeTarget {
    let address = IPAddress(ipv4: 203, 0, 113, UInt8(number))
    return ProbeTarget(node: "reference", address: address, check: "reference", plan: plan, role: .reference)
  }
}

// MARK: What only tests ask

extension HealthMonitor {
  /// Tests these targets from now on, each continuing the one that a reload would recognise.
  mutating func replaceTargets(with targets: [ProbeTarget], at now: MonotonicTime) -> [HealthAction] {
    let former = slots.map(\.target)
    return replaceTargets(
      with: targets, continuing: HealthMonitor.predecessors(of: targets, among: former), at: now)
  }

  /// How many probes are under way.
  var liveProbeCount: Int { probeSlots.claimedCount }
}

extension Judgement {
  /// When the target may come back at the earliest; nil unless it is out.
  var heldUntil: MonotonicTime? { state.isOut ? since + hold.span : nil }
}

extension CheckPlan {
  /// The longest time from a fault to the verdict `down`, for a node that refuses or fails in another way at once.
  var slowestRefusalDetection: Duration { slowestDetection(answer: .zero) }

  /// The same beside another target that passes, with a `quickWitness`.
  var witnessedDetection: Duration { slowestDetection(witnessWithin: CheckPlan.quickWitness) }

  /// The longest time from the end of a fault to the verdict `up`, for a node that answers within `answer` and was out
  /// once in a calm time; later outs are held longer (`HoldDown`).
  func slowestReturn(answer: Duration) -> Duration { every + max(fast, answer) * (rise - 1) + answer }
}
