// Short ways to say what the tests of this room are full of.

import DNS
import Health
import Model

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
