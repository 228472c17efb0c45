// docs/patch-day.md: its commands, run as printed and in their order against one daemon, print what the page shows, but for
// times, names of people and the like; and its script patches all nodes.

import DNS
import Foundation
import Linux
import Testing

/// A command of the page with what it shows below it.
private struct ShownCommand {
  let section: String
  let command: String
  var lines: [String] = []
}

private let page: String = {
  let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  let file = repository.appendingPathComponent("docs/patch-day.md")
  return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
}()

/// The commands of the page's transcripts, in order.
private func shownCommands() -> [ShownCommand] {
  var commands: [ShownCommand] = []
  var section = ""
  var isTranscript = false
  for line in page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
    if line.hasPrefix("```") {
      isTranscript = line == "```text"
    } else if isTranscript, line.hasPrefix("$ ") {
      commands.append(ShownCommand(section: section, command: String(line.dropFirst(2))))
    } else if isTranscript, !line.isEmpty {
      commands[commands.count - 1].lines.append(line)
    } else if line.hasPrefix("## ") {
      section = String(line.dropFirst(3))
    }
  }
  return commands
}

/// The first script of the page.
private func shownScript() -> String? {
  let blocks = page.components(separatedBy: "```sh\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
  return blocks.first { $0.hasPrefix("#!/bin/sh\n") }
}

/// A line without what differs from one day to the next.
private func timeless(_ line: String) -> String {
  line.replacing(#/\d{4}-\d\d-\d\d /#, with: "").replacing(#/\d\d:\d\d(:\d\d)?/#, with: "TIME")
    .replacing(#/[\w-]+ \([^()]*uid \d+\)/#, with: "SOMEBODY")
    .replacing(#/TIME CET to [\d.]+/#, with: "TIME CET to ASKER").replacing(
      #/^[\d.]+ +TIME CET/#, with: "ASKER TIME CET"
    )
    .replacing(#/\b\d+(\.\d+)? ms/#, with: "N ms").replacing(#/\b\d+[smh]( \d+m)?\b/#, with: "SPAN")
    .split(separator: " ").joined(separator: " ")
}

/// Whether lines are what is shown, where "…" stands for any of them.
private func isShown(_ lines: ArraySlice<String>, _ shown: ArraySlice<String>) -> Bool {
  guard let first = shown.first else { return lines.isEmpty }
  guard first == "…" else {
    guard let line = lines.first, timeless(line) == timeless(first) else { return false }
    return isShown(lines.dropFirst(), shown.dropFirst())
  }
  return (lines.startIndex...lines.endIndex).contains { isShown(lines[$0...], shown.dropFirst()) }
}

/// The demo's zone, nodes that answer, and a `rondo` that finds the daemon.
private struct DemoHost {
  let nodes: MailNodes
  let rondo: RunningRondo
  let scratch: Scratch

  /// - Parameter ttl: of the names, in seconds; the demo's is 10.
  init(ttl: Int = 10) throws {
    nodes = try MailNodes()
    scratch = try Scratch()
    let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let demo = try String(contentsOf: repository.appendingPathComponent("Config/demo.zone"), encoding: .utf8)
    rondo = try RunningRondo(
      demo.replacing("127.0.0.2", with: nodes.first.address.description)
        .replacing("127.0.0.3", with: nodes.second.address.description).replacing(":8025", with: ":\(nodes.port)")
        .replacing(" 10  ROTATE", with: " \(ttl)  ROTATE"),
      environment: ["env", "TZ=CET-1"])
    try script(
      """

      for word; do
        shift
        case $word in
          /etc/rondo/mail.zone) word='\(rondo.zoneFile)' ;;
          @127.0.0.1) word=@\(rondo.dns[0]) ;;
        esac
        set -- "$@" "$word"
      done
      case $1 in
        status | events | maintenance) exec '\(rondoBinary)' "$@" --status \(rondo.status) ;;
        drain | resume | quiet | may-drain) exec '\(rondoBinary)' "$@" --control '\(rondo.controlPath)' ;;
        *) exec '\(rondoBinary)' "$@" ;;
      esac
      """, named: "rondo")
  }

  /// Puts a command where the shell looks first.
  func script(_ text: String, named name: String) throws {
    try setMode(of: scratch.write("#!/bin/sh\n\(text)\n", to: name), to: 0o755)
  }

  /// Runs shell text as an operator would; what a terminal shows at last, if it `isAtTerminal`.
  func run(_ text: String, isAtTerminal: Bool = false) throws -> Finished {
    let command = isAtTerminal ? ["script", "-qec", text, "/dev/null"] : ["sh", "-c", text]
    return try ChildProcess(
      ["env", "-u", "SUDO_USER", "-u", "DOAS_USER", "TZ=CET-1", "PATH=\(scratch.path):/usr/sbin:/usr/bin:/sbin:/bin"]
        + command
    ).finish()
  }

  /// The lines that a command leaves, with the addresses of the page.
  func lines(of command: String) throws -> [String] {
    let result = try run(command, isAtTerminal: command.hasSuffix(" --wait"))
    let text = (result.output + result.errors).replacing("\r\n", with: "\n")
      .replacing(nodes.first.address.description, with: "127.0.0.2")
      .replacing(nodes.second.address.description, with: "127.0.0.3").replacing(":\(nodes.port)", with: ":8025")
    // A countdown goes back to the start of its line.
    return text.split(separator: "\n").map { String($0.split(separator: "\u{1B}[K").last ?? "") }.filter {
      !$0.isEmpty && $0 != "\r"
    }
  }
}

@Suite("The walkthrough of a patch day")
struct WalkthroughTests {
  @Test("The commands of the page print what it shows", .enabled(if: Tool("script").isInstalled))
  func commands() throws {
    let host = try DemoHost()
    let commands = shownCommands()
    #expect(commands.count > 10)
    var section = ""
    for shown in commands {
      if shown.section != section {
        section = shown.section
        try begin(section, host)
      }
      let lines = try host.lines(of: shown.command)
      #expect(isShown(lines[...], shown.lines[...]), "\(section): \(shown.command)\n\(lines.joined(separator: "\n"))")
    }
  }

  /// What happens besides the commands.
  private func begin(_ section: String, _ host: DemoHost) throws {
    switch section.prefix(2) {
    case "2.": _ = try host.run("rondo query mail.kreis.example @127.0.0.1")
    case "3.":
      host.nodes.first.stop()
      _ = try host.rondo.line { $0.contains(" address-down node=ex1 ") }
    case "4.":
      try host.nodes.first.start()
      try wait(for: "ex1") { host.rondo.log.count { $0.contains(" address-up node=ex1 ") } == 2 }
    default: break
    }
  }

  @Test("The script of the page patches one node after the other, and leaves both in the answers")
  func script() throws {
    let host = try DemoHost(ttl: 2)
    try host.script("echo \"$@\" >>'\(host.scratch.file("ssh.log"))'", named: "ssh")
    try host.script("exec /bin/sleep 0.1", named: "sleep")
    try host.script(
      try #require(shownScript()).components(separatedBy: "\n").dropFirst().joined(separator: "\n"), named: "patch")
    let result = try host.run("patch")
    #expect(result.status == 0, "\(result)")
    let orders = ["upgrade", "systemctl reboot"]
    let visits = try String(contentsOfFile: host.scratch.file("ssh.log"), encoding: .utf8).split(separator: "\n")
    #expect(visits.map { $0.prefix(8) } == ["root@ex1", "root@ex1", "root@ex2", "root@ex2"])
    for (visit, order) in zip(visits, orders + orders) { #expect(visit.hasSuffix(order)) }
    let steps = host.rondo.log.compactMap { line in
      ["node-drained", "node-quiet", "node-resumed"].first { line.contains(" \($0) ") }
    }
    #expect(steps == ["node-drained", "node-quiet", "node-resumed", "node-drained", "node-quiet", "node-resumed"])
    #expect(try host.rondo.addresses("mail.kreis.example").count == 2)
  }
}
