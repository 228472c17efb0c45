// Command lines that cannot be followed: the message, word by word.

import Testing

@testable import rondo

private func message(_ arguments: [String]) -> String? {
  do throws(UsageError) {
    _ = try Invocation(arguments: arguments)
    return nil
  } catch {
    return error.message
  }
}

private func message(_ line: String) -> String? { message(line.split(separator: " ").map(String.init)) }

@Suite("Command line: what is refused")
struct UsageErrorTests {
  @Test("Usage errors end with status 2")
  func exitStatus() { #expect(UsageError.exitStatus == 2) }

  @Test(
    "Commands",
    arguments: [
      ("", #"rondo: no command given. See "rondo --help"."#),
      ("sevre m.zone", #"rondo: there is no command "sevre"; did you mean "serve"? See "rondo --help"."#),
      ("frobnicate", #"rondo: there is no command "frobnicate". See "rondo --help"."#),
      ("help me", #"rondo: there is no command "me". See "rondo --help"."#),
      ("--listen 192.0.2.1", #"rondo: there is no command "--listen". See "rondo --help"."#),
      ("help serve check", #"rondo: help does not know what to do with "check". See "rondo help --help"."#),
      ("version 2", #"rondo: version does not know what to do with "2". See "rondo version --help"."#),
    ])
  func commands(line: String, expected: String) { #expect(message(line) == expected) }

  @Test(
    "Commands of later versions are no spelling mistakes",
    arguments: [
      "plan", "simulate", "names", "weight",
    ])
  func laterCommands(name: String) {
    let expected = #"rondo: this version does not have the command "\#(name)" yet. See "rondo --help"."#
    #expect(message("\(name) ex1") == expected)
    #expect(message("\(name) --help") == expected)
    #expect(message("help \(name)") == expected)
  }

  @Test(
    "Options",
    arguments: [
      ("serve --lisen 192.0.2.1 m", #"serve has no option "--lisen"; did you mean "--listen"?"#),
      ("serve --json m", #"serve has no option "--json""#),
      ("serve -v m", #"serve has no option "-v""#),
      ("check --sctrit m", #"check has no option "--sctrit"; did you mean "--strict"?"#),
      ("serve --rate-limit-source 3 m", #"serve: "--rate-limit-source" needs "--rate-limit" too"#),
      (
        "serve --rate-limit 1 --rate-limit-source 0 m",
        #"serve: invalid value "0" for "--rate-limit-source"; it takes a number from 1 to 1000000"#
      ),
      ("serve --rate-limit-slip 3 m", #"serve: "--rate-limit-slip" needs "--rate-limit" too"#),
      ("serve --rate-limit-exempt ::/0 m", #"serve: "--rate-limit-exempt" needs "--rate-limit" too"#),
      ("serve --rate-limit 0 m", #"serve: invalid value "0" for "--rate-limit"; it takes a number from 1 to 1000000"#),
      (
        "serve --status none --status-allow-host ns1 m",
        #"serve: "--status-allow-host" and "--status none" exclude each other"#
      ),
      (
        "serve --status-allow-host ns1:8053 m",
        #"serve: invalid value "ns1:8053" for "--status-allow-host"; it takes a host name without a port, such as "#
          + "ns1.example; addresses are always allowed"
      ),
      ("serve --notify 192.0.2.1 m", #"serve: "--notify" needs "--transfer-allow" too"#),
      (
        "serve --transfer-allow ::1 --notify 192.0.2.1,key=a m",
        #"serve: "--notify 192.0.2.1,key=a" needs "--transfer-key" too"#
      ),
      (
        "serve --transfer-key k --notify 192.0.2.1,kez=a m",
        #"serve: invalid value "192.0.2.1,kez=a" for "--notify"; it takes the name of a key after the address, such as "#
          + "192.0.2.53,key=backup, or key=none"
      ),
      (
        "serve --transfer-key k --notify 192.0.2.1 --notify 192.0.2.1:53,key=a m",
        #"serve: "--notify 192.0.2.1:53" is given twice"#
      ),
      ("serve --peer ns1 m", #"serve does not have "--peer" in this version yet"#),
      ("serve --peer=ns1 m", #"serve does not have "--peer" in this version yet"#),
      ("check --nsid m", #"check has no option "--nsid""#),
      ("serve m --user", #"serve: "--user" needs a value"#),
      ("serve --user= m", #"serve: "--user" needs a value"#),
      ("serve --user --threads 2 m", #"serve: "--user" needs a value"#),
      ("check --strict=yes m", #"check: "--strict" takes no value"#),
      ("serve --user a --user b m", #"serve: "--user" is given twice"#),
      ("check --json --json m", #"check: "--json" is given twice"#),
      ("serve --listen ::1 --listen [::1]:53 m", #"serve: "--listen [::1]:53" is given twice"#),
      ("status --json --watch", #"status: "--json" and "--watch" exclude each other"#),
      ("status ex1", #"status does not know what to do with "ex1""#),
      ("reload m.zone", #"reload does not know what to do with "m.zone""#),
      ("serve", "serve needs at least one zone config file"),
      ("timeline", "timeline needs at least one zone config file"),
      ("probe", "probe needs the name of a node or pool"),
      ("probe ex1", "probe needs at least one zone config file"), ("explain", "explain needs a domain name"),
      (
        "explain a..b",
        "explain: unexpected \"a..b\"; expected a domain name such as mail.kreis.example"
      ),
      (
        "explain a ANY",
        "explain: unexpected \"ANY\"; expected a record type such as A, AAAA, MX or TYPE65 after the name"
      ),
      ("explain a A b", "explain does not know what to do with \"b\""),
      (
        "explain a --from b",
        "explain: invalid value \"b\" for \"--from\"; it takes an address, such as 192.0.2.7 or 2001:db8::7"
      ),
      ("query a.b @192.0.2.1:5353 -p 53", "query: \"--port\" and \"@192.0.2.1:5353\" exclude each other"),
      ("query", "query needs a domain name"),
      ("query a..b", "query: unexpected \"a..b\"; expected a domain name such as mail.kreis.example"),
      (
        "query a.b AXFR",
        "query: unexpected \"AXFR\"; expected the type of a record; whole zones are fetched by secondaries, or by "
          + "dig and kdig"
      ),
      (
        "query a @ns1",
        "query: unexpected \"@ns1\"; expected the address of a server, such as @192.0.2.53, @192.0.2.53:5353 or "
          + "@[2001:db8::53]:5353; names are not looked up"
      ),
      ("query a @192.0.2.1 @192.0.2.2", "query does not know what to do with \"@192.0.2.2\""),
      ("query a A MX", "query does not know what to do with \"MX\""),
      (
        "query a.b B",
        "query: unexpected \"B\"; expected a record type such as A, AAAA, MX or TYPE65 after the name"
      ),
      ("query a +noall", "query has no option \"+noall\""), ("query a +shrt", "query has no option \"+shrt\""),
      ("query a --shrt", "query has no option \"--shrt\"; did you mean \"--short\"?"),
      ("query a +short --short", "query: \"--short\" is given twice"),
      ("query a +tcp +ignore", "query: \"--tcp\" and \"--ignore\" exclude each other"),
      ("query a +noedns +dnssec", "query: \"--noedns\" and \"--dnssec\" exclude each other"),
      ("query a +time=61", "query: invalid value \"61\" for \"--time\"; it takes a number from 1 to 60"),
      ("query a +tries=0", "query: invalid value \"0\" for \"--tries\"; it takes a number from 1 to 10"),
      ("query a -p 0", "query: invalid value \"0\" for \"--port\"; it takes a number from 1 to 65535"),
      (
        "query -x a",
        "query: invalid value \"a\" for \"--reverse\"; it takes an address, such as 192.0.2.11 or 2001:db8::11"
      ),
      ("drain", "drain needs the name of a node"),
      ("drain a b a", "drain: unexpected \"a\"; expected each node once"),
      ("force a up b", "force does not know what to do with \"b\""),
      (
        "drain a --until 4pm", "drain: invalid value \"4pm\" for \"--until\"; it takes \(WrittenTime.expected), or none"
      ),
      ("drain a --at 24:00 --for 1h", "drain: invalid value \"24:00\" for \"--at\"; it takes \(WrittenTime.expected)"),
      (
        "drain a --for 31d",
        "drain: invalid value \"31d\" for \"--for\"; it takes a time such as 2h, 90m or 1h30m, at most 30d"
      ),
      ("drain a --for 1h --until 16:00", "drain: \"--until\" and \"--for\" exclude each other"),
      ("drain a --at 16:00", "drain: \"--at\": a drain that begins later needs an end: --until TIME or --for SPAN"),
      (
        "drain a --at 16:00 --until none",
        "drain: \"--at\": a drain that begins later needs an end: --until TIME or --for SPAN"
      ),
      ("drain a --at 16:00 --for 1h --wait", "drain: \"--wait\" and \"--at\" exclude each other"),
      ("quiet", "quiet needs the name of a node"), ("quiet a a", "quiet: unexpected \"a\"; expected each node once"),
      ("quiet a --reason b", "quiet has no option \"--reason\""),
      ("resume a --wait", "resume has no option \"--wait\""),
      ("resume a --until 16:00", "resume has no option \"--until\""),
      (
        "drain a.b",
        "drain: unexpected \"a.b\"; expected the name of a node, up to 63 letters, digits, \"-\" and \"_\""
      ),
      (
        "drain a --reason \(String(repeating: "r", count: 201))",
        "drain: invalid value \"\(String(repeating: "r", count: 201))\" for \"--reason\"; it takes a text of at most "
          + "200 characters"
      ),
      ("resume a --reason b", "resume has no option \"--reason\""),
      ("force a", "force needs the name of a node, followed by up or down"),
      ("force a off", "force: unexpected \"off\"; expected up or down after the name of a node"),
      ("force a up --force", "force has no option \"--force\""),
      ("init", "init needs --name"), ("init --name mail.example", "init needs --node"),
      ("init --name mail.example --node a=192.0.2.1", "init needs --check or --profile"),
      ("init --name a.b --name A.B. --node a=192.0.2.1", "init: \"--name A.B.\" is given twice"),
      ("init --name a.b --node a=192.0.2.1 --node a=192.0.2.2", "init: \"--node a\" is given twice"),
      ("init --name a.b --node a=192.0.2.1 --check tcp:1 x y", "init does not know what to do with \"y\""),
      (
        "init --name a.b --node a=192.0.2.1 --check tcp:1 --profile zimbra",
        "init: \"--profile\" and \"--check\" exclude each other"
      ),
      (
        "init --name a.b --node a=192.0.2.1 --profile domino",
        "init: invalid value \"domino\" for \"--profile\"; it takes exchange, postfix-dovecot, grommunio, zimbra"
      ),
      (
        "init --name a.b --node a=192.0.2.1 --check tcp:1\u{7}",
        "init: invalid value \"tcp:1?\" for \"--check\"; it takes a check on one line such as "
          + "https:443/owa/healthcheck.htm or smtp:25"
      ),
      ("check --strict", "check needs at least one zone config file"),
      ("check --", "check needs at least one zone config file"),
    ])
  func options(line: String, expected: String) {
    let command = line.prefix { $0 != " " }
    #expect(
      message(line) == #"rondo: \#(expected)\#(expected.hasSuffix("?") ? "" : ".") See "rondo \#(command) --help"."#)
  }

  @Test(
    "What is no node of a first zone config file",
    arguments: [
      "ex1", "ex1=", "=192.0.2.1", "ex.1=192.0.2.1", "ex1=192.0.2", "ex1=192.0.2.1,192.0.2.2", "ex1=192.0.2.1,",
      "ex1=site=nord", "ex1=192.0.2.1,site=", "ex1=192.0.2.1,site=a,site=b", "ex1=192.0.2.1,weight=2",
    ])
  func node(text: String) {
    #expect(
      message("init --name mail.example --node \(text)") == """
        rondo: init: invalid value "\(text)" for "--node"; it takes a name and its addresses, at most one of each family, \
        such as ex1=192.0.2.11,2001:db8::11,site=nord. See "rondo init --help".
        """)
  }

  @Test(
    "What is no name of a first zone config file",
    arguments: ["mail", ".", "*.kreis.example", "a..b", "müller.example", String(repeating: "a.", count: 128)])
  func name(text: String) {
    #expect(
      message("init --name \(text)")?.contains("it takes a complete host name such as mail.kreis.example") == true)
  }

  @Test(
    "Addresses that cannot be listened on",
    arguments: [
      "localhost", "192.0.2", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:-1", "192.0.2.1:+5", "192.0.2.1:000053",
      "[::1", "[::1]53", "[::1]:", "[192.0.2.1]:53", "[::1]:5:3", ":53", "53", "*", "fe80::1%eth0", "none", "[]",
    ])
  func listen(text: String) {
    #expect(
      message("serve --listen \(text) m") == """
        rondo: serve: invalid value "\(text)" for "--listen"; it takes an address with or without a port, such as \
        192.0.2.1:53 or [2001:db8::1]:53; names are not looked up. See "rondo serve --help".
        """)
  }

  @Test("The status port must be said", arguments: ["127.0.0.1", "::1", "[::1]", "2001:db8::1:8053"])
  func statusPort(text: String) {
    for command in ["serve m", "status"] {
      #expect(message("\(command) --status \(text)")?.contains("it takes an address with a port, such as") == true)
    }
    #expect(message("status --status none")?.contains(#"invalid value "none" for "--status""#) == true)
  }

  @Test("Numbers of threads", arguments: ["0", "257", "-1", "+4", "four", "4.0", "99999999999999999999"])
  func threads(text: String) {
    let expected = #"rondo: serve: invalid value "\#(text)" for "--threads"; it takes a number from 1 to 256"#
    #expect(message("serve --threads \(text) m") == expected + #". See "rondo serve --help"."#)
  }

  @Test("Empty words and control characters leave the message one line")
  func oddWords() {
    #expect(message([""]) == #"rondo: there is no command "". See "rondo --help"."#)
    #expect(message(["a\nb\u{1b}"]) == #"rondo: there is no command "a?b?". See "rondo --help"."#)
    #expect(message(["serve", "--listen", ""])?.contains("needs a value") == true)
  }
}

@Suite("Command line: help")
struct HelpTests {
  private static let topics: [Command?] = [nil] + Command.allCases

  @Test("Help fits 80 columns, ends in a line end and names the exit status", arguments: topics)
  func form(topic: Command?) {
    let help = helpText(topic)
    #expect(help.hasSuffix("\n") && !help.hasSuffix("\n\n"))
    #expect(help.contains("Usage: rondo") && help.contains("Exit status: 0"))
    for line in help.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  @Test("The overview names every command, and a command's help each of its options", arguments: Command.allCases)
  func complete(command: Command) {
    #expect(helpText(nil).contains("\n  \(command.rawValue)"))
    for option in command.options { #expect(helpText(command).contains("  \(option.name)"), "\(option.name)") }
  }

  @Test("The examples in the help are command lines that work", arguments: topics)
  func examples(topic: Command?) throws {
    // A backslash at the end of a line goes on in the next.
    let lines = helpText(topic).replacing("\\\n", with: "").split(separator: "\n")
    for line in lines where line.hasPrefix("    ") || line.hasPrefix("  rondo ") {
      for part in line.split(separator: "&") {
        let words = part.split(separator: "|")[0].split(separator: " ").map(String.init)
        guard words.first == "rondo" else { continue }
        #expect(throws: Never.self, "\(line)") { try Invocation(arguments: Array(words.dropFirst())) }
      }
    }
  }
}
