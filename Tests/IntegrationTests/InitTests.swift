// `rondo init` by the binary: what it writes, and that it never touches what is there.

import Foundation
import Testing

@Suite("rondo init")
struct InitTests {
  private static let request = [
    "init", "--name", "mail.kreis.example", "--node", "ex1=192.0.2.11", "--node", "ex2=198.51.100.11",
  ]

  private func initialize(_ words: String...) throws -> Finished {
    try ChildProcess(rondoBinary, InitTests.request + words).finish()
  }

  private static let check = "--check=https:443/owa/healthcheck.htm"

  @Test("The file is fine, everybody may read it, and the message leads on from there")
  func written() throws {
    let scratch = try Scratch()
    let line = #"umask 077 && cd "$1" && shift && exec "$@""#
    let result = try ChildProcess(
      "/bin/sh", ["-c", line, "sh", scratch.path, rondoBinary] + InitTests.request + [InitTests.check]
    ).finish()
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    #expect(result.output.hasPrefix("written: mail.zone, with one name for 2 nodes\n"))
    for step in [
      "rondo check mail.zone", "rondo probe access mail.zone", "rondo serve --listen ADDRESS mail.zone",
      "mail.kreis.example. NS ns1.kreis.example., ns2.kreis.example.",
    ] {
      #expect(result.output.contains(step), "\(step)")
    }
    let checked = try ChildProcess(rondoBinary, ["check", "--strict", scratch.file("mail.zone")]).finish()
    #expect(checked.status == 0 && checked.output == "fine: 1 zone, 2 nodes, 1 pool; 0 warnings\n")
    let attributes = try FileManager.default.attributesOfItem(atPath: scratch.file("mail.zone"))
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o644)
  }

  @Test("What has the file's name stays as it is: a file, a folder, a link to nowhere")
  func existing() throws {
    let scratch = try Scratch()
    let path = scratch.file("mail.zone")
    func refuse() throws {
      let result = try initialize(InitTests.check, scratch.path)
      #expect(result.status == 1 && result.output == "")
      #expect(
        result.errors
          == "rondo: \(path) already exists and is not overwritten; move it away, or give another directory\n"
      )
    }
    try scratch.write("mine\n", to: "mail.zone")
    try refuse()
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine\n")
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    try refuse()
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: scratch.file("nowhere"))
    try refuse()
    #expect(!FileManager.default.fileExists(atPath: scratch.file("nowhere")))
  }

  @Test("A folder that is missing, or is none, or takes no file, is named")
  func folders() throws {
    let scratch = try Scratch()
    let missing = scratch.file("none\u{1b}[1m")
    let result = try initialize(InitTests.check, missing)
    #expect(result.status == 1)
    #expect(result.errors == "rondo: directory \(scratch.file("none?[1m")) does not exist; create it first\n")
    let file = try scratch.write("", to: "file")
    #expect(
      try initialize(InitTests.check, file).errors
        == "rondo: \(file) is not a directory; give one to write mail.zone to\n"
    )
    #expect(try initialize(InitTests.check, "/proc").errors.hasPrefix("rondo: cannot write /proc/mail.zone: "))
  }

  @Test("With an error nothing is written; a warning is shown, and the file is written")
  func findings() throws {
    let scratch = try Scratch()
    let wrong = try initialize("--check", "tcp:25 (", scratch.path)
    #expect(wrong.status == 1 && wrong.output == "")
    #expect(wrong.errors.contains("mail.zone:27:21: error: this \"(\" is never closed"), "\(wrong.errors)")
    #expect(
      wrong.errors.hasSuffix(
        "rondo: nothing was written, because of the errors above; correct the options\n"))
    #expect(!FileManager.default.fileExists(atPath: scratch.file("mail.zone")))
    let weak = try initialize("--check", "tcp:443", scratch.path)
    #expect(weak.status == 0 && weak.errors.contains("warning: tcp:443 is the only gate of an HTTPS service"))
    #expect(FileManager.default.fileExists(atPath: scratch.file("mail.zone")))
  }

  @Test("The file of a profile is served, and its names are answered")
  func served() throws {
    let scratch = try Scratch()
    let words = [
      "init", "--name", "mail.kreis.example", "--node", "ex1=127.0.0.1", "--node", "ex2=127.0.0.2", "--profile",
      "exchange", scratch.path,
    ]
    #expect(try ChildProcess(rondoBinary, words).finish().status == 0)
    let rondo = try RunningRondo(try String(contentsOfFile: scratch.file("mail.zone"), encoding: .utf8))
    let answer = try ChildProcess(
      rondoBinary, ["query", "autodiscover.kreis.example", "@\(try #require(rondo.dns.first))", "+short"]
    ).finish()
    #expect(Set(answer.output.split(separator: "\n")) == ["127.0.0.1", "127.0.0.2"])
  }
}
