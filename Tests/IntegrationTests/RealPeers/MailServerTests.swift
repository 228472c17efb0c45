// Checks of mail against Postfix and Dovecot: at work, in maintenance, hung, and gone.

import DNS
import Linux
import Testing

private let hasPostfix = areInstalled([.postfix, .openssl, .curl], for: "checks against Postfix")
private let hasDovecot = areInstalled([.dovecot, .openssl, .curl], for: "checks against Dovecot")

/// What follows a change is seen within moments.
private let pace = "every=500ms timeout=400ms fast=200ms fall=2 rise=1"
private let expired = "down: TLS: certificate refused: certificate has expired"

@Suite("Mail servers")
struct MailServerTests {
  @Test("Postfix: at work, in maintenance, hung, thawed, and stopped", .enabled(if: hasPostfix))
  func postfix() throws {
    let certificates = try TestCertificates(in: Scratch())
    let address = freshLoopback()
    let postfix = try Postfix(at: address, of: certificates)
    let ca = "verify=ca:\(certificates.authority) sni=mail.it.example"
    let once = try RunningRondo(
      zone(
        at: address,
        under: [
          ("well", "smtp:\(Postfix.port) names=node"), ("offer", "smtp:\(Postfix.port) starttls=offer"),
          ("use", "smtp:\(Postfix.port) starttls=use \(ca)"), ("smtps", "smtps:\(Postfix.securePort) \(ca)"),
          ("closed", "smtp:\(Postfix.maintenancePort)"), ("open", "tcp:\(Postfix.maintenancePort)"),
        ], "every=1h timeout=5s"))
    let states = try once.states()
    for name in ["well", "offer", "use", "smtps", "open"] { #expect(states[name] == "up") }
    let closed = try #require(states["closed"])
    #expect(closed.hasPrefix("maintenance: greeting was 421 4.3.2 "), "\(closed)")

    let secure = try RunningRondo(
      zone(
        at: address,
        under: [("use", "smtp:\(Postfix.port) starttls=use \(ca)"), ("smtps", "smtps:\(Postfix.securePort) \(ca)")],
        pace))
    #expect(try secure.states() == ["use": "up", "smtps": "up"])
    try postfix.change(to: .expired, of: certificates)
    try wait(for: "the certificate to be refused") { try secure.states() == ["use": expired, "smtps": expired] }

    let rondo = try RunningRondo(
      zone(at: address, under: [("mail", "smtp:\(Postfix.port)"), ("port", "tcp:\(Postfix.port)")], pace))
    #expect(try rondo.states() == ["mail": "up", "port": "up"])
    postfix.freeze()
    _ = try rondo.line { $0.contains(" address-down node=ex1 ") && $0.contains("check=mail ") }
    // A port that is open proves little.
    #expect(try rondo.states() == ["mail": "down: no greeting within 400 ms", "port": "up"])
    postfix.thaw()
    _ = try rondo.line { $0.contains(" address-up node=ex1 ") && $0.contains("check=mail ") }
    postfix.stop()
    try wait(for: "both checks to fail") {
      try rondo.states().values.allSatisfy { $0.hasPrefix("down: ") && $0.hasSuffix("connection refused") }
    }
  }

  @Test("Dovecot: at work, hung, thawed, and stopped", .enabled(if: hasDovecot))
  func dovecot() throws {
    let certificates = try TestCertificates(in: Scratch())
    let address = freshLoopback()
    let dovecot = try Dovecot(at: address, of: certificates)
    let ca = "verify=ca:\(certificates.authority) sni=mail.it.example"
    let once = try RunningRondo(
      zone(
        at: address,
        under: [
          ("imap", "imap:\(Dovecot.imapPort) names=node"), ("imapOffer", "imap:\(Dovecot.imapPort) starttls=offer"),
          ("imapUse", "imap:\(Dovecot.imapPort) starttls=use \(ca)"), ("imaps", "imaps:\(Dovecot.imapsPort) \(ca)"),
          ("pop3", "pop3:\(Dovecot.pop3Port) names=node"), ("pop3Offer", "pop3:\(Dovecot.pop3Port) starttls=offer"),
          ("pop3Use", "pop3:\(Dovecot.pop3Port) starttls=use \(ca)"), ("pop3s", "pop3s:\(Dovecot.pop3sPort) \(ca)"),
        ], "every=1h timeout=5s"))
    let states = try once.states()
    #expect(states.count == 8)
    for (name, state) in states { #expect(state == "up", "\(name)") }

    let checks: Checks = [
      ("imap", "imap:\(Dovecot.imapPort)"), ("pop3", "pop3:\(Dovecot.pop3Port)"), ("port", "tcp:\(Dovecot.imapPort)"),
      ("imaps", "imaps:\(Dovecot.imapsPort) \(ca)"),
    ]
    let rondo = try RunningRondo(zone(at: address, under: checks, pace))
    #expect(try rondo.states() == ["imap": "up", "pop3": "up", "port": "up", "imaps": "up"])
    dovecot.freeze()
    let hung = [
      "imap": "down: no greeting within 400 ms", "pop3": "down: no greeting within 400 ms", "port": "up",
      "imaps": "down: no end of the TLS handshake within 400 ms",
    ]
    try wait(for: "all dialogues to fail") { try rondo.states() == hung }
    dovecot.thaw()
    try wait(for: "all to be well") { try rondo.states().values.allSatisfy { $0 == "up" } }
    try dovecot.change(to: .expired, of: certificates)
    try wait(for: "the certificate to be refused") {
      try rondo.states() == ["imap": "up", "pop3": "up", "port": "up", "imaps": expired]
    }
    dovecot.stop()
    try wait(for: "what took it out and what it meets now") {
      try rondo.states()["imaps"] == "\(expired); now connection refused"
    }
    try wait(for: "all to be refused") {
      try rondo.states().values.allSatisfy { $0.hasPrefix("down: ") && $0.hasSuffix("connection refused") }
    }
  }
}
