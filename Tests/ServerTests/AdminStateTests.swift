// Admin states on their way through the server: the line on the control socket, the file, what status shows.

import DNS
import Foundation
import Health
import Linux
import Model
import Testing

@testable import Policy
@testable import Reporting
@testable import Server

@Suite("Admin states")
struct AdminStateTests {
  @Test("The line says what was asked, and is read back")
  func lines() throws {
    for (request, line) in [
      (AdminStateRequest(.drain, "ex1", reason: " patch  day\n"), "drain ex1 patch  day"),
      (AdminStateRequest(.drainEvenIfLast, "ex_1-a", reason: ""), "drain-even-if-last ex_1-a"),
      (AdminStateRequest(.forceUp, "ex1", reason: "S\u{fc}d"), "force-up ex1 S\u{fc}d"),
      (AdminStateRequest(.forceDown, "9", reason: ""), "force-down 9"),
      (AdminStateRequest(.resume, "EX1", reason: ""), "resume EX1"),
      (
        AdminStateRequest(
          .drain, "ex1", reason: "patch day",
          by: AdminAuthor(label: "job 7", user: "root", person: "anna", way: .program("sudo"))),
        "drain ex1 patch day\tby=job 7\tuser=root\tsudo=anna"
      ),
    ] {
      let request = try #require(request)
      #expect(ControlCommand.adminState(request).line == line)
      guard case .adminState(let back) = ControlCommand(line: line) else {
        Issue.record("\(line) is no request")
        continue
      }
      #expect(back == request)
    }
    let longest = String(repeating: "\u{1F4A9}", count: AdminStateRequest.longestReason)
    #expect(AdminStateRequest(.drain, String(repeating: "n", count: 63), reason: longest) != nil)
    #expect(AdminStateRequest(.drain, "n", reason: longest + "x") == nil)
  }

  @Test(
    "Other lines are no requests",
    arguments: [
      "", "drain", "drain ", "drain  ex1", "drain ex1 ", "drain ex1  x", "drain ex1 x ", "Drain ex1", "undrain ex1",
      "drain ex.1", "drain \u{e9}x1", "resume ex1 why", "force ex1 up", "drain ex1 a\u{1b}b", "drain ex1 a\tb",
      " drain ex1",
      "drain ex1\t", "drain ex1\tshell=anna", "drain ex1\tuser=a\tuser=b", "drain ex1 \tuser=a", "drain\tuser=a",
      "drain ex1\r", "drain " + String(repeating: "n", count: 64), "drain n " + String(repeating: "r", count: 201),
    ])
  func noLines(line: String) { #expect(ControlCommand(line: line) == nil, "\(line)") }

  @Test("The longest line is taken from the socket, and what is longer is no request")
  func reader() throws {
    let longest = String(repeating: "\u{1F4A9}", count: AdminStateRequest.longestReason)
    let name = String(repeating: "\u{1F4A9}", count: AdminAuthor.longestName)
    let author = AdminAuthor(label: name, user: name, person: name, way: .program("sudo"))
    let request = try #require(
      AdminStateRequest(.drainEvenIfLast, String(repeating: "n", count: 63), reason: longest, by: author))
    var reader = CommandReader()
    guard case .adminState(request)?? = reader.receive(Array("\(request.line)\n".utf8).span) else {
      Issue.record("not taken")
      return
    }
    var endless = CommandReader()
    guard case .some(nil) = endless.receive([UInt8](repeating: 0x78, count: 2_049).span) else {
      Issue.record("taken")
      return
    }
  }

  @Test("Admin states go to disk at once, are read at the next start, and those of nodes that are gone are dropped")
  func store() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rondo-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let adminState = AdminState(.drained, author: "anna", reason: "patching", since: 7)
    let first = try StateAtStart(directory: folder, Log())
    var store = AdminStateStore(first.adminStates, keptBy: first.writer)
    guard case .underWay = store.set(adminState, for: "ex1"),
      case .underWay(let ticket) = store.set(adminState, for: "ex2")
    else {
      Issue.record("not handed over")
      return
    }
    first.writer?.finish(within: .seconds(10))
    #expect(first.writer?.isKept(ticket) == true)
    let second = try StateAtStart(directory: folder, Log())
    var next = AdminStateStore(second.adminStates, keptBy: second.writer)
    #expect(next.book.adminStates == ["ex1": adminState, "ex2": adminState])
    next.keep(nodes: ["ex2", "ex3"], Log())
    #expect(next.set(nil, for: "ex3") == .unchanged)
    second.writer?.finish(within: .seconds(10))
    #expect(try StateAtStart(directory: folder, Log()).adminStates.adminStates == ["ex2": adminState])

    var nowhere = AdminStateStore(keptBy: nil)
    #expect(nowhere.set(adminState, for: "ex1") == .nowhere)
    #expect(nowhere.book["ex1"] == adminState, "it holds, though it is not kept")
  }

  @Test("A file of admin states that cannot be read is ignored whole, and set aside before a new one is written")
  func unusable() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rondo-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let nonsense = Data("rondo-admin-states 1\nnonsense\nend 1\n".utf8)
    try nonsense.write(to: URL(fileURLWithPath: folder + "/admin-states"))
    let start = try StateAtStart(directory: folder, Log())
    #expect(start.adminStates.adminStates.isEmpty)
    let condition = try #require(start.conditions.first)
    #expect(start.conditions.count == 1 && condition.kind == .stateSetAside && condition.subject == "admin-states")
    #expect(
      condition.text.hasPrefix(
        "the state file admin-states was unusable at the start (line 2 of the file is malformed): no admin state "
          + "in it is applied; it is now admin-states.unusable-2"))
    var store = AdminStateStore(start.adminStates, keptBy: start.writer)
    _ = store.set(AdminState(.drained, author: "anna", reason: "", since: 7), for: "ex1")
    start.writer?.finish(within: .seconds(10))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    let aside = try #require(names.first { $0.hasPrefix("admin-states.unusable-2") })
    #expect(FileManager.default.contents(atPath: "\(folder)/\(aside)") == nonsense)
    let next = try StateAtStart(directory: folder, Log())
    #expect(next.adminStates["ex1"]?.author == "anna" && next.conditions.isEmpty)
  }
}
