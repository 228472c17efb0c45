// What README.md shows is what happens: its commands run, its transcripts are compared with what is printed.

import Foundation
import Testing

/// The repository, from the place of this file in it.
private let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

private func text(_ path: String) throws -> String {
  try String(contentsOf: repository.appendingPathComponent(path), encoding: .utf8)
}

/// The lines between fences, block by block.
private func blocks(of markdown: String) -> [[String]] {
  var blocks: [[String]] = []
  var isInside = false
  for line in markdown.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
    if line.hasPrefix("```") {
      isInside.toggle()
      if isInside { blocks.append([]) }
    } else if isInside {
      blocks[blocks.count - 1].append(line)
    }
  }
  return blocks
}

/// What a transcript shows behind `$ command`, up to the next command.
private func shown(after command: String) throws -> [String] {
  for block in blocks(of: try text("README.md")) {
    guard let start = block.firstIndex(of: "$ \(command)") else { continue }
    return Array(block[(start + 1)...].prefix { !$0.hasPrefix("$ ") })
  }
  return []
}

/// Runs rondo where the files lie, as the transcripts do.
private func run(_ command: String, in folder: String) throws -> [String] {
  let arguments = ["-c", "cd '\(folder)' && PATH='\(rondoBinary.dropLast("/rondo".count))':$PATH && \(command)"]
  let result = try ChildProcess("/bin/sh", arguments).finish()
  return (result.output + result.errors).split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
}

@Suite("README")
struct ReadmeTests {
  @Test("The transcript of rondo check is what it prints about those two slips")
  func checkTranscript() throws {
    let scratch = try Scratch()
    let slips = try text("Config/mail.zone")
      .replacingOccurrences(of: "$POOL   relay   ex1 ex2  check=mta", with: "$POOL   relay   ex1 ex2  check=mat")
      .replacingOccurrences(of: "imap          60  ROTATE", with: "imap          1h  ROTATE")
    _ = try scratch.write(slips, to: "mail.zone")
    let expected = try shown(after: "rondo check mail.zone")
    #expect(!expected.isEmpty)
    #expect(try run("rondo check mail.zone", in: scratch.file("")) == expected)
  }

  @Test("A refused reload names the slip as the transcript does")
  func reloadTranscript() throws {
    let scratch = try Scratch()
    let slip = try text("Config/mail.zone")
      .replacingOccurrences(of: "ROTATE mailbox", with: "ROTATE mailbxo")
    _ = try scratch.write(slip, to: "mail.zone")
    let expected = try shown(after: "rondo reload").prefix(3)
    #expect(expected.count == 3)
    #expect(try run("rondo check mail.zone", in: scratch.file("")).prefix(3) == expected)
  }

  @Test("The shipped example is fine, as shown")
  func example() throws {
    #expect(
      try run("rondo check Config/mail.zone", in: repository.path) == shown(after: "rondo check Config/mail.zone"))
  }

  @Test("The timeline of the demo is the one that is shown, up to where it is cut")
  func timelineTranscript() throws {
    let expected = try shown(after: "rondo timeline Config/demo.zone").filter { !$0.isEmpty }
    #expect(expected.count > 5 && expected.last == "…")
    let printed = try run("rondo timeline Config/demo.zone", in: repository.path)
    #expect(Array(printed.prefix(expected.count - 1)) == expected.dropLast())
  }

  @Test("Every rondo command in a code block is one, with options that it knows")
  func commands() throws {
    let lines = blocks(of: try text("README.md")).joined().map { line in String(line.drop { "$ ".contains($0) }) }
    // "rondo 0.1.0, up …" is a line of the status.
    let commands = Set(lines.filter { $0.hasPrefix("rondo ") && !$0.hasPrefix("rondo 0") })
    #expect(commands.count > 4)
    for command in commands {
      let words = command.split(separator: "#")[0].split(separator: " ").dropFirst().map(String.init)
      let help = try ChildProcess(rondoBinary, words + ["--help"]).finish()
      #expect(help.status == 0, "\(command)")
      for option in words where option.hasPrefix("--") { #expect(help.output.contains(option), "\(command)") }
    }
  }

  @Test("Every file it leads to is there")
  func links() throws {
    for match in try text("README.md").matches(of: #/\]\((?<path>[^):#]+)\)/#) {
      let path = String(match.output.path)
      #expect(FileManager.default.fileExists(atPath: repository.appendingPathComponent(path).path), "\(path)")
    }
  }
}
