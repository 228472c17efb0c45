// The file that `rondo init` writes: fine for every profile, and what was asked for is what it says.

import DNS
import Model
import Testing
import ZoneFile

private func name(_ text: String) throws -> DomainName { try #require(DomainName(text)) }

private func node(_ name: String, _ addresses: String..., site: String? = nil) throws -> StarterFile.Node {
  StarterFile.Node(name: name, addresses: try addresses.map { try #require(IPAddress($0)) }, site: site)
}

private func twoNodes() throws -> [StarterFile.Node] {
  [try node("ex1", "192.0.2.11", "2001:db8:1::11", site: "nord"), try node("ex2", "198.51.100.11")]
}

@Suite("The first zone config file")
struct StarterFileTests {
  @Test("Of every profile it has no finding, and answers the names that it says", arguments: MailProfile.allCases)
  func profiles(profile: MailProfile) throws {
    let file = StarterFile(
      names: [try name("mail.kreis.example"), try name("Webmail.kreis.example")], nodes: try twoNodes(),
      checking: .profile(profile))
    let result = read(file.text)
    #expect(result.diagnostics.isEmpty, "\(result.text)")
    let configuration = try #require(result.configuration)
    #expect(configuration.zones.flatMap(\.rotations).map(\.owner) == file.answeredNames)
    #expect(Array(file.answeredNames.prefix(2)) == file.names && file.answeredNames.count > 3)
    #expect(configuration.pools.map(\.name) == file.pools)
    #expect(configuration.nodes.map(\.addresses.count) == [2, 1])
    #expect(file.text.split(separator: "\n").allSatisfy { $0.count <= 120 })
    #expect(
      file.text.contains(
        "; The names of a mail service, for Rondo. Written by rondo init --profile \(profile.rawValue).\n"))
  }

  @Test("What it has as comments to be switched on is fine too", arguments: MailProfile.allCases)
  func optionalServices(profile: MailProfile) throws {
    let file = StarterFile(
      names: [try name("mail.kreis.example")], nodes: try twoNodes(), checking: .profile(profile))
    let switchedOn = file.text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix(";$") || $0.hasPrefix(";@") ? String($0.dropFirst()) : String($0) }
    let result = read(switchedOn.joined(separator: "\n"))
    #expect(result.diagnostics.isEmpty, "\(result.text)")
    let owners = try #require(result.configuration).zones.map(\.apex)
    #expect(owners.contains(try name("pop.kreis.example")))
    #expect(owners.contains(try name("imap.kreis.example")))
  }

  @Test("The whole text for one name, two nodes and one check")
  func golden() throws {
    let file = StarterFile(
      names: [try name("mail.kreis.example")], nodes: try twoNodes(),
      checking: .forms(["https:443/owa/healthcheck.htm"]))
    #expect(
      file.text == """
        ; The names of a mail service, for Rondo. Written by rondo init.
        ; Edit it as you like. After each change:
        ;
        ;     rondo check FILE     finds mistakes
        ;     rondo reload         makes the running daemon use it
        ;
        ; Each name below is a zone of its own. The zone above it stays where it is. There, remove the old records of the name
        ; and delegate it to the hosts that run Rondo:
        ;
        ;     ns1.kreis.example.  A   the address of that host
        ;     ns2.kreis.example.  A   the address of that host
        ;     mail.kreis.example.  NS  ns1.kreis.example.
        ;     mail.kreis.example.  NS  ns2.kreis.example.

        $TTL 1h

        ; The hosts that run Rondo, and the mailbox of whoever is in charge, with a dot in place of the @.
        $AUTHORITY  ns1.kreis.example. ns2.kreis.example.  contact=hostmaster.kreis.example.

        ; The mail servers: at most one address of each family. Write an IPv6 address only if clients and the hosts that run
        ; Rondo can reach it.
        $NODE   ex1  192.0.2.11  2001:db8:1::11  site=nord
        $NODE   ex2  198.51.100.11

        ; How the nodes are tested: every 5 s (smtp: 10 s); 3 failures in a row take a node out, 2 successes put it back.
        ; Add verify=none to a TLS check to skip verification of the certificate, or verify=ca:FILE for your own authority.
        $CHECK  https  https:443/owa/healthcheck.htm

        ; The nodes that share a name's clients. check= decides who is handed out: a node must pass all that it lists. warn= is
        ; shown in the status and takes no node out. If all fail, all are handed out: a wrong check is more likely then.
        $POOL   access  ex1 ex2  check=https

        ; The names that clients use: ROTATE yields the addresses of the healthy nodes, in rotating order, for 60 seconds.

        $ZONE   mail.kreis.example.
        @       60  ROTATE access

        """)
  }

  @Test("Several checks, the same form twice, with options: a node must pass all of them")
  func severalChecks() throws {
    let file = StarterFile(
      names: [try name("mail.kreis.example")], nodes: try twoNodes(),
      checking: .forms(["smtp:25", "SMTP:587 starttls=offer every=20s", "pop3:110", "pop3s:995 verify=none"]))
    let configuration = try #require(read(file.text).configuration)
    #expect(read(file.text).diagnostics.isEmpty)
    #expect(configuration.checks.map(\.name) == ["smtp", "smtp-2", "pop3", "pop3s"])
    #expect(configuration.pools.map(\.name) == ["access"])
  }

  @Test("A node may be called as a pool would be, and a name as a profile's own")
  func sharedNames() throws {
    var file = StarterFile(
      names: [try name("imap.kreis.example")],
      nodes: [try node("mail", "192.0.2.1"), try node("mailbox", "192.0.2.2")],
      checking: .profile(.postfixDovecot))
    #expect(read(file.text).text == "")
    #expect(file.answeredNames == [try name("imap.kreis.example"), try name("smtp.kreis.example")])
    #expect(file.pools == ["mail-pool", "sending"])
    // Where all names of a service are given already, it has none left, and there is nothing to switch on.
    file.names = try ["mail", "imap", "smtp", "pop"].map { try name("\($0).kreis.example") }
    #expect(read(file.text).text == "")
    #expect(file.pools == ["mail-pool"] && !file.text.contains("POP3"))
  }

  @Test("Names with strange octets and of the greatest length come out as they went in")
  func oddNames() throws {
    let label = String(repeating: "x", count: 63)
    for text in [#"a\;b.kreis.example"#, #"a\.b\"\(\032.kreis.example"#, "\(label).\(label).\(label).x", "mail.lan"] {
      let file = StarterFile(names: [try name(text)], nodes: try twoNodes(), checking: .forms(["smtp:25"]))
      let result = read(file.text)
      #expect(result.diagnostics.isEmpty, "\(result.text)")
      #expect(result.configuration?.zones.map(\.apex) == [try name(text)])
    }
  }

  @Test("A mistake in what was asked for is an error of the text, with its place")
  func mistakes() throws {
    func text(_ check: String, _ address: String = "192.0.2.1") throws -> String {
      let nodes = [try node("a", address), try node("b", "192.0.2.2")]
      let file = StarterFile(names: [try name("mail.kreis.example")], nodes: nodes, checking: .forms([check]))
      let result = read(file.text)
      #expect(result.configuration == nil)
      return result.text
    }
    #expect(try text("gopher:70").contains("\"gopher:70\" is not a check"))
    #expect(try text("tcp:443 timeout=1h").contains("the timeout is longer than every=5s"))
    #expect(try text("tcp:25 (").contains("this \"(\" is never closed"))
    #expect(try text("tcp:25", "224.0.0.1").contains("224.0.0.1 cannot be the address of a node"))
  }
}
