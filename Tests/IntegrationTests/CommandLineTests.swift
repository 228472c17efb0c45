// The commands as an operator types them: exit statuses, and messages with their place.

import Foundation
import Testing

/// A zone that is in order; the entries of each test come behind its last line, the ninth.
private let fine = """
  $ORIGIN it.example.
  $TTL 1h
  $NODE ex1 192.0.2.1
  $NODE ex2 192.0.2.2
  @    SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
       NS  ns1
       NS  ns2
  ns1  A   192.0.2.53
  ns2  A   192.0.2.54

  """

/// An entry that is wrong, and where.
struct BrokenEntry: CustomTestStringConvertible {
  let text: String
  /// `line:column`
  let place: String
  let words: String

  var testDescription: String { text }

  init(_ text: String, at place: String, _ words: String) {
    self.text = text
    self.place = place
    self.words = words
  }
}

@Suite("Command line")
struct CommandLineTests {
  @Test(
    "rondo check names the place of a mistake and points at it",
    arguments: [
      BrokenEntry("mail 60 ROTATE acess", at: "10:16", "\"acess\""),
      BrokenEntry("mail A 192.0.2.300", at: "10:8", "192.0.2.300"),
      BrokenEntry("mail AAAA 2001:db8:::1", at: "10:11", "2001:db8:::1"),
      BrokenEntry("mail 60 ROTATE ex1 ex2", at: "10:9", "check"),
      BrokenEntry("mail MX ten relay", at: "10:9", "ten"),
      BrokenEntry("$CHECK web htps:443", at: "10:12", "htps:443"),
      BrokenEntry("$CHECK web tcp:70000", at: "10:16", "70000"),
      BrokenEntry("$NODE ex1 192.0.2.9", at: "10:7", "ex1"),
      BrokenEntry("mail TXT \"open", at: "10:10", "\""),
      BrokenEntry("$POOL p ex1 ex2 chekc=none", at: "10:17", "chekc"),
      BrokenEntry("$TLL 5", at: "10:1", "$TTL"),
    ])
  func broken(_ entry: BrokenEntry) throws {
    let scratch = try Scratch()
    let file = try scratch.write(fine + entry.text + "\n", to: "broken.zone")
    let result = try rondo("check", file)
    #expect(result.status == 1)
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    // One mistake may have two messages.
    let message = try #require(
      lines.firstIndex { $0.hasPrefix("\(file):\(entry.place): error: ") }, "\(result.output)")
    #expect(lines[message].contains(entry.words))
    #expect(lines[message + 1] == entry.text)
    let column = try #require(Int(entry.place.split(separator: ":")[1]))
    #expect(lines[message + 2].hasPrefix(String(repeating: " ", count: column - 1) + "^"))
    #expect(lines.dropLast().last?.hasSuffix("rondo would not serve this") == true)
  }

  @Test("rondo check is content with a good file, with --strict only without warnings")
  func good() throws {
    let scratch = try Scratch()
    let file = try scratch.write(fine + "mail 60 ROTATE ex1 ex2 check=none\n", to: "good.zone")
    let result = try rondo("check", "--strict", file)
    #expect(result.status == 0)
    #expect(result.output == "fine: 1 zone, 2 nodes, 1 pool; 0 warnings\n")
    let slow = try scratch.write(fine + "mail 1d ROTATE ex1 ex2 check=none\n", to: "slow.zone")
    #expect(try rondo("check", slow).status == 0)
    #expect(try rondo("check", "--strict", slow).status == 1)
    let json = try rondo("check", "--json", slow)
    #expect(json.status == 0)
    #expect(throws: Never.self) { try JSON(parsing: json.output) }
  }

  @Test("A file that cannot be read is named")
  func missing() throws {
    let result = try rondo("check", "/nonexistent/mail.zone")
    #expect(result.status == 1)
    #expect(result.output.hasPrefix("/nonexistent/mail.zone: error: "), "\(result.output)")
  }

  @Test("The zone config files that come with Rondo pass", arguments: ["mail.zone", "pinpoint.zone", "demo.zone"])
  func shipped(_ name: String) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    #expect(try rondo("check", root.appendingPathComponent("Config/\(name)").path).status == 0)
  }

  @Test(
    "Wrong usage is exit status 2, or 3 of the monitoring plug-in, one line that leads to the help, and nothing on standard output",
    arguments: [
      "", "srve", "drain", "force ex1", "resume a a", "may-drain", "serve", "serve --lisen 127.0.0.1 f",
      "serve --peer x f", "serve --listen f",
      "serve --threads 0 f", "serve --listen 1.2.3 f", "serve --state none --state none f", "check",
      "check --strict=1 f", "status extra", "status --json --watch", "reload --control", "version x", "help nothing",
      "timeline", "timeline --watch f", "probe", "probe ex1", "explain", "explain a ANY", "explain a --from b",
      "probe --json ex1 f",
    ])
  func usage(_ line: String) throws {
    let result = try ChildProcess(rondoBinary, line.split(separator: " ").map(String.init)).finish()
    #expect(result.status == (line.hasPrefix("status ") ? 3 : 2))
    #expect(result.output == "")
    #expect(result.errors.hasPrefix("rondo: ") && result.errors.hasSuffix("--help\".\n"), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test("A misspelt option is guessed, one of a later version is not called unknown")
  func suggestions() throws {
    #expect(try rondo("serve", "--lisen", "127.0.0.1", "f").errors.contains(#"did you mean "--listen"?"#))
    #expect(
      try rondo("serve", "--peer", "x", "f").errors.contains(#"serve does not have "--peer" in this version yet"#))
    #expect(try rondo("weight").errors.contains(#"this version does not have the command "weight" yet"#))
  }

  @Test(
    "Every command has its help",
    arguments: [
      "", "serve", "check", "status", "reload", "timeline", "probe", "explain", "drain", "force", "resume", "may-drain",
      "maintenance", "version",
      "help",
    ])
  func help(_ command: String) throws {
    let words = command.isEmpty ? [] : [command]
    for option in ["--help", "-h"] {
      let result = try ChildProcess(rondoBinary, words + [option]).finish()
      #expect(result.status == 0)
      #expect(result.errors == "")
      #expect(result.output.contains("Usage: rondo ") && result.output.contains("Exit status: "))
      #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
  }

  @Test("The version is printed")
  func version() throws {
    for words in [["version"], ["--version"]] {
      let result = try ChildProcess(rondoBinary, words).finish()
      #expect(result.status == 0)
      #expect(result.output.wholeMatch(of: /rondo \d+\.\d+\.\d+\n/) != nil)
    }
  }
}
