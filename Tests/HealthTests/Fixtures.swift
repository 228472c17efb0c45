// Short ways to say what the tests of this room are full of.

import DNS
import Health

extension MonotonicTime {
  /// This long after the clock's start.
  static func at(_ span: Duration) -> MonotonicTime { MonotonicTime(nanoseconds: span.wholeNanoseconds) }
}

extension CheckPlan {
  /// The zone file's defaults, unless said otherwise.
  static func tcp(
    port: UInt16 = 443, every: Duration = .seconds(5), timeout: Duration = .seconds(2), fall: Int = 3, rise: Int = 2
  ) -> CheckPlan {
    CheckPlan(kind: .tcp(port: port), every: every, timeout: timeout, fall: fall, rise: rise)
  }
}

extension ProbeTarget {
  static func node(_ number: Int, check: String = "owa", _ plan: CheckPlan = .tcp()) -> ProbeTarget {
    let address = IPAddress(ipv4: 192, 0, UInt8(number / 256), UInt8(number % 256))
    return ProbeTarget(node: "ex\(number)", address: address, check: check, plan: plan)
  }
}
