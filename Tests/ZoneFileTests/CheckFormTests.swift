// Every form of a check and its options, by the value they come to and by what is wrong with them.

import Model
import Testing

@testable import ZoneFile

/// The check of this text; nil when something is wrong with it.
private func check(_ text: String) -> Check? {
  let result = read(zone("$CHECK c \(text)\nx 60 ROTATE ex1 ex2 check=c"))
  #expect(result.text == "", "\(text)")
  return result.configuration?.checks.last
}

private let immediate = MailPlan.Security.immediate(TLSChoice())

@Test(
  "A form becomes a kind",
  arguments: [
    ("exec:/bin/x -v \"a b=c\"", .program(ProgramPlan(path: "/bin/x", arguments: ["-v", "a b=c"]))),
    ("agent:9707", .agent(port: 9707)), ("TLS:443", .tls(HelloPlan(port: 443))),
    (
      "tls:443 sni=mail.example. names=gate",
      .tls(HelloPlan(port: 443, serverName: "mail.example", onMissingName: .fail))
    ),
    ("tls:443 names=off", .tls(HelloPlan(port: 443, onMissingName: .ignore))),
    ("smtp:25", .mail(MailPlan(service: .smtp, port: 25))),
    ("smtp:25 names=node", .mail(MailPlan(service: .smtp, port: 25, mustNameNode: true))),
    ("smtp:587 starttls=offer", .mail(MailPlan(service: .smtp, port: 587, security: .offered))),
    (
      "smtp:587 starttls=use verify=name:mx.example sni=a.example",
      .mail(
        MailPlan(
          service: .smtp, port: 587,
          security: .upgraded(TLSChoice(serverName: "a.example", verification: .systemFor(name: "mx.example")))))
    ),
    ("smtps:465", .mail(MailPlan(service: .smtp, port: 465, security: immediate))),
    ("imap:143", .mail(MailPlan(service: .imap, port: 143))),
    ("imaps:993", .mail(MailPlan(service: .imap, port: 993, security: immediate))),
    ("pop3:110", .mail(MailPlan(service: .pop3, port: 110))),
    (
      "pop3s:995 verify=none",
      .mail(MailPlan(service: .pop3, port: 995, security: .immediate(TLSChoice(verification: .none))))
    ),
    (
      "smtp:25 helo=rondo1.kreis.example.",
      .mail(MailPlan(service: .smtp, port: 25, helloName: "rondo1.kreis.example"))
    ),
    ("smtp:25 helo=[192.0.2.53]", .mail(MailPlan(service: .smtp, port: 25, helloName: "[192.0.2.53]"))),
    (
      "smtps:465 helo=[ipv6:2001:DB8::53]",
      .mail(
        MailPlan(
          service: .smtp, port: 465, security: .immediate(TLSChoice()), helloName: "[IPv6:2001:db8::53]"))
    ),
    ("http:80/", .http(HTTPPlan(port: 80, path: "/"))),
    (
      "http:8080/a?b=c%20d expect=all\\ well status=200-299,401 host=health.example",
      .http(
        HTTPPlan(
          port: 8080, path: "/a?b=c%20d", statuses: [200...299, 401...401], expected: Array("all well".utf8),
          host: "health.example"))
    ),
    (
      "https:443/owa/healthcheck.htm names=node verify=ca:/etc/rondo/ca.pem",
      .http(
        HTTPPlan(
          port: 443, path: "/owa/healthcheck.htm",
          tls: TLSChoice(verification: .authority(file: "/etc/rondo/ca.pem")), mustNameNode: true))
    ),
    ("https:443/x\\;y", .http(HTTPPlan(port: 443, path: "/x;y", tls: TLSChoice()))),
  ] as [(String, CheckPlan.Kind)])
func forms(text: String, kind: CheckPlan.Kind) {
  #expect(check(text)?.plan.kind == kind)
}

@Test("SMTP is asked every 10 seconds unless told otherwise, the others every 5")
func intervals() {
  #expect(check("smtp:25")?.plan.every == .seconds(10))
  #expect(check("smtps:465")?.plan.every == .seconds(10))
  #expect(check("smtp:25 every=1s")?.plan.every == .seconds(1))
  #expect(check("imap:143")?.plan.every == .seconds(5))
  #expect(check("smtp:25 timeout=8s")?.plan.timeout == .seconds(8))
}

@Test(
  "What is wrong with a form or an option is pointed at",
  arguments: [
    ("smtp", ["10:14 error: the port is missing"]), ("https:443", ["10:19 error: the path is missing"]),
    ("https:/owa", ["10:20 error: the port is missing"]), ("http:x/", ["10:15 error: \"x\" is not a port"]),
    ("tcp:443/owa", ["10:14 error: \"443/owa\" is not a port"]),
    ("http:80/a#b", ["10:17 error: this cannot be the path of a page"]),
    ("http:80/ü", ["10:17 error: this cannot be the path of a page"]),
    ("htps:443/", ["10:10 error: \"htps:443/\" is not a check"]),
    ("smtp:25 expect=x", ["10:18 error: smtp checks have no option expect="]),
    ("tcp:25 names=node", ["10:17 error: tcp checks have no option names="]),
    ("agent:1 verify=none", ["10:18 error: agent checks have no option verify="]),
    ("http:80/ verify=none", ["10:19 error: http checks have no option verify="]),
    ("smtp:25 sni=a.b", ["10:18 error: sni= is given and no TLS is begun"]),
    ("smtp:25 starttls=offer verify=none", ["10:33 error: verify= is given and no TLS is begun"]),
    ("smtp:25 starttls=yes", ["10:27 error: starttls=yes has no meaning here"]),
    ("smtp:25 names=ex1", ["10:24 error: names=ex1 has no meaning here"]),
    ("tls:443 names=node", ["10:24 error: names=node has no meaning here"]),
    ("https:443/ verify=no", ["10:28 error: verify=no has no meaning here"]),
    ("https:443/ verify=ca:", ["10:28 error: verify=ca: has no meaning here"]),
    ("https:443/ verify=name:a/b", ["10:33 error: \"a/b\" in verify= is not a host name"]),
    ("https:443/ host=a:80", ["10:26 error: \"a:80\" in host= is not a host name"]),
    ("http:80/ status=", ["10:26 error: the option status= has no value"]),
    ("http:80/ status=200,", ["10:26 error: status=200, is not a list of HTTP status codes"]),
    ("http:80/ status=299-200", ["10:26 error: status=299-200 is not a list of HTTP status codes"]),
    ("http:80/ status=199", ["10:26 error: status=199 is not a list of HTTP status codes"]),
    ("http:80/ status=200-600", ["10:26 error: status=200-600 is not a list of HTTP status codes"]),
    ("http:80/ status=200-201-202", ["10:26 error: status=200-201-202 is not a list of HTTP status codes"]),
    ("smtp:25 timeout=11s", ["10:26 error: the timeout is longer than every=10s"]),
  ])
func wrongForms(text: String, expected: [String]) {
  #expect(read(zone("$CHECK c \(text)")).brief.filter { $0.contains("error") } == expected)
}

@Test("An option in the wrong place says where it belongs")
func misplacedOption() {
  #expect(
    read(zone("$CHECK c smtp:25 status=200")).text.contains(
      "smtp checks have no option status=; it belongs to http and https; leave it out, or choose another form."))
}

@Test(
  "helo= is a host name or an address in brackets, for SMTP alone",
  arguments: [
    "smtp:25 helo=192.0.2.53]", "smtp:25 helo=[192.0.2.53", "smtp:25 helo=[2001:db8::53]",
    "smtp:25 helo=[IPv6:192.0.2.53]",
    "smtp:25 helo=[]", "smtp:25 helo=a\\032b", "smtp:25 helo=a\\010QUIT", "imap:143 helo=a", "pop3s:995 helo=a",
    "http:80/ helo=a",
  ])
func wrongHello(text: String) {
  #expect(read(zone("$CHECK c \(text)")).brief.contains { $0.contains("error") }, "\(text)")
}
