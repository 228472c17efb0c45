// What Rondo should check of a mail product: names and checks for each of its protocols.
//
// A profile names what the product itself keeps for load balancers where there is such a thing, and otherwise the
// greeting of each protocol. It is a start: the file says what to look at before it is relied on.

/// A mail product with the names and checks that suit it.
package enum MailProfile: String, CaseIterable, Sendable {
  case exchange
  case postfixDovecot = "postfix-dovecot"
  case grommunio, zimbra

  var content: StarterContent {
    switch self {
    case .exchange: .exchange
    case .postfixDovecot: .postfixDovecot
    case .grommunio: .grommunio
    case .zimbra: .zimbra
    }
  }
}

private let timing =
  "; How the nodes are tested: every 5 s (smtp: 10 s); 3 failures in a row take a node out, 2 successes put it back."

private let trust = [
  "; verify=none does not verify the certificate. verify=ca:FILE requires your own authority; without verify= it must be",
  "; one that this host trusts.",
]

private let imaps = StarterCheck(name: "imaps", form: "imaps:993  verify=none")
private let pop3s = StarterCheck(name: "pop3s", form: "pop3s:995  verify=none")
private let mta = StarterCheck(name: "mta", form: "smtp:25")
private let submission = StarterCheck(name: "submission", form: "smtp:587  starttls=offer")

private func pop3(_ remarks: String...) -> StarterService {
  StarterService(pool: "pop3", gates: [pop3s.name], labels: ["pop"], isOptional: true, remarks: remarks)
}

extension StarterContent {
  /// Exchange Server 2016 and later: one page for each virtual directory, made for load balancers.
  fileprivate static var exchange: StarterContent {
    StarterContent(
      remarks: [
        timing,
        "; Exchange keeps a page of its own for each protocol. It returns 200 only while the service behind it works, which an",
        "; open port 443 does not prove. The page of OWA decides; that of MAPI over HTTP (Outlook) is only shown: let it decide",
        "; with check=owa,mapi. mta talks to port 25 as a mail server does; a node that answers 421 is in maintenance, not down.",
      ] + trust,
      checks: [
        StarterCheck(name: "owa", form: "https:443/owa/healthcheck.htm  verify=none"),
        StarterCheck(name: "mapi", form: "https:443/mapi/healthcheck.htm  verify=none"),
        StarterCheck(name: "autodiscover", form: "https:443/autodiscover/healthcheck.htm  verify=none"),
        mta, imaps, pop3s,
      ],
      services: [
        StarterService(pool: "access", gates: ["owa"], warners: ["mapi"]),
        StarterService(pool: "autodiscover", gates: ["autodiscover"], labels: ["autodiscover"]),
        StarterService(pool: "relay", gates: [mta.name], labels: ["smtp"]),
        StarterService(
          pool: "mailbox", gates: [imaps.name], labels: ["imap"], isOptional: true,
          remarks: ["IMAP is off in Exchange as installed. If you have switched it on, remove the semicolons:"]),
        pop3("The same for POP3:"),
      ])
  }

  /// Postfix and Dovecot: greetings, and capabilities by the protocol's own dialogue.
  fileprivate static var postfixDovecot: StarterContent {
    StarterContent(
      remarks: [
        timing,
        "; Each check talks to its port as a mail program does. STARTTLS must be offered on port 587, where passwords are sent.",
      ] + trust + [
        ";",
        "; If Dovecot replicates its mail between the nodes, rather than sharing it, clients should stay on one node: add",
        "; order=fixed answers=1 to the pools that check imaps or pop3s. Then the first healthy node gets all of them.",
      ],
      checks: [imaps, submission, mta, pop3s],
      services: [
        StarterService(pool: "mail", gates: [imaps.name, submission.name]),
        StarterService(pool: "mailbox", gates: [imaps.name], labels: ["imap"]),
        StarterService(pool: "sending", gates: [submission.name], warners: [mta.name], labels: ["smtp"]),
        pop3("If you offer POP3, remove the semicolons:"),
      ])
  }

  /// grommunio: the web application by nginx, which answers 502 or 504 while PHP does not; mail by greetings.
  fileprivate static var grommunio: StarterContent {
    StarterContent(
      remarks: [
        timing,
        "; web asks for the login page of grommunio-web; a redirect passes too, a server error (5xx) does not.",
      ] + trust,
      checks: [
        StarterCheck(name: "web", form: "https:443/web/  status=200-399  verify=none"), imaps, submission, mta, pop3s,
      ],
      services: [
        StarterService(pool: "access", gates: ["web"], labels: ["autodiscover"]),
        StarterService(pool: "mailbox", gates: [imaps.name], labels: ["imap"]),
        StarterService(pool: "relay", gates: [mta.name], warners: [submission.name], labels: ["smtp"]),
        pop3("If you offer POP3, remove the semicolons:"),
      ])
  }

  /// Zimbra: the ports of the proxies, which find the mailbox server of each user.
  fileprivate static var zimbra: StarterContent {
    StarterContent(
      remarks: [
        timing,
        "; The nodes are the hosts that run the Zimbra proxy: it finds the mailbox server of each user, so no store is tested.",
        "; web asks for the login page; a redirect passes too. The proxy answers 5xx when it has no mailbox server to ask.",
        "; If the MTA runs on other hosts, write $NODE lines for them and give pool sending these nodes.",
      ] + trust,
      checks: [
        StarterCheck(name: "web", form: "https:443/  status=200-399  verify=none"), imaps, submission, mta, pop3s,
      ],
      services: [
        StarterService(pool: "access", gates: ["web"]),
        StarterService(pool: "mailbox", gates: [imaps.name], labels: ["imap"]),
        StarterService(pool: "sending", gates: [submission.name], warners: [mta.name], labels: ["smtp"]),
        pop3("If you offer POP3, remove the semicolons:"),
      ])
  }
}
