// What a probe saw of a certificate, kept until another probe sees one: the date, and what is wrong with it.

/// The certificate of a target, as it was seen last.
package struct CertificateSighting: Hashable, Sendable {
  /// In seconds since 1970.
  package let expiry: Int64
  /// What is wrong, whether it fails the check or is only a warning: expired, expires soon, not valid yet, lacks names.
  package let faults: [FailureReason]

  /// Nil when the probe saw no certificate.
  init?(_ notes: ProbeNotes, _ outcome: ProbeOutcome) {
    guard let expiry = notes.certificateExpiry else { return nil }
    self.expiry = expiry
    var faults = notes.warnings
    if case .failure(let reason) = outcome, !faults.contains(reason) { faults.append(reason) }
    self.faults = faults.filter(\.concernsCertificate)
  }

  /// The names that it should cover and does not; nil if it covers all.
  package var uncoveredNames: UncoveredNames? {
    for case .certificateDoesNotCover(let names) in faults { return names }
    return nil
  }
}

extension FailureReason {
  /// A certificate was seen, and this is wrong with it.
  fileprivate var concernsCertificate: Bool {
    switch self {
    case .certificateExpired, .certificateNotYetValid, .certificateExpiresSoon, .certificateDoesNotCover: true
    default: false
    }
  }
}
