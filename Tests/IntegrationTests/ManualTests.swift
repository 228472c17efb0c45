// The manual pages and completions that scripts/manual writes: they say what --help says, and their readers take them.

import Foundation
import Testing

@testable import rondo

@Suite("Manual pages and completions", .enabled(if: Tool("perl").isInstalled, "perl is not installed"))
struct ManualTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("scripts/manual").path
    let result = try ChildProcess(script, ["--binary", rondoBinary, "--date", "2026-11-28", scratch.path]).finish()
    #expect(result.status == 0 && result.output == "" && result.errors == "", "\(result.errors)")
  }

  private func text(_ path: String) throws -> String { try String(contentsOfFile: scratch.file(path), encoding: .utf8) }

  /// What the completion of a shell does for a command: its branch of the `case`.
  private func branch(_ completion: String, of command: Command) -> Substring {
    let begin = completion.firstRange(of: "\n    \(command.rawValue))\n")?.upperBound ?? completion.endIndex
    let rest = completion[begin...]
    return rest.firstRange(of: /\n    [a-z-]+\)\n/).map { rest[..<$0.lowerBound] } ?? rest
  }

  private static let commands = Command.allCases.filter { $0 != .help }

  @Test("Every option of every command is in its page and in each completion, by all names that the help has")
  func complete() throws {
    let shells = try ["rondo.bash", "_rondo", "rondo.fish"].map { try text("completions/\($0)") }
    for command in ManualTests.commands {
      let page = try text("man8/rondo-\(command.rawValue).8")
      #expect(page.contains("\n.SH \"SYNOPSIS\"\n\\fBrondo \(command.rawValue.replacing("-", with: "\\-"))"))
      #expect(try text("man8/rondo.8").contains("\\fBrondo\\-\(command.rawValue.replacing("-", with: "\\-"))\\fR(8)"))
      let words = helpText(command).split { !($0.isLetter || $0 == "-" || $0 == "+") }.map(String.init)
      for option in command.options {
        #expect(page.contains("\\fB\(option.name.replacing("-", with: "\\-"))"), "\(command) \(option.name)")
        let names = ([option.name] + option.otherNames).filter { name in
          words.contains { $0 == name }
        }
        #expect(names.contains(option.name), "the help of \(command) lacks \(option.name)")
        let (bash, zsh) = (branch(shells[0], of: command), branch(shells[1], of: command))
        for name in names {
          #expect(bash.split { " '\n".contains($0) }.contains { $0 == name }, "\(command) \(name)")
          #expect(
            zsh.contains("'\(name.hasPrefix("+") ? "\\" : "")\(name)[") || zsh.contains("'*\(name)["),
            "\(command) \(name)")
          let word =
            name.hasPrefix("--")
            ? "-l \(name.dropFirst(2))" : name.hasPrefix("-") ? "-s \(name.dropFirst())" : "'\(name)'"
          #expect(
            shells[2].split(separator: "\n").contains {
              $0.contains("from \(command.rawValue)'") && $0.contains(" \(word) ")
            },
            "\(command) \(name)")
        }
      }
    }
  }

  @Test("Directives and options of zone config files are in their page")
  func zonePage() throws {
    let page = try text("man5/rondo.zone.5")
    for word in [
      "$NODE", "$CHECK", "$POOL", "$SITE", "$ZONE", "$AUTHORITY", "ROTATE", "slow\\-start=", "all\\-down=", "verify=",
    ] {
      #expect(page.contains(word), "\(word)")
    }
  }

  @Test("The readers of pages have no warning", .enabled(if: Tool("groff").isInstalled, "groff is not installed"))
  func pages() throws {
    let pages = ["man5/rondo.zone.5", "man8/rondo.8"] + ManualTests.commands.map { "man8/rondo-\($0.rawValue).8" }
    for page in pages {
      let formatted = try Tool("groff").run(["-ww", "-man", "-Tutf8", scratch.file(page)])
      #expect(formatted.status == 0 && formatted.errors == "", "\(page): \(formatted.errors)")
      if Tool("mandoc").isInstalled {
        let lint = try Tool("mandoc").run(["-T", "lint", "-W", "style", scratch.file(page)])
        #expect(lint.status == 0 && lint.output == "", "\(lint.output)")
      }
    }
  }

  @Test(
    "The shells read their completions", arguments: [("bash", "rondo.bash"), ("zsh", "_rondo"), ("fish", "rondo.fish")])
  func shells(shell: String, file: String) throws {
    guard Tool(shell).isInstalled else { return }
    let result = try Tool(shell).run(["-n", scratch.file("completions/\(file)")])
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
  }

  @Test("Bash offers commands, options, their words, and files", .enabled(if: Tool("bash").isInstalled))
  func bash() throws {
    func offered(_ line: String) throws -> String {
      let script = """
        source '\(scratch.file("completions/rondo.bash"))'
        COMP_WORDS=(\(line)) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _rondo
        echo "${COMPREPLY[*]}"
        """
      return try Tool("bash").run(["-c", script]).output.replacing("\n", with: "")
    }
    #expect(try offered("rondo may").contains("may-drain"))
    #expect(try offered("rondo serve --rate-limit-s") == "--rate-limit-source --rate-limit-slip")
    #expect(try offered("rondo serve --ledger p") == "prefixes")
    #expect(try offered("rondo init --profile ''") == "exchange postfix-dovecot grommunio zimbra")
    #expect(try offered("rondo force ex1 u") == "up")
    #expect(try offered("rondo serve --cookie-secrets /et") == "/etc")
    #expect(try offered("rondo check /et") == "/etc")
    #expect(try offered("rondo query mail.example +sh") == "+short")
  }
}
