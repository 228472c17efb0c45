// Command lines as operators type them: what is understood, and with which defaults.

import DNS
import Policy
import Reporting
import Server
import Testing
import ZoneFile

@testable import rondo

/// Reads a line whose words are parted by single blanks.
func parse(_ line: String) throws(UsageError) -> Invocation {
  try Invocation(arguments: line.split(separator: " ").map(String.init))
}

func serveOptions(_ line: String) throws -> ServeOptions {
  guard case .serve(let options) = try parse(line) else { throw NotServe() }
  return options
}

struct NotServe: Error {}

private let v4 = IPAddress(ipv4: 192, 0, 2, 1)

@Suite("Command line: what is understood")
struct InvocationTests {
  @Test("serve with a file alone has the defaults of the house plan")
  func serveDefaults() throws {
    let options = try serveOptions("serve mail.zone")
    #expect(options.files == ["mail.zone"])
    #expect(options.listen == nil)
    #expect(options.status?.description == "127.0.0.1:8053")
    #expect(options.control == "/run/rondo/control.sock")
    #expect(options.state == "/var/lib/rondo")
    #expect(options.threads == nil)
    #expect(options.user == nil)
  }

  @Test("serve with everything, in either form and any order")
  func serveEverything() throws {
    var expected = ServeOptions(files: ["a.zone", "b.zone"])
    expected.listen = [SocketEndpoint(v4, port: 53), SocketEndpoint(v4, port: 5353)]
    expected.status = SocketEndpoint(v4, port: 80)
    let isAllowed = expected.statusHosts.allow("ns1.example")
    #expect(isAllowed)
    expected.control = "/tmp/c"
    expected.threads = 4
    expected.state = "/srv/rondo"
    expected.user = "rondo"
    expected.cookieSecrets = "/etc/rondo/secrets"
    expected.identifier = "ns1 nord"
    expected.rateLimit = RateLimitOptions(
      rate: 200, source: 900, slip: 3, exempt: NetworkList(texts: ["192.0.2.0/24", "2001:db8::1"]))
    expected.transferAllow = NetworkList(texts: ["192.0.2.53"])
    expected.transferKey = "/etc/rondo/keys"
    expected.notify = [
      NoticeTarget(SocketEndpoint(v4, port: 53)),
      NoticeTarget(SocketEndpoint(v4, port: 54), key: .named(try #require(DomainName("backup.")))),
      NoticeTarget(SocketEndpoint(v4, port: 55), key: .unsigned),
    ]
    let apart = "serve a.zone --listen 192.0.2.1 --listen 192.0.2.1:5353 --status 192.0.2.1:80 --control /tmp/c "
    let more = [
      "--status-allow-host", "NS1.example", "--cookie-secrets", "/etc/rondo/secrets", "--nsid", "ns1 nord",
      "--rate-limit=200", "--rate-limit-source=900", "--rate-limit-slip", "3", "--rate-limit-exempt", "192.0.2.0/24",
      "--rate-limit-exempt=2001:db8::1", "--transfer-allow=192.0.2.53",
      "--transfer-key", "/etc/rondo/keys", "--notify=192.0.2.1",
      "--notify", "192.0.2.1:54,key=Backup", "--notify=192.0.2.1:55,key=none",
    ]
    func options(_ line: String) throws -> ServeOptions {
      let words = line.split(separator: " ").map(String.init)
      guard case .serve(let options) = try Invocation(arguments: words.prefix(1) + more + words.dropFirst()) else {
        throw NotServe()
      }
      return options
    }
    #expect(try options(apart + "--threads 4 --state /srv/rondo --user rondo b.zone") == expected)
    let joined = "serve --user=rondo --state=/srv/rondo --threads=4 --control=/tmp/c --status=192.0.2.1:80 a.zone "
    #expect(try options(joined + "--listen=192.0.2.1 --listen=192.0.2.1:5353 -- b.zone") == expected)
  }

  @Test("A rate limit alone has slip 2 and no exemptions")
  func rateLimit() throws {
    #expect(try serveOptions("serve --rate-limit 1 m").rateLimit == RateLimitOptions(rate: 1))
    #expect(try serveOptions("serve m").rateLimit == nil)
  }

  @Test("none switches status, control and state off")
  func none() throws {
    let options = try serveOptions("serve --status none --control=none --state none m.zone")
    #expect(options.status == nil && options.control == nil && options.state == nil)
  }

  @Test(
    "Addresses to listen on",
    arguments: [
      ("192.0.2.1", "192.0.2.1:53"), ("192.0.2.1:0", "192.0.2.1:0"), ("0.0.0.0:65535", "0.0.0.0:65535"),
      ("2001:db8::53", "[2001:db8::53]:53"), ("[2001:db8::53]", "[2001:db8::53]:53"),
      ("[2001:DB8::53]:5353", "[2001:db8::53]:5353"), ("::", "[::]:53"), ("[::1]:53", "[::1]:53"),
      ("::ffff:192.0.2.1", "[::ffff:c000:201]:53"),
    ])
  func listen(text: String, expected: String) throws {
    #expect(try serveOptions("serve --listen \(text) m.zone").listen?.map(\.description) == [expected])
  }

  @Test("After -- everything is a file, and a lone dash always is")
  func endOfOptions() throws {
    #expect(try serveOptions("serve -- --listen -h --help").files == ["--listen", "-h", "--help"])
    #expect(try serveOptions("serve - m.zone").files == ["-", "m.zone"])
  }

  @Test("A value may hold an equals sign, and begin with one dash")
  func oddValues() throws {
    #expect(try serveOptions("serve --control=/tmp/a=b m.zone").control == "/tmp/a=b")
    #expect(try serveOptions("serve --control -x m.zone").control == "-x")
  }

  @Test("check")
  func check() throws {
    #expect(try parse("check m.zone") == .check(CheckCommandOptions(files: ["m.zone"], strict: false, output: .text)))
    #expect(
      try parse("check --json a --strict b")
        == .check(CheckCommandOptions(files: ["a", "b"], strict: true, output: .json)))
  }

  @Test("status")
  func status() throws {
    #expect(try parse("status") == .status(StatusOptions()))
    #expect(try parse("status --json") == .status(StatusOptions(output: .json)))
    let endpoint = SocketEndpoint(v4, port: 80)
    let watching = StatusOptions(repetition: .watch, endpoint: endpoint)
    #expect(try parse("status --watch --status 192.0.2.1:80") == .status(watching))
  }

  @Test("reload")
  func reload() throws {
    #expect(try parse("reload") == .reload(ReloadOptions(control: "/run/rondo/control.sock")))
    #expect(try parse("reload --control /tmp/c") == .reload(ReloadOptions(control: "/tmp/c")))
  }

  @Test("timeline, probe and explain")
  func health() throws {
    #expect(try parse("timeline a b") == .timeline(TimelineOptions(files: ["a", "b"], output: .text)))
    #expect(try parse("timeline --json a") == .timeline(TimelineOptions(files: ["a"], output: .json)))
    #expect(try parse("probe ex1 a b") == .probe(ProbeOptions(subject: "ex1", files: ["a", "b"])))
    var asked = ExplainOptions(name: try #require(DomainName("mail.example.")))
    #expect(try parse("explain mail.example") == .explain(asked))
    asked.types = [.mx]
    asked.asker = v4
    asked.control = "/tmp/c"
    #expect(try parse("explain mail.example. mx --from 192.0.2.1 --control /tmp/c") == .explain(asked))
    asked.types = [.https]
    #expect(try parse("explain mail.example TYPE65 --from 192.0.2.1 --control=/tmp/c") == .explain(asked))
  }

  @Test("query, in words of its own and in dig's")
  func query() throws {
    var expected = QueryOptions(name: try #require(DomainName("mail.example.")))
    #expect(try parse("query mail.example") == .query(expected))
    #expect(expected.server.description == "127.0.0.1:53" && expected.time == 5 && expected.tries == 3)
    expected.type = .mx
    expected.server = SocketEndpoint(v4, port: 5353)
    for line in [
      "mail.example MX @192.0.2.1:5353", "@192.0.2.1 -p 5353 mail.example mx in", "MX mail.example @192.0.2.1:5353",
    ] {
      #expect(try parse("query \(line)") == .query(expected), "\(line)")
    }
    expected.output = .short
    expected.transport = .tcp
    expected.asksRecursion = false
    expected.extensions?.dnssecOK = true
    expected.extensions?.asksIdentifier = true
    expected.extensions?.subnet = QueryMessage.Subnet("192.0.2.0/24")
    expected.time = 1
    expected.tries = 2
    let dig = "+short +tcp +norec +dnssec +nsid +subnet=192.0.2.7 +time=1 +tries=2"
    let own = "--short --tcp --norecurse --dnssec --nsid --subnet 192.0.2.0/24 --time 1 --tries=2"
    for line in [dig, own] {
      #expect(try parse("query mail.example MX @192.0.2.1:5353 \(line)") == .query(expected), "\(line)")
    }
    var reverse = QueryOptions(name: try #require(DomainName("1.2.0.192.in-addr.arpa")))
    reverse.type = .ptr
    reverse.extensions = nil
    reverse.transport = .udpAlone
    #expect(try parse("query -x 192.0.2.1 +noedns +ignore") == .query(reverse))
    var all = QueryOptions(name: .root)
    all.type = .any
    all.recordClass = RecordClass.chaos
    all.transport = .tcp
    #expect(try parse("query . ANY CH") == .query(all))
  }

  @Test("init with a check or a profile, and its defaults")
  func initialize() throws {
    let name = try #require(DomainName("mail.kreis.example"))
    let node = StarterFile.Node(
      name: "ex1", addresses: [v4, try #require(IPAddress("2001:db8::11"))], site: "nord")
    let file = StarterFile(names: [name], nodes: [node], checking: .forms(["tcp:443"]))
    let given = "--name mail.kreis.example --node ex1=192.0.2.1,2001:db8::11,site=nord"
    #expect(try parse("init \(given) --check tcp:443") == .initialize(InitOptions(file: file)))
    #expect(file.servers == ["ns1.kreis.example", "ns2.kreis.example"].compactMap { DomainName($0) })
    let server = try #require(DomainName("dns.example"))
    let other = StarterFile(names: [name], nodes: [node], checking: .profile(.zimbra), servers: [server])
    #expect(
      try parse("init /etc/rondo \(given) --profile=zimbra --server dns.example.")
        == .initialize(InitOptions(file: other, folder: "/etc/rondo")))
  }

  @Test("drain, force and resume")
  func adminStates() throws {
    func adminState(_ verb: AdminStateRequest.Verb, _ reason: String = "", at control: String? = nil) throws
      -> Invocation
    {
      var options = AdminStateOptions(verb: verb, nodes: ["ex1"], reason: reason)
      if let control { options.control = control }
      return .adminState(options)
    }
    #expect(try parse("drain ex1") == adminState(.drain))
    guard case .adminState(var forced) = try adminState(.drain, "x", at: "/c") else { return }
    forced.caution = .force
    #expect(try parse("drain --force ex1 --reason x --control /c") == .adminState(forced))
    #expect(try parse("drain --even-if-last ex1 --reason x --control /c") == .adminState(forced), "as it was once")
    let spoken = try Invocation(arguments: ["drain", "ex1", "--reason", " patch\nday "])
    #expect(try spoken == adminState(.drain, "patch day"))
    #expect(try parse("force ex1 up --reason=x") == adminState(.forceUp, "x"))
    #expect(try parse("force ex1 down --control /c") == adminState(.forceDown, at: "/c"))
    #expect(try parse("resume ex1") == adminState(.resume))
    #expect(
      try parse("resume ex1 ex2 --planned")
        == .adminState(AdminStateOptions(verb: .resume, nodes: ["ex1", "ex2"], target: .plannedWindows)))
    let times = WrittenTimes(start: WrittenTime("18:00"), end: .lasting(5_400))
    #expect(
      try parse("drain ex1 ex2 --at 18:00 --for 1h30m")
        == .adminState(AdminStateOptions(verb: .drain, nodes: ["ex1", "ex2"], times: times)))
    #expect(
      try parse("force ex1 up --until none")
        == .adminState(AdminStateOptions(verb: .forceUp, nodes: ["ex1"], times: WrittenTimes(end: .never))))
    for line in ["drain ex1", "force ex1 up", "resume ex1"] {
      guard case .adminState(let options) = try parse("\(line) --by patch-job-7") else {
        Issue.record("\(line) is no order")
        continue
      }
      #expect(options.author == "patch-job-7")
    }
    for name in ["a\u{1b}b", "root (uid 0)", String(repeating: "n", count: 65)] {
      #expect(throws: UsageError.self) { try Invocation(arguments: ["drain", "ex1", "--by", name]) }
    }
  }

  @Test(
    "version and help",
    arguments: [
      ("version", .version), ("--version", .version), ("help", .help(nil)), ("--help", .help(nil)), ("-h", .help(nil)),
      ("help serve", .help(.serve)), ("help help", .help(.help)), ("serve --help", .help(.serve)),
      ("serve -h", .help(.serve)), ("check m.zone --nonsense --help", .help(.check)), ("status --help", .help(.status)),
      ("reload -h", .help(.reload)), ("version --help", .help(.version)), ("help -h", .help(.help)),
      ("serve --user --help", .help(.serve)),
    ] as [(String, Invocation)])
  func help(line: String, expected: Invocation) throws { #expect(try parse(line) == expected) }
}
