// Whether those outside reach this server, and the server its secondaries, as conditions.

internal import DNS

extension StatusReport {
  /// An address that is listened at and missing; a secondary that does not hear of changes, or does not act on them.
  package var reachabilityConditions: [Condition] {
    var missing: [IPAddress] = []
    for listener in listeners where !listener.isPresent {
      guard let address = listener.awaited, !missing.contains(address) else { continue }
      missing.append(address)
    }
    return missing.map { Condition(.listenerMissing, "\($0)", "\($0) is not an address of this host") }
      + secondaries.compactMap(\.condition)
  }
}

extension SecondaryCounters {
  fileprivate var condition: Condition? {
    switch lastFailure {
    case .unreachable(let reason):
      Condition(.secondaryUnreachable, address, "secondary \(address) does not hear of changes (\(reason))")
    case .refuses(let answer):
      Condition(.secondaryRefuses, address, "secondary \(address) does not act on notices (\(answer))")
    case nil: nil
    }
  }
}

extension SecondaryCounters.Failure {
  /// `Network is unreachable`, `REFUSED`.
  package var text: String {
    switch self {
    case .unreachable(let text), .refuses(let text): text
    }
  }
}
