// What `--rate-limit` makes of an asker's queries, in words for an administrator.

package import DNS
package import Policy

extension RateLimitPlan {
  /// For one asker, or for anybody: whether the answer shown above may be held back.
  package func explained(for asker: IPAddress?) -> [String] {
    if let asker, exempt.contains(ClientAddress(asker)) {
      return ["", "\(asker) is exempt from the rate limit (--rate-limit-exempt)."]
    }
    let network = asker.map { "The /\(prefix(of: $0.family)) of \($0)" } ?? "A network"
    let beyond =
      switch slip {
      case 0: "More queries than that get no answer."
      case 1: "More queries than that get a truncated answer: clients ask again over TCP."
      default: "Of more queries than that, one in \(slip) gets a truncated answer: clients ask again over TCP."
      }
    return [
      "", "\(network) is sent at most \(rate) answers a second of one kind over UDP (--rate-limit),",
      "and \(sourceRate) in all, whatever the names (--rate-limit-source).", beyond,
      "A client with a valid cookie or signature is not limited.",
    ]
  }
}
