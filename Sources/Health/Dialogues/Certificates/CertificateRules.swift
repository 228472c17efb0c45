// What a certificate must be like, and whether it is a failure or only a warning when it is not.

internal import DNS
package import Model

/// The names to be covered, and how strictly.
package struct CertificateRules: Hashable, Sendable {
  /// Days before the end at which a warning begins: time for an authority's paperwork.
  static let warningDays = 14

  package let names: HandedOutNames
  package let onMissingName: CertificateStrictness
  package let onExpiry: CertificateStrictness

  package init(names: HandedOutNames, onMissingName: CertificateStrictness, onExpiry: CertificateStrictness) {
    self.names = names
    self.onMissingName = onMissingName
    self.onExpiry = onExpiry
  }

  /// What the certificate comes to at this Unix time.
  package func judge(_ certificate: Certificate, at now: Int64) -> (outcome: ProbeOutcome, notes: ProbeNotes) {
    let left = certificate.notAfter - now
    let daysLeft = Int(left.dividedDown(by: CivilDate.secondsPerDay).quotient)
    var notes = ProbeNotes(certificate: .seen(daysLeft: daysLeft), certificateExpiry: certificate.notAfter)
    var failure: FailureReason?
    func add(_ reason: FailureReason, _ strictness: CertificateStrictness) {
      switch strictness {
      case .ignore: break
      case .warn: notes.warnings.append(reason)
      case .fail: failure = failure ?? reason
      }
    }
    if left < 0 {
      add(.certificateExpired(daysAgo: Int(-left / CivilDate.secondsPerDay)), onExpiry)
    } else if now < certificate.notBefore {
      let ahead = (certificate.notBefore - now) / CivilDate.secondsPerDay
      add(.certificateNotYetValid(daysAhead: Int(ahead)), onExpiry)
    } else if daysLeft < CertificateRules.warningDays {
      add(.certificateExpiresSoon(days: daysLeft), onExpiry == .ignore ? .ignore : .warn)
    }
    if let missing = names.uncovered(by: certificate) { add(.certificateDoesNotCover(missing), onMissingName) }
    return (failure.map { .failure($0) } ?? .success, notes)
  }
}
