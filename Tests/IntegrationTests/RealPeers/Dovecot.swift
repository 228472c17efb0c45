// Dovecot with IMAP and POP3, in clear with STARTTLS and by TLS from the start.

import DNS

final class Dovecot {
  static let imapPort: UInt16 = 2_143
  static let pop3Port: UInt16 = 2_110
  static let imapsPort: UInt16 = 2_993
  static let pop3sPort: UInt16 = 2_995

  private let server: PeerServer
  private let scratch: Scratch

  init(
    at address: IPAddress, named name: String = "ex1", of certificates: TestCertificates, in namespace: Namespace? = nil
  ) throws {
    scratch = try Scratch()
    func listener(_ name: String, _ port: UInt16) -> String { "inet_listener \(name) {\nport = \(port)\n}" }
    try Tool.shell.run(["-c", "chmod 755 \(scratch.path)"])
    try scratch.write(Dovecot.lines(.good, of: certificates), to: "tls.conf")
    // One login process for all clients: one for each would cost more than all else in a test with many checks.
    try scratch.write(
      """
      base_dir = \(scratch.file("run"))
      state_dir = \(scratch.file("state"))
      log_path = \(scratch.file("log"))
      protocols = imap pop3
      listen = \(address)
      login_greeting = \(name).it.example ready.
      ssl = yes
      !include tls.conf
      service imap-login {
        service_count = 0
        \(listener("imap", Dovecot.imapPort))
        \(listener("imaps", Dovecot.imapsPort))
      }
      service pop3-login {
        service_count = 0
        \(listener("pop3", Dovecot.pop3Port))
        \(listener("pop3s", Dovecot.pop3sPort))
      }
      passdb {
        driver = static
        args = nopassword=y
      }
      userdb {
        driver = static
        args = uid=nobody gid=nogroup home=/nonexistent
      }

      """, to: "dovecot.conf")
    server = try PeerServer(["dovecot", "-F", "-c", scratch.file("dovecot.conf")], in: namespace)
    if namespace == nil { try waitForPort(Dovecot.pop3Port, at: address, of: server) }
  }

  func change(
    to certificate: TestCertificates.Kind, of certificates: TestCertificates, _ versions: TLSVersions = .usual
  ) throws {
    let more = versions == .usual ? "" : "ssl_min_protocol = TLSv1.3\n"
    try scratch.write(Dovecot.lines(certificate, of: certificates) + more, to: "tls.conf")
    server.reload()
  }

  private static func lines(_ kind: TestCertificates.Kind, of certificates: TestCertificates) -> String {
    let path = certificates.scratch.file(kind.rawValue)
    return "ssl_cert = <\(path).pem\nssl_key = <\(path).key\n"
  }

  func stop() { server.stop() }
  func freeze() { server.freeze() }
  func thaw() { server.thaw() }
}
