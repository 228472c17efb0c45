// TLS without a library: the hello we say, flights of real servers, and what must not be taken for one.

import DNS
import Health
import Model
import TestSupport
import Testing

struct HelloDialogueTests {
  private func talk(_ flight: [UInt8], _ plan: HelloPlan = HelloPlan(port: 443), names: [String]? = nil) -> Talk {
    var circumstances = ProbeCircumstances.ordinary
    circumstances.names = names.map { HandedOutNames($0) } ?? circumstances.names
    return Talk(.tls(plan), in: circumstances, [flight])
  }

  /// A record with this handshake message.
  private func record(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
    let message = [type, 0, UInt8(body.count >> 8), UInt8(body.count & 0xFF)] + body
    return [22, 3, 3, UInt8(message.count >> 8), UInt8(message.count & 0xFF)] + message
  }

  private let serverHello: [UInt8] = [3, 3] + [UInt8](repeating: 7, count: 32) + [0, 0xC0, 0x2F, 0]

  @Test("Our hello is a TLS 1.2 hello with the name in it, octet by octet")
  func hello() throws {
    var dialogue = Dialogue(of: .plan(.tls(HelloPlan(port: 443))), in: .ordinary)
    guard case .send(let octets) = dialogue.advance(on: .connected) else { return #expect(Bool(false), "no hello") }
    #expect(
      octets
        == hex(
          """
            16 0301 00a6
            01 0000a2 0303
            000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 00
            0028 c02bc02fc02cc030cca9cca8009e009fc023c027c009c013c00ac014009c009d003c002f003500ff 0100
            0051
            0000 0017 0015 00 0012 6d61696c2e6b726569732e6578616d706c65
            000a 000a 0008 001d001700180019
            000b 0002 01 00
            000d 001a 0018 040305030603080408050806080704010501060102030201
            0017 0000
          """))
  }

  @Test("The second hello offers TLS 1.3 as well, with a key share, octet by octet")
  func secondHello() throws {
    var dialogue = Dialogue(of: .plan(.tls(HelloPlan(port: 443))), in: .ordinary)
    _ = dialogue.advance(on: .connected)
    #expect(dialogue.advance(on: .received([21, 3, 3, 0, 2, 2, 40])) == .reconnect)
    guard case .send(let octets) = dialogue.advance(on: .connected) else { return #expect(Bool(false), "no hello") }
    #expect(
      octets
        == hex(
          """
            16 0301 00e5
            01 0000e1 0303
            000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 00
            002e 130113021303
            c02bc02fc02cc030cca9cca8009e009fc023c027c009c013c00ac014009c009d003c002f003500ff 0100
            008a
            0000 0017 0015 00 0012 6d61696c2e6b726569732e6578616d706c65
            000a 000a 0008 001d001700180019
            000b 0002 01 00
            000d 001a 0018 040305030603080408050806080704010501060102030201
            0017 0000
            002b 0005 04 03040303
            002d 0002 01 01
            0033 0026 0024 001d 0020 202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f
          """))
  }

  @Test("A server that refuses TLS 1.2 in whatever way, and answers TLS 1.3, passes; its certificate was not seen")
  func secondChance() {
    let retry = record(
      2, [3, 3] + [UInt8](repeating: 0xCF, count: 32) + [0, 0x13, 0x01, 0] + [0, 6, 0, 43, 0, 2, 3, 4])
    for first in [[21, 3, 3, 0, 2, 2, 40], [21, 3, 1, 0, 2, 2, 71], [21, 3, 3, 0, 2, 2, 109], []] as [[UInt8]] {
      let talk = Talk(.tls(HelloPlan(port: 1)), first.isEmpty ? [] : [first], closes: true, onReconnect: [retry])
      #expect(talk.words == "success" && talk.reconnects)
      #expect(talk.notes == ProbeNotes(certificate: .hidden, warnings: [.certificateHidden]))
    }
    var reset = Dialogue(of: .plan(.tls(HelloPlan(port: 443))), in: .ordinary)
    _ = reset.advance(on: .connected)
    #expect(reset.advance(on: .failed(.connectionReset)) == .reconnect, "as Windows does")
    #expect(reset.advance(on: .failed(.connectionRefused)) == .conclude(.failure(.connectionReset)))
  }

  @Test("A server that answers neither hello fails by what it said to the first, and is not asked a third time")
  func noSecondChance() {
    let alert: [UInt8] = [21, 3, 3, 0, 2, 2, 40]
    for second in [[21, 3, 3, 0, 2, 2, 70], [21, 3, 3, 0, 2, 2, 80], Array("what?".utf8), record(2, [3]), []] {
      let talk = Talk(.tls(HelloPlan(port: 1)), [alert], onReconnect: second.isEmpty ? [] : [second])
      #expect(talk.words == "TLS alert 40 handshake_failure", "\(second)")
    }
    #expect(!Talk(.tls(HelloPlan(port: 1)), [CapturedFlights.tls13]).reconnects, "alert 70 says it all")
    #expect(
      Talk(.tls(HelloPlan(port: 1)), [alert], onReconnect: [CapturedFlights.rsa]).notes.certificate
        == .seen(daysLeft: 214))
  }

  @Test("No name is sent where there is none but an address", arguments: ["192.0.2.1", "2001:db8::1", ""])
  func noName(name: String) {
    var circumstances = ProbeCircumstances.ordinary
    circumstances.names = HandedOutNames()
    let plan = HelloPlan(port: 443, serverName: name)
    var dialogue = Dialogue(of: .plan(.tls(plan)), in: circumstances)
    guard case .send(let octets) = dialogue.advance(on: .connected) else { return #expect(Bool(false), "no hello") }
    #expect(octets.count == 171 - 27)
  }

  @Test("A chain by RSA that covers every name passes, with the days it has left")
  func rsa() {
    let talk = talk(CapturedFlights.rsa)
    #expect(talk.words == "success")
    #expect(talk.notes == ProbeNotes(certificate: .seen(daysLeft: 214), certificateExpiry: 1_798_761_600))
  }

  @Test("A certificate in two records, with a wildcard and a date after 2049, is read as well")
  func ecdsa() {
    let talk = talk(CapturedFlights.ecdsa)
    #expect(talk.words == "success")
    #expect(talk.notes.certificate == .seen(daysLeft: 12_632))
    #expect(talk.notes.warnings.isEmpty)
  }

  @Test("A name that is not covered is a warning, unless the check says otherwise")
  func uncovered() {
    let names = ["mail.kreis.example", "smtp.kreis.example"]
    let lacking = FailureReason.certificateDoesNotCover(UncoveredNames("smtp.kreis.example"))
    #expect(lacking.description == "certificate does not cover smtp.kreis.example")
    let warned = talk(CapturedFlights.rsa, names: names)
    #expect(warned.words == "success")
    #expect(warned.notes.warnings == [lacking])
    let failed = talk(CapturedFlights.rsa, HelloPlan(port: 443, onMissingName: .fail), names: names)
    #expect(failed.outcome == .failure(lacking))
    #expect(failed.notes.certificate == .seen(daysLeft: 214))
    let ignored = talk(CapturedFlights.rsa, HelloPlan(port: 443, onMissingName: .ignore), names: names)
    #expect(ignored.words == "success")
    #expect(ignored.notes.warnings.isEmpty)
  }

  @Test("A common name alone covers nothing: no client of today goes by it")
  func commonNameOnly() {
    let talk = talk(CapturedFlights.nosan, HelloPlan(port: 443, onMissingName: .fail), names: ["mail.kreis.example"])
    #expect(talk.words == "certificate does not cover mail.kreis.example")
  }

  @Test("A certificate that has expired is a failure, unless the check says otherwise")
  func expired() {
    let names = ["smtp.kreis.example"]
    let failed = talk(CapturedFlights.expired, names: names)
    #expect(failed.words == "certificate expired 882 days ago")
    let warned = talk(CapturedFlights.expired, HelloPlan(port: 443, onExpiry: .warn), names: names)
    #expect(warned.words == "success")
    #expect(warned.notes.warnings == [.certificateExpired(daysAgo: 882)])
  }

  @Test("A server of TLS 1.3 only passes, and its certificate was not seen")
  func hidden() {
    let talk = talk(CapturedFlights.tls13)
    #expect(talk.words == "success")
    #expect(talk.notes == ProbeNotes(certificate: .hidden, warnings: [.certificateHidden]))
    let chosen = serverHello + [0, 6, 0, 43, 0, 2, 3, 4]
    #expect(self.talk(record(2, chosen)).notes.certificate == .hidden)
  }

  @Test("Alerts are named")
  func alerts() {
    #expect(talk(CapturedFlights.anon).words == "TLS alert 40 handshake_failure")
    #expect(talk([21, 3, 1, 0, 2, 2, 199]).words == "TLS alert 199")
    #expect(talk([21, 3, 3, 0, 2, 1, 0]).words == "TLS alert 0 close_notify")
  }

  @Test("A server that warns of the name and goes on is not given up")
  func warningAlert() {
    #expect(talk([21, 3, 3, 0, 2, 1, 112] + CapturedFlights.rsa).words == "success")
    #expect(talk([21, 3, 3, 0, 2, 2, 112] + CapturedFlights.rsa).words == "TLS alert 112 unrecognized_name")
  }

  @Test("What is no TLS is shown")
  func foreign() {
    #expect(talk(Array("220 mail ESMTP\r\n".utf8)).words == "TLS hello was 220 m")
    #expect(talk([0, 0, 0, 0, 0]).words == "TLS hello was \\000\\000\\000\\000\\000")
    #expect(talk([22, 3, 3, 0xFF, 0xFF]).words == "TLS hello was \\022\\003\\003\\255\\255")
  }

  @Test("Messages that are missing, cut short or out of order")
  func messages() {
    #expect(talk(record(11, [0, 0, 0])).words == "TLS hello was handshake message 11")
    #expect(talk(record(2, [3, 3])).words == "TLS hello was cut short")
    let hello = record(2, serverHello)
    #expect(talk(hello + record(12, [])).words == "no certificate")
    #expect(talk(hello + record(14, [])).words == "no certificate")
    #expect(talk(hello + record(11, [0, 0, 0])).words == "no certificate")
    #expect(talk(hello + record(11, [0, 0, 9, 0])).words == "certificate cannot be read")
    #expect(talk(hello + record(11, [0, 0, 4, 0, 0, 1, 0x30])).words == "certificate cannot be read")
    #expect(talk(hello + hello).words == "TLS certificate was handshake message 2")
    #expect(talk(record(0, []) + hello).stage == .certificate)
    #expect(talk([22, 3, 3, 0, 4, 2, 1, 0, 1]).words == "TLS hello is too long")
    #expect(Talk(.tls(HelloPlan(port: 1)), [hello], closes: true).words == "connection closed, no TLS certificate")
    #expect(Talk(.tls(HelloPlan(port: 1)), "", closes: true).words == "connection closed, no TLS hello")
  }

  @Test("A stream of empty records comes to an end")
  func emptyRecords() {
    let pieces = Array(repeating: [22, 3, 3, 0, 0] as [UInt8], count: 30_000)
    #expect(Talk(.tls(HelloPlan(port: 1)), pieces).words == "TLS hello is too long")
  }
}

struct CertificateTests {
  /// The first certificate of a captured flight.
  static func leaf(_ flight: [UInt8]) throws -> (der: [UInt8], certificate: Certificate) {
    var messages: [UInt8] = []
    var at = 0
    while at + 5 <= flight.count {
      let length = Int(flight[at + 3]) << 8 | Int(flight[at + 4])
      messages += flight[at + 5..<at + 5 + length]
      at += 5 + length
    }
    let hello = 4 + Int(messages[2]) << 8 + Int(messages[3])
    let list = hello + 4 + 3
    let length = Int(messages[list + 1]) << 8 | Int(messages[list + 2])
    let der = Array(messages[list + 3..<list + 3 + length])
    return (der, try #require(Certificate(der: der[...])))
  }

  @Test("Names, addresses and times are read")
  func fields() throws {
    let certificate = try CertificateTests.leaf(CapturedFlights.rsa).certificate
    #expect(certificate.commonName?.description == "mail.kreis.example")
    #expect(certificate.dnsNames == ["mail.kreis.example", "autodiscover.kreis.example"])
    #expect(certificate.addresses.map(\.description) == ["192.0.2.11", "2001:db8:1::11"])
    #expect(certificate.notBefore == 1_767_225_600)
    #expect(certificate.notAfter == 1_798_761_600)
    #expect(try CertificateTests.leaf(CapturedFlights.ecdsa).certificate.notAfter == 2_871_763_199)
  }

  @Test(
    "A wildcard stands for the whole leftmost label and for one label only",
    arguments: [
      ("mail.kreis.example", true), ("MAIL.Kreis.Example", true), ("kreis.example", true), ("kreis.example.", true),
      ("*.kreis.example", true), ("a.b.kreis.example", false), (".kreis.example", false), ("example", false),
      ("", false),
      ("mail.kreis.exampl", false), ("mailkreis.example", false), ("192.0.2.11", false),
    ])
  func wildcard(name: String, isCovered: Bool) throws {
    #expect(try CertificateTests.leaf(CapturedFlights.ecdsa).certificate.covers(name) == isCovered)
  }

  @Test("What is not covered is counted, and named as far as it helps")
  func manyUncovered() throws {
    let certificate = try CertificateTests.leaf(CapturedFlights.ecdsa).certificate
    let lacking = (0..<30).map { "n\($0).other.example" } + ["a.b.kreis.example", "192.0.2.99"]
    let names = HandedOutNames(["x.kreis.example", "MAIL.kreis.example", "mail.kreis.example."] + lacking)
    #expect(names.all.count == 34)
    let uncovered = try #require(names.uncovered(by: certificate))
    #expect(uncovered.count == 32)
    #expect(uncovered.first == ["192.0.2.99"] + lacking.prefix(19))
    #expect(uncovered.description == "192.0.2.99, n0.other.example, n1.other.example and 29 more")
  }

  @Test(
    "A certificate is compared with a hundred thousand names in a time that does not depend on them",
    .timeLimit(.minutes(1)), arguments: ["n%.kreis.example", "a.n%.example", "n%.a.b.kreis.example", "%"])
  func manyNames(form: String) throws {
    let certificate = try CertificateTests.leaf(CapturedFlights.ecdsa).certificate
    let names = HandedOutNames((0..<100_000).map { form.replacing("%", with: "\($0)") })
    let rules = CertificateRules(names: names, onMissingName: .warn, onExpiry: .warn)
    // 10⁹ steps if each name were looked at.
    for _ in 0..<10_000 { _ = rules.judge(certificate, at: 1_798_000_000) }
    let isCovered = form == "n%.kreis.example"
    #expect(names.uncovered(by: certificate)?.count == (isCovered ? nil : 100_000))
  }

  @Test("An address is covered by an address only")
  func address() throws {
    let certificate = try CertificateTests.leaf(CapturedFlights.rsa).certificate
    #expect(certificate.covers("192.0.2.11"))
    #expect(certificate.covers("2001:db8:1:0::11"))
    #expect(!certificate.covers("192.0.2.12"))
  }

  @Test(
    "The days are counted from both ends",
    arguments: [
      (1_798_761_600, "success", 0, "certificate expires within a day"),
      (1_798_761_600 - 14 * 86_400, "success", 14, nil),
      (1_798_761_600 - 14 * 86_400 + 1, "success", 13, "certificate expires in 13 days"),
      (1_798_761_601, "certificate expired today", -1, nil),
      (1_798_761_600 + 86_400, "certificate expired 1 day ago", -1, nil),
      (1_798_761_600 + 3 * 86_400, "certificate expired 3 days ago", -3, nil),
      (1_767_225_600, "success", 365, nil), (1_767_225_599, "certificate is not valid until later today", 365, nil),
      (1_767_225_600 - 2 * 86_400, "certificate is not valid for another 2 days", 367, nil),
    ] as [(Int64, String, Int, String?)])
  func days(now: Int64, words: String, daysLeft: Int, warning: String?) throws {
    let certificate = try CertificateTests.leaf(CapturedFlights.rsa).certificate
    let (outcome, notes) = CertificateRules(names: HandedOutNames(), onMissingName: .fail, onExpiry: .fail).judge(
      certificate, at: now)
    #expect(outcome.description == words)
    #expect(notes.certificate == .seen(daysLeft: daysLeft))
    #expect(notes.warnings.map(\.description) == (warning.map { [$0] } ?? []))
  }

  @Test("A certificate cut at any octet, or with any octet changed, is read or refused, and nothing else")
  func hostile() throws {
    for flight in [CapturedFlights.rsa, CapturedFlights.ecdsa, CapturedFlights.nosan] {
      let (der, _) = try CertificateTests.leaf(flight)
      for cut in der.indices { #expect(Certificate(der: der[..<cut]) == nil) }
      for position in der.indices {
        for bits in [0x01, 0x80, 0xFF] as [UInt8] {
          var changed = der
          changed[position] ^= bits
          if let certificate = Certificate(der: changed[...]) { _ = certificate.covers("mail.kreis.example") }
        }
      }
    }
  }

  @Test("What TLS showed of a certificate goes with the outcome, whatever it is")
  func throughLibrary() throws {
    let der = try CertificateTests.leaf(CapturedFlights.rsa).der
    var dialogue = Dialogue(of: .plan(.http(tls: TLSChoice(), port: 443)), in: .ordinary)
    _ = dialogue.advance(on: .connected)
    _ = dialogue.advance(on: .secured(certificate: der))
    let step = dialogue.advance(on: .received(Array("HTTP/1.1 503 No\r\n".utf8)))
    #expect(
      step
        == .conclude(
          .failure(.status(503)), notes: ProbeNotes(certificate: .seen(daysLeft: 214), certificateExpiry: 1_798_761_600)
        ))
  }

  @Test("A handshake that fails says why")
  func handshakeFailed() {
    var dialogue = Dialogue(of: .plan(.http(tls: TLSChoice(), port: 443)), in: .ordinary)
    _ = dialogue.advance(on: .connected)
    #expect(dialogue.stage == .handshake)
    #expect(
      dialogue.advance(on: .tlsFailed("certificate has expired"))
        == .conclude(.failure(.tlsFailed(PeerText("certificate has expired")))))
    var silent = Dialogue(of: .plan(.http(tls: TLSChoice(), port: 443)), in: .ordinary)
    _ = silent.advance(on: .connected)
    #expect(silent.advance(on: .closed) == .conclude(.failure(.closedBefore(.handshake))))
  }
}

extension Certificate {
  /// Whether a client that asked for `name` accepts the certificate.
  fileprivate func covers(_ name: String) -> Bool { HandedOutNames([name]).uncovered(by: self) == nil }
}
