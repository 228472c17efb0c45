// What checks need of the host that carries them out: this module cannot see it, so it asks.

package import DNS
import Model

/// A question about the host, to be answered with what is wrong, or nil.
package enum HostQuestion: Hashable, Sendable {
  /// Whether it has OpenSSL; the answer says what to install.
  case tls
  /// Whether this file holds certificates of authorities and can be read.
  case authorities(file: String)
  /// Whether it has this address, so that probes can come from it.
  case source(IPAddress)
  /// Whether it can run the program of this path.
  case program(path: String)
}

/// Asks whether this host can carry out the checks.
struct HostAdvisor {
  let checks: [CheckDraft]
  let log: DiagnosticLog

  func advise(_ host: (HostQuestion) -> String?) {
    adviseTLS(host)
    for source in checks.flatMap(\.sources) {
      guard let fault = host(.source(source.address)) else { continue }
      // The file may be for another host, and an address may come later.
      log.report(
        Problem(
          .warning, at: source.range, "probes from \(source.address) cannot start on this host", why: printable(fault),
          fix: "until it has the address the check has no result, and takes no node out"))
    }
    for check in checks {
      guard case .program(let program) = check.kind, let range = check.kindRange,
        let fault = host(.program(path: program.path))
      else { continue }
      log.report(
        Problem(
          .warning, at: range, "the program of the check \"\(check.name.name)\" cannot be run on this host",
          why: printable(fault), fix: "until it can be run the check has no result, and takes no node out"))
    }
  }

  private func adviseTLS(_ host: (HostQuestion) -> String?) {
    let checks = checks.filter { $0.kind?.tls != nil }
    // One warning is enough: one package fixes them all. The files of authorities need it to be read.
    if let range = checks.first?.kindRange, let fault = host(.tls) {
      log.report(
        Problem(
          .warning, at: range, "this host cannot carry out checks by TLS", why: printable(fault),
          fix: "until then these checks have no result, and take no node out"))
      return
    }
    for check in checks {
      guard case .authority(let file) = check.kind?.tls?.verification, let range = check.verifyRange,
        let fault = host(.authorities(file: file))
      else { continue }
      log.report(
        Problem(
          at: range, "the authorities of the check \"\(check.name.name)\" cannot be read", why: printable(fault),
          fix: "write verify=ca: with the path of a PEM file of certificates, seen from the directory of this file"))
    }
  }
}
