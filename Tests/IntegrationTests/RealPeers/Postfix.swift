// Postfix with a configuration and a queue of its own: a door that is open, one that says 421, and one with TLS.

import DNS

final class Postfix {
  static let port: UInt16 = 2_525
  /// Greets with 421.
  static let maintenancePort: UInt16 = 2_421
  static let securePort: UInt16 = 2_465

  private let server: PeerServer
  private let scratch: Scratch

  init(
    at address: IPAddress, named name: String = "ex1", of certificates: TestCertificates, in namespace: Namespace? = nil
  ) throws {
    scratch = try Scratch()
    let path = scratch.path
    try Tool.shell.run(["-c", "cd \(path) && chmod 755 . && mkdir conf queue data && chown postfix data"])
    // Its own addresses are loopback alone; where it listens stands in master.cf. As many connections as there may be
    // processes wait for it while it is frozen.
    try scratch.write(
      """
      compatibility_level = 3.6
      queue_directory = \(path)/queue
      data_directory = \(path)/data
      command_directory = /usr/sbin
      daemon_directory = /usr/lib/postfix/sbin
      myhostname = \(name).it.example
      inet_interfaces = loopback-only
      mydestination =
      local_recipient_maps =
      alias_maps =
      smtpd_peername_lookup = no
      smtpd_delay_reject = no
      smtpd_tls_security_level = may
      default_process_limit = 1000
      \(Postfix.line(.good, of: certificates))
      closed_for_work = check_client_access static:{421 4.3.2 System maintenance}

      """, to: "conf/main.cf")
    try scratch.write(
      """
      \(address):\(Postfix.port) inet n - n - - smtpd
      \(address):\(Postfix.maintenancePort) inet n - n - - smtpd -o smtpd_client_restrictions=$closed_for_work
      \(address):\(Postfix.securePort) inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
      tlsmgr unix - - n 1000? 1 tlsmgr
      anvil unix - - n - 1 anvil

      """, to: "conf/master.cf")
    let check = try Tool.postfix.run(["-c", "\(path)/conf", "check"])
    guard check.status == 0 else {
      throw DeadlinePassed(description: "postfix check: \(check.status) \(check.output) \(check.errors)")
    }
    server = try PeerServer(["/usr/lib/postfix/sbin/master", "-c", "\(path)/conf", "-d"], in: namespace)
    if namespace == nil { try waitForPort(Postfix.port, at: address, of: server) }
  }

  /// From here on the usual port says 421 as well.
  func closeForWork() throws {
    try add("smtpd_client_restrictions = $closed_for_work")
  }

  func change(
    to certificate: TestCertificates.Kind, of certificates: TestCertificates, _ versions: TLSVersions = .usual
  ) throws {
    let names = versions == .usual ? [] : ["smtpd_tls_protocols", "smtpd_tls_mandatory_protocols"]
    let lines = [Postfix.line(certificate, of: certificates)] + names.map { "\($0) = >=TLSv1.3" }
    try add(lines.joined(separator: "\n"))
  }

  private static func line(_ kind: TestCertificates.Kind, of certificates: TestCertificates) -> String {
    let path = certificates.scratch.file(kind.rawValue)
    return "smtpd_tls_chain_files = \(path).key, \(path).pem"
  }

  /// The last line about a thing is the one that counts.
  private func add(_ lines: String) throws {
    let file = scratch.file("conf/main.cf")
    // Postfix reads nothing younger than two seconds: it would pause first.
    try Tool.shell.run(["-c", "echo '\(lines)' >>\(file) && touch -d '1 minute ago' \(file)"])
    server.reload()
  }

  func stop() { server.stop() }
  func freeze() { server.freeze() }
  func thaw() { server.thaw() }
}
