// What README.md and docs show is what happens: its commands run, its transcripts are compared with what is printed.

import Foundation
import Testing

/// The repository, from the place of this file in it.
private let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

private func text(_ path: String) throws -> String {
  try String(contentsOf: repository.appendingPathComponent(path), encoding: .utf8)
}

/// The README and all pages of docs.
private let documents: [String] = {
  let pages =
    (try? FileManager.default.contentsOfDirectory(atPath: repository.appendingPathComponent("docs").path)) ?? []
  return ["README.md"] + pages.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
}()

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

/// What a transcript of the tour shows after `$ command`, up to the next command.
private func shown(after command: String) throws -> [String] {
  for block in blocks(of: try text("docs/tour.md")) {
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

@Suite("README and docs")
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

  @Test("Every rondo command in README and docs is one, with options that it knows", arguments: documents)
  func commands(document: String) throws {
    let markdown = try text(document)
    let lines = blocks(of: markdown).joined().map { line in String(line.drop { "$ ".contains($0) }) }
    let spans = markdown.matches(of: #/`(?<code>rondo [^`]*)`/#).map { String($0.output.code) }
    // "rondo 0.1.0, up …" is a line of the status; "…" stands for words of the reader's own.
    let commands = Set(
      (lines + spans).filter { $0.hasPrefix("rondo ") && !$0.hasPrefix("rondo 0") && !$0.contains("──") })
    if ["README.md", "docs/tour.md"].contains(document) { #expect(commands.count > 10) }
    for command in commands {
      let end = command.firstIndex { "#|\\&>[".contains($0) } ?? command.endIndex
      let words = command[..<end].split(separator: " ").dropFirst().map(String.init)
      // A quoted argument has blanks; what is wanted here is the options alone.
      let options = words.filter { $0.hasPrefix("--") || $0.hasPrefix("+") }.map { String($0.prefix { $0 != "=" }) }
      let help = try ChildProcess(rondoBinary, words.prefix(1) + ["--help"]).finish()
      #expect(help.status == 0, "\(document): \(command)")
      for option in options where option != "--help" {
        #expect(help.output.contains(option), "\(document): \(command)")
      }
    }
  }

  @Test("Every file that README and docs lead to is there, and every heading", arguments: documents)
  func links(document: String) throws {
    let folder = URL(fileURLWithPath: document, relativeTo: repository).deletingLastPathComponent()
    for match in try text(document).matches(of: #/\]\((?<path>[^):#]*)(?:#(?<heading>[^)]+))?\)/#) {
      let path = String(match.output.path)
      let file = path.isEmpty ? repository.appendingPathComponent(document) : folder.appendingPathComponent(path)
      #expect(FileManager.default.fileExists(atPath: file.path), "\(document): \(path)")
      guard let heading = match.output.heading, let target = try? String(contentsOf: file, encoding: .utf8) else {
        continue
      }
      let anchors = target.split(separator: "\n").filter { $0.hasPrefix("#") }.map { anchor(of: String($0)) }
      #expect(anchors.contains(String(heading)), "\(document): \(path)#\(heading)")
    }
  }

  @Test("Every path that README and docs name is in the repository", arguments: documents)
  func paths(document: String) throws {
    for match in try text(document).matches(of: #/`(?<path>(?:Sources|Tests|Config|scripts|docs|\.ci)\/[\w.+\/-]*)/#) {
      let path = String(match.output.path)
      #expect(
        FileManager.default.fileExists(atPath: repository.appendingPathComponent(path).path), "\(document): \(path)")
    }
  }

  /// As the web pages of repositories make it: letters, digits and hyphens.
  private func anchor(of heading: String) -> String {
    heading.drop { "# ".contains($0) }.lowercased().replacing(" ", with: "-").filter {
      $0.isLetter || $0.isNumber || $0 == "-"
    }
  }

  @Test(
    "The example of the reference, and what a delegated name brings with it, are zone config files without a finding")
  func zoneExamples() throws {
    let scratch = try Scratch()
    let example = try #require(blocks(of: try text("docs/zone-file.md")).first).joined(separator: "\n")
    _ = try scratch.write(example + "\n", to: "example.zone")
    #expect(try run("rondo check example.zone", in: scratch.file("")) == ["fine: 1 zone, 2 nodes, 1 pool; 0 warnings"])
    let recipe = try #require(blocks(of: try text("docs/deployment.md")).first { $0.first?.hasPrefix("$ZONE") == true })
    let pinpoint = try text("Config/pinpoint.zone").replacing(
      "$ZONE   mail.kreis.example.\n@       60  ROTATE access\n", with: "")
    _ = try scratch.write(pinpoint + recipe.joined(separator: "\n") + "\n", to: "pinpoint.zone")
    let checked = try run("rondo check pinpoint.zone", in: scratch.file(""))
    #expect(checked.last?.hasPrefix("fine: 4 zones, 2 nodes, 3 pools; 0 warnings") == true, "\(checked)")
  }

  @Test("The unit starts rondo serve, with the options of an override as the page on installing writes it")
  func unit() throws {
    let unit = try text("Config/rondo.service")
    let override = try #require(blocks(of: try text("docs/install.md")).first { $0.first == "[Service]" })
    let setting = try #require(override.first { $0.hasPrefix("Environment=") })
    #expect(unit.contains("\n\(setting)\n") && unit.contains("#   \(setting)\n"))
    // Within the unit /proc shows nothing but processes.
    #expect(!unit.contains("\nProcSubset=pid\n") || unit.contains("\nEnvironment=RONDO_BOOT=%b\n"))
    let value = try #require(
      setting.firstMatch(of: #/^Environment="RONDO_OPTIONS=(?<options>[^"]*)"$/#)?.output.options)
    let line = try #require(unit.split(separator: "\n").first { $0.hasPrefix("ExecStart=/usr/local/sbin/rondo ") })
    let words = line.split(separator: " ").dropFirst().flatMap { word in
      word == "$RONDO_OPTIONS" ? value.split(separator: " ") : [word]
    }.map(String.init)
    #expect(words == ["serve", "--listen", "192.0.2.53", "/etc/rondo/mail.zone"])
  }
}
