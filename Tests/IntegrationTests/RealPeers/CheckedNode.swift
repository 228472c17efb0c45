// What a test asks about a node under several checks: one zone for it, and what the daemon says of each check.

import DNS
import Linux

/// Checks by their names, as `$CHECK` writes them.
typealias Checks = [(name: String, what: String)]

/// A zone with a node under all the checks; each is probed once, and its first result decides. At the address of the
/// other node, ex2, is nothing.
func zone(at address: IPAddress, under checks: Checks, _ options: String = "every=1h timeout=2s") -> String {
  """
  $ORIGIN it.example.
  $NODE ex1 \(address)
  $NODE ex2 \(freshLoopback())
  \(checks.map { "$CHECK \($0.name) \($0.what) \(options)" }.joined(separator: "\n"))
  $POOL access ex1 ex2 check=\(checks.map(\.name).joined(separator: ","))
  @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
       1h NS  ns1
  ns1  1h A   192.0.2.53
  mail 60 ROTATE access
  """
}

extension RunningRondo {
  /// `up`, or the state and the reason or warning, for each check of a node's first address.
  func states(of node: String = "ex1") throws -> [String: String] {
    var found: [String: String] = [:]
    for check in try checks(of: node) {
      guard let name = check["name"].string, let state = check["state"].string else { continue }
      let reason = check["reason"].string ?? ""
      // A node that says so itself says it in its reason.
      found[name] = reason.isEmpty ? state : reason.hasPrefix("\(state): ") ? reason : "\(state): \(reason)"
    }
    return found
  }

  func checks(of node: String = "ex1") throws -> [JSON] {
    let nodes = try statusJSON()["nodes"].array
    return nodes.first { $0["name"].string == node }?["addresses"][0]["checks"].array ?? []
  }
}
