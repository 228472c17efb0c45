// SMTP, IMAP and POP3, line by line.

import DNS
import Health
import Model
import TestSupport
import Testing

struct SMTPDialogueTests {
  @Test("A server that greets and answers EHLO passes, and gets QUIT")
  func well() {
    let talk = Talk(.smtp(), "220 ex1.kreis.example ESMTP\r\n250-ex1.kreis.example\r\n250 SIZE 1000\r\n")
    #expect(talk.outcome == .success)
    #expect(talk.sent == "")
    #expect(talk.farewell == "QUIT\r\n")
  }

  @Test("EHLO is said after the greeting, with a telling name, and not before")
  func adminState() {
    #expect(Talk(.smtp(), "").sent == "")
    #expect(Talk(.smtp(), "220-first\r\n").sent == "")
    let talk = Talk(.smtp(), "220-first\r\n220 last\r\n")
    #expect(talk.sent == "EHLO rondo1.kreis.example\r\n")
    #expect(talk.stage == .ehlo)
    #expect(talk.outcome == nil)
  }

  @Test(
    "What a server says that takes no mail",
    arguments: [
      ("220 hi\r\n521 no\r\n", "answer to EHLO was 521 no"),
      ("554 go away\r\n", "greeting was 554 go away"), ("450 busy\r\n", "greeting was 450 busy"),
      ("250 hi maintenance\r\n", "greeting was 250 hi maintenance"),
      ("220 hi\r\n554 what?\r\n", "answer to EHLO was 554 what?"),
      ("220\r\n250\r\n", "success"), ("220 hi\n250 hi\n", "success"),
      ("220 hi\r\n250-a\r\n251 b\r\n", "answer to EHLO was 251 b"),
      ("\r\n", "greeting was empty"), ("* OK IMAP\r\n", "greeting was * OK IMAP"), ("22\r\n", "greeting was 22"),
      ("220x\r\n", "greeting was 220x"), ("SSH-2.0-\u{1}\\\r\n", "greeting was SSH-2.0-\\001\\092"),
      ("220 \0\0\r\n250 \0\r\n", "success"), ("\0\0\0\r\n", "greeting was \\000\\000\\000"),
      (String(repeating: "2", count: 3_000), "greeting is too long"),
      (String(repeating: "220-x\r\n", count: 101), "greeting is too long"),
      ("220 hi\r\n" + String(repeating: "250-x\r\n", count: 100), "answer to EHLO is too long"),
    ])
  func refusals(said: String, words: String) {
    #expect(Talk(.smtp(), said).words == words)
  }

  @Test(
    "421 and its like are maintenance where the server says so, and a failure where it cannot cope",
    arguments: [
      // RFC 3463 §3.4, and the words that IMAP and POP3 use.
      ("421 4.3.2 Service not active\r\n", "maintenance: greeting was 421 4.3.2 Service not active"),
      ("421 Server shutting down\r\n", "maintenance: greeting was 421 Server shutting down"),
      ("220 hi\r\n421 going down\r\n", "maintenance: answer to EHLO was 421 going down"),
      // The name of a host says nothing of what ails it, and words are whole.
      (
        "421 mail.corporate.example Service shutting down\r\n",
        "maintenance: greeting was 421 mail.corporate.example Service shutting down"
      ),
      (
        "421 4.3.2 mx.busy.example moderated, operated separately\r\n",
        "maintenance: greeting was 421 4.3.2 mx.busy.example moderated, operated separately"
      ),
      (
        "421 mx.maintenance.example Too many connections\r\n",
        "greeting was 421 mx.maintenance.example Too many connections"
      ),
      (
        "421 4.3.2 ex1: Client host rejected: System maintenance\r\n",
        "maintenance: greeting was 421 4.3.2 ex1: Client host rejected: System maintenance"
      ),
      ("421-ex1.kreis.example\r\n421 4.3.2 closed\r\n", "maintenance: greeting was 421 4.3.2 closed"),
      ("421-4.3.2 closed\r\n421 4.3.2 until ten\r\n", "maintenance: greeting was 421-4.3.2 closed"),
      ("554 5.3.2 closed for the night\r\n", "maintenance: greeting was 554 5.3.2 closed for the night"),
      ("450 4.3.2 system maintenance\r\n", "maintenance: greeting was 450 4.3.2 system maintenance"),
      ("521 5.3.2 no mail here\r\n", "maintenance: greeting was 521 5.3.2 no mail here"),
      ("521 no mail here\r\n", "maintenance: greeting was 521 no mail here"),
      // Postfix, sendmail, Exchange and postscreen about limits and unwanted clients, some of them by 4.3.2 too.
      (
        "421 4.7.0 ex1 Error: too many connections from 192.0.2.53\r\n",
        "greeting was 421 4.7.0 ex1 Error: too many connections from 192.0.2.53"
      ),
      ("421 4.3.2 Connection rate limit exceeded.\r\n", "greeting was 421 4.3.2 Connection rate limit exceeded."),
      ("421 4.3.2 Too many open connections.\r\n", "greeting was 421 4.3.2 Too many open connections."),
      (
        "421 4.3.2 The maximum number of concurrent server connections has exceeded a limit, closing\r\n",
        "greeting was 421 4.3.2 The maximum number of concurrent server connections has exceeded a limit, closing"
      ),
      (
        "421 4.3.2 rejecting connections on daemon MTA: load average: 90\r\n",
        "greeting was 421 4.3.2 rejecting connections on daemon MTA: load average: 90"
      ),
      ("421 4.3.2 All server ports are busy\r\n", "greeting was 421 4.3.2 All server ports are busy"),
      (
        "220 hi\r\n421 4.4.2 ex1 Error: timeout exceeded\r\n",
        "answer to EHLO was 421 4.4.2 ex1 Error: timeout exceeded"
      ),
      (
        "421 ex1 Service not available, closing transmission channel\r\n",
        "greeting was 421 ex1 Service not available, closing transmission channel"
      ),
      ("421 come\r\n", "greeting was 421 come"), ("421\r\n", "greeting was 421"),
      ("421 14.3.2 x\r\n", "greeting was 421 14.3.2 x"), ("421 4.3.20 x\r\n", "greeting was 421 4.3.20 x"),
      ("521 5.7.1 Blocked by list\r\n", "greeting was 521 5.7.1 Blocked by list"),
      ("220 hi\r\n521 no\r\n", "answer to EHLO was 521 no"),
      ("454 4.3.0 Try again later\r\n", "greeting was 454 4.3.0 Try again later"),
    ])
  func maintenance(said: String, words: String) {
    #expect(Talk(.smtp(), said).words == words)
    // The line end may be missing where the server closes at once.
    if !said.contains("-"), said.hasPrefix("4") {
      #expect(Talk(.smtp(), String(said.dropLast()), closes: true).words == words)
    }
  }

  @Test("A server from before EHLO passes, and gets HELO")
  func noExtensions() {
    for code in ["500 5.5.1 what?", "501 5.5.2 what?", "502 5.5.2 what?", "504 no"] {
      let talk = Talk(.smtp(), ["220 hi\r\n", "\(code)\r\n", "250 hi\r\n"].map { Array($0.utf8) })
      #expect(talk.sent == "EHLO rondo1.kreis.example\r\nHELO rondo1.kreis.example\r\n")
      #expect(talk.words == "success" && talk.farewell == "QUIT\r\n")
    }
    #expect(Talk(.smtp(), "220 hi\r\n502-no\r\n502 such\r\n250-hi\r\n250 there\r\n").words == "success")
    #expect(Talk(.smtp(), "220 hi\r\n502 no\r\n502 no\r\n").words == "answer to HELO was 502 no")
    #expect(
      Talk(.smtp(), "220 hi\r\n502 no\r\n421 4.3.2 closed\r\n").words
        == "maintenance: answer to HELO was 421 4.3.2 closed")
    #expect(Talk(.smtp(), "220 hi\r\n502 no\r\n", closes: true).words == "connection closed, no answer to HELO")
    for refusal in ["550 5.7.1 who are you?", "554 go away", "450 busy", "451 later"] {
      #expect(Talk(.smtp(), "220 hi\r\n\(refusal)\r\n").words == "answer to EHLO was \(refusal)")
    }
    for security in [MailPlan.Security.offered, .upgraded(TLSChoice())] {
      #expect(Talk(.smtp(security), "220 hi\r\n502 no\r\n").words == "answer to EHLO was 502 no")
    }
  }

  @Test("The name that is said is the check's, this host's, or the address that the probe comes from")
  func helloName() throws {
    #expect(Talk(.smtp(helloName: "monitor.example"), "220 hi\r\n").sent == "EHLO monitor.example\r\n")
    let target = ProbeTarget(node: "ex1", address: IPAddress(ipv4: 192, 0, 2, 11), check: "mta", plan: .plan(.smtp()))
    func said(_ hostName: String?, _ source: IPAddress?) -> String {
      var random = SeededGenerator(seed: 1)
      let circumstances = ProbeCircumstances(
        of: target, at: 0, version: "1", hostName: hostName, source: source, using: &random)
      return Talk(.smtp(), in: circumstances, "220 hi\r\n").sent
    }
    let v6 = try #require(IPAddress("2001:db8::53"))
    #expect(said("rondo1.kreis.example", v6) == "EHLO rondo1.kreis.example\r\n")
    #expect(said(nil, IPAddress(ipv4: 192, 0, 2, 53)) == "EHLO [192.0.2.53]\r\n")
    #expect(said(nil, v6) == "EHLO [IPv6:2001:db8::53]\r\n")
  }

  @Test(
    "For a server that closes, or says nothing, the reason names what was missing",
    arguments: [
      ("", Stage.greeting, "no greeting"), ("220", .greeting, "no greeting"),
      ("220 hi\r\n", .ehlo, "no answer to EHLO"),
    ])
  func silence(said: String, stage: Stage, missing: String) {
    let talk = Talk(.smtp(), said, closes: true)
    #expect(talk.stage == stage)
    #expect(talk.words == "connection closed, \(missing)")
    #expect(FailureReason.noAnswer(within: .seconds(2), awaiting: stage).description == "\(missing) within 2 s")
  }

  @Test(
    "A greeting must name the node that was meant",
    arguments: [
      ("220 EX1.kreis.example Microsoft ESMTP\r\n250 hi\r\n", "success"), ("220 ex1\r\n250 hi\r\n", "success"),
      ("220-welcome to\r\n220 ex1.kreis.example\r\n250 hi\r\n", "success"),
      ("220 ex2.kreis.example ESMTP\r\n", "wrong node: greeting names ex2 instead of ex1"),
      ("220 mail.kreis.example ESMTP\r\n", "greeting does not name ex1"),
      ("220 ex10.kreis.example ESMTP\r\n", "greeting does not name ex1"),
      ("220 mail.ex1.example ESMTP\r\n", "greeting does not name ex1"),
    ])
  func rightNode(said: String, words: String) {
    #expect(Talk(.smtp(mustNameNode: true), said).words == words)
  }

  @Test(
    "STARTTLS must be offered where the check says so",
    arguments: [
      ("220 hi\r\n250-hi\r\n250-STARTTLS\r\n250 SIZE\r\n", "success"),
      ("220 hi\r\n250-hi\r\n250 starttls\r\n", "success"),
      ("220 hi\r\n250-hi\r\n250 SIZE\r\n", "STARTTLS is not offered"),
      ("220 hi\r\n250 STARTTLSX\r\n", "STARTTLS is not offered"),
    ])
  func offered(said: String, words: String) {
    let talk = Talk(.smtp(.offered), said)
    #expect(talk.words == words)
    #expect(talk.demands.isEmpty)
  }

  @Test("STARTTLS is carried out, and EHLO said again over TLS")
  func upgraded() {
    let clear = ["220 hi\r\n", "250-hi\r\n250 STARTTLS\r\n", "220 go\r\n"].map { Array($0.utf8) }
    let talk = Talk(.smtp(.upgraded(TLSChoice())), clear, afterTLS: [Array("250 hi again\r\n".utf8)])
    #expect(
      talk.sent
        == "EHLO rondo1.kreis.example\r\nSTARTTLS\r\nEHLO rondo1.kreis.example\r\n")
    #expect(
      talk.demands
        == [TLSDemand(serverName: "mail.kreis.example", verification: .system(name: "mail.kreis.example"))])
    #expect(talk.outcome == .success)
    #expect(talk.farewell == "QUIT\r\n")
  }

  @Test(
    "STARTTLS that goes wrong",
    arguments: [
      ("220 hi\r\n250 hi\r\n", "STARTTLS is not offered"),
      ("220 hi\r\n250 STARTTLS\r\n454 not now\r\n", "answer to STARTTLS was 454 not now"),
      ("220 hi\r\n250 STARTTLS\r\n220 go\r\n250 injected\r\n", "spoke in clear where TLS begins"),
    ])
  func upgradeRefused(said: String, words: String) {
    #expect(Talk(.smtp(.upgraded(TLSChoice())), said).words == words)
  }

  @Test("smtps begins with TLS; nothing is said in clear")
  func immediate() {
    let talk = Talk(
      .smtp(.immediate(TLSChoice(serverName: "mx.example", verification: .none))), "", afterTLS: "220 hi\r\n250 hi\r\n")
    #expect(talk.demands == [TLSDemand(serverName: "mx.example", verification: .none)])
    #expect(talk.outcome == .success)
  }
}

struct IMAPDialogueTests {
  @Test("A server that greets and lists its capabilities passes, and gets LOGOUT")
  func well() {
    let talk = Talk(
      .imap(), ["* OK ready\r\n", "* CAPABILITY IMAP4rev1 IDLE\r\n", "r1 OK done\r\n"].map { Array($0.utf8) })
    #expect(talk.outcome == .success)
    #expect(talk.sent == "r1 CAPABILITY\r\n")
    #expect(talk.farewell == "r4 LOGOUT\r\n")
  }

  @Test(
    "Replies that do not pass",
    arguments: [
      ("* PREAUTH hi\r\n* capability imap4REV2\r\nr1 ok\r\n", "success"),
      ("* OK hi\r\n* 3 EXISTS\r\n* CAPABILITY IMAP4rev1\r\nr1 OK\r\n", "success"),
      ("* BYE Too many connections\r\n", "greeting was * BYE Too many connections"),
      (
        "* BYE Connection limit reached, shutting down connection\r\n",
        "greeting was * BYE Connection limit reached, shutting down connection"
      ),
      (
        "* OK hi\r\nr1 NO [UNAVAILABLE] in maintenance\r\n",
        "maintenance: list of capabilities was r1 NO [UNAVAILABLE] in maintenance"
      ),
      ("* OK hi\r\nr1 NO [UNAVAILABLE] no\r\n", "list of capabilities was r1 NO [UNAVAILABLE] no"),
      ("* BYE Server shutting down.\r\n", "maintenance: greeting was * BYE Server shutting down."),
      ("* OK hi\r\n* BYE in maintenance\r\n", "maintenance: list of capabilities was * BYE in maintenance"),
      ("+OK POP3\r\n", "greeting was +OK POP3"), ("* NO\r\n", "greeting was * NO"),
      ("* OK hi\r\nr1 BAD what\r\n", "list of capabilities was r1 BAD what"),
      ("* OK hi\r\nr9 OK\r\n", "list of capabilities was r9 OK"),
      ("* OK hi\r\nr1 OK\r\n", "IMAP4rev1 is not offered"),
      ("* OK " + String(repeating: "x", count: 9_000), "greeting is too long"),
      ("* OK hi\r\n" + String(repeating: "* x\r\n", count: 100), "list of capabilities is too long"),
    ])
  func refusals(said: String, words: String) {
    #expect(Talk(.imap(), said).words == words)
  }

  @Test("STARTTLS must be offered, or is carried out with the capabilities asked again")
  func startTLS() {
    #expect(Talk(.imap(.offered), "* OK\r\n* CAPABILITY IMAP4rev1 STARTTLS\r\nr1 OK\r\n").words == "success")
    #expect(
      Talk(.imap(.offered), "* OK\r\n* CAPABILITY IMAP4rev1\r\nr1 OK\r\n").words == "STARTTLS is not offered")
    let talk = Talk(
      .imap(.upgraded(TLSChoice())),
      ["* OK\r\n", "* CAPABILITY IMAP4rev1 STARTTLS\r\nr1 OK\r\n", "r2 OK go\r\n"].map { Array($0.utf8) },
      afterTLS: [Array("* CAPABILITY IMAP4rev1\r\nr3 OK\r\n".utf8)])
    #expect(talk.sent == "r1 CAPABILITY\r\nr2 STARTTLS\r\nr3 CAPABILITY\r\n")
    #expect(talk.words == "success")
  }
}

struct POP3DialogueTests {
  @Test(
    "A server passes as soon as it greets, and gets QUIT",
    arguments: [
      ("+OK ready\r\n", "success", "QUIT\r\n"), ("-ERR busy\r\n", "greeting was -ERR busy", "QUIT\r\n"),
      (
        "-ERR [SYS/TEMP] maintenance until 10\r\n", "maintenance: greeting was -ERR [SYS/TEMP] maintenance until 10",
        "QUIT\r\n"
      ),
      ("-ERR [SYS/TEMP] no\r\n", "greeting was -ERR [SYS/TEMP] no", "QUIT\r\n"),
      ("-ERR [IN-USE] busy, shutting down\r\n", "greeting was -ERR [IN-USE] busy, shutting down", "QUIT\r\n"),
      ("220 ftp\r\n", "greeting was 220 ftp", ""), ("+OKAY\r\n", "greeting was +OKAY", ""),
    ])
  func greetings(said: String, words: String, farewell: String) {
    let talk = Talk(.pop3(), said)
    #expect(talk.words == words)
    #expect(talk.farewell == farewell)
  }

  @Test("STLS must be offered, or is carried out")
  func startTLS() {
    #expect(Talk(.pop3(.offered), "+OK\r\n+OK\r\nUSER\r\nSTLS\r\n.\r\n").words == "success")
    #expect(Talk(.pop3(.offered), "+OK\r\n+OK\r\nUSER\r\n.\r\n").words == "STLS is not offered")
    #expect(Talk(.pop3(.offered), "+OK\r\n-ERR\r\n").words == "list of capabilities was -ERR")
    let talk = Talk(
      .pop3(.upgraded(TLSChoice(verification: .authority(file: "/ca.pem")))),
      ["+OK\r\n", "+OK\r\nSTLS\r\n.\r\n", "+OK go\r\n"].map { Array($0.utf8) },
      afterTLS: [Array("+OK\r\nUSER\r\n.\r\n".utf8)])
    #expect(talk.sent == "CAPA\r\nSTLS\r\nCAPA\r\n")
    #expect(talk.words == "success")
    #expect(talk.demands.first?.verification == .authority(file: "/ca.pem", name: "mail.kreis.example"))
  }
}
