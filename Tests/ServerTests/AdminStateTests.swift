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
    var (forced, later, endless, planned) = (
      AdminStateRequest.Options(), AdminStateRequest.Options(), AdminStateRequest.Options(), AdminStateRequest.Options()
    )
    forced.caution = .force
    later.from = 1_764_121_400
    later.end = .at(1_764_128_600)
    endless.end = .never
    planned.target = .plannedWindows
    for (request, line) in [
      (AdminStateRequest(.drain, ["ex1"], reason: " patch  day\n"), "drain ex1 patch  day"),
      (AdminStateRequest(.drain, ["ex_1-a", "ex2"], forced), "drain ex_1-a,ex2\tforce=yes"),
      (AdminStateRequest(.drain, ["ex1"], later), "drain ex1\tfrom=1764121400\tuntil=1764128600"),
      (AdminStateRequest(.mayDrain, ["ex1"], later), "may-drain ex1\tfrom=1764121400\tuntil=1764128600"),
      (AdminStateRequest(.drain, ["ex1"], endless), "drain ex1\tuntil=never"),
      (AdminStateRequest(.forceUp, ["ex1"], reason: "S\u{fc}d"), "force-up ex1 S\u{fc}d"),
      (AdminStateRequest(.forceDown, ["9"]), "force-down 9"),
      (AdminStateRequest(.resume, ["EX1"]), "resume EX1"),
      (AdminStateRequest(.resume, ["a", "b"], planned, by: AdminAuthor(user: "x")), "resume a,b\tplanned=yes\tuser=x"),
      (
        AdminStateRequest(
          .drain, ["ex1"], reason: "patch day",
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
    #expect(AdminStateRequest(.drain, [String(repeating: "n", count: 63)], reason: longest) != nil)
    #expect(AdminStateRequest(.drain, ["n"], reason: longest + "x") == nil)
    #expect(AdminStateRequest(.drain, (0..<65).map { "n\($0)" }) == nil)
  }

  @Test(
    "Other lines are no requests",
    arguments: [
      "", "drain", "drain ", "drain  ex1", "drain ex1 ", "drain ex1  x", "drain ex1 x ", "Drain ex1", "undrain ex1",
      "drain ex.1", "drain \u{e9}x1", "resume ex1 why", "force ex1 up", "drain ex1 a\u{1b}b", "drain ex1 a\tb",
      " drain ex1",
      "drain ex1\t", "drain ex1\tshell=anna", "drain ex1\tuser=a\tuser=b", "drain ex1 \tuser=a", "drain\tuser=a",
      "drain ex1,ex1", "drain ex1,", "drain ,ex1", "drain ex1\tfrom=5", "drain ex1\tfrom=5\tuntil=never",
      "drain ex1\tuntil=x", "drain ex1\tuntil=999999999999", "drain ex1\tuntil=5\tfrom=4", "drain ex1\tplanned=yes",
      "drain ex1\tforce=no", "resume ex1\tforce=yes", "resume ex1\tuntil=5", "force-up ex1\tfrom=4\tuntil=5",
      "may-drain ex1 why", "may-drain ex1\tforce=yes", "drain ex1\tuser=a\tforce=yes",
      "drain ex1\r", "drain " + String(repeating: "n", count: 64), "drain n " + String(repeating: "r", count: 201),
    ])
  func noLines(line: String) { #expect(ControlCommand(line: line) == nil, "\(line)") }

  @Test("A reload names who asks for it, and older commands name nobody")
  func reloads() throws {
    let author = AdminAuthor(user: "root", person: "anna", way: .program("sudo"))
    for (caution, by, line) in [
      (ControlCommand.Caution.refuseLosses, AdminAuthor(), "reload"),
      (.force, AdminAuthor(), "reload force"),
      (.refuseLosses, author, "reload\tuser=root\tsudo=anna"),
      (.force, author, "reload force\tuser=root\tsudo=anna"),
    ] {
      #expect(ControlCommand.reload(caution, by: by).line == line)
      guard case .reload(caution, by: by) = ControlCommand(line: line) else {
        Issue.record("\(line) is no reload")
        continue
      }
    }
    for line in ["reload now", "reload\t", "reload\tshell=anna", "reload force\tuser=a\tuser=b", "reload force "] {
      #expect(ControlCommand(line: line) == nil, "\(line)")
    }
  }

  @Test("The longest line is taken from the socket, and what is longer is no request")
  func reader() throws {
    let longest = String(repeating: "\u{1F4A9}", count: AdminStateRequest.longestReason)
    let name = String(repeating: "\u{1F4A9}", count: AdminAuthor.longestName)
    let author = AdminAuthor(label: name, user: name, person: name, way: .program("sudo"))
    let names = (10..<74).map { String(repeating: "n", count: 61) + "\($0)" }
    let request = try #require(AdminStateRequest(.drain, names, reason: longest, by: author))
    var reader = CommandReader()
    guard case .adminState(request)?? = reader.receive(Array("\(request.line)\n".utf8).span) else {
      Issue.record("not taken")
      return
    }
    var endless = CommandReader()
    guard case .some(nil) = endless.receive([UInt8](repeating: 0x78, count: 8_193).span) else {
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
    var store = AdminStateStore(first.calendar, keptBy: first.writer)
    func drain(_ node: String) -> (inout MaintenanceCalendar) -> [MaintenanceEvent] {
      { $0.set(.drained, for: node, by: "anna", because: "patching", end: .unchanged, at: 7) }
    }
    guard case .underWay = store.change(drain("ex1")).keeping,
      case .underWay(let ticket) = store.change(drain("ex2")).keeping
    else {
      Issue.record("not handed over")
      return
    }
    first.writer?.finish(within: .seconds(10))
    #expect(first.writer?.isKept(ticket) == true)
    let second = try StateAtStart(directory: folder, Log())
    var next = AdminStateStore(second.calendar, keptBy: second.writer)
    #expect(next.calendar.adminStates == ["ex1": adminState, "ex2": adminState])
    #expect(next.change { $0.keep(nodes: ["ex2", "ex3"], at: 8) }.events == [.dropped(node: "ex1")])
    #expect(next.change { $0.resume("ex3", by: "anna", at: 9) }.keeping == .unchanged)
    second.writer?.finish(within: .seconds(10))
    let third = try StateAtStart(directory: folder, Log()).calendar
    #expect(third.adminStates == ["ex2": adminState] && third.finished.map(\.outcome) == [.dropped])

    var nowhere = AdminStateStore(keptBy: nil)
    #expect(nowhere.change(drain("ex1")).keeping == .nowhere)
    #expect(nowhere.calendar["ex1"] == adminState, "it holds, though it is not kept")
  }

  @Test("A file of admin states that cannot be read is ignored whole, and set aside before a new one is written")
  func unusable() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rondo-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let nonsense = Data("rondo-admin-states 1\nnonsense\nend 1\n".utf8)
    try nonsense.write(to: URL(fileURLWithPath: folder + "/admin-states"))
    let start = try StateAtStart(directory: folder, Log())
    #expect(start.calendar == MaintenanceCalendar())
    let condition = try #require(start.conditions.first)
    #expect(start.conditions.count == 1 && condition.kind == .stateSetAside && condition.subject == "admin-states")
    #expect(
      condition.text.hasPrefix(
        "the state file admin-states was unusable at the start (line 2 of the file is malformed): no admin state or "
          + "window in it is applied; it is now admin-states.unusable-2"))
    var store = AdminStateStore(start.calendar, keptBy: start.writer)
    _ = store.change { $0.set(.drained, for: "ex1", by: "anna", because: "", end: .unchanged, at: 7) }
    start.writer?.finish(within: .seconds(10))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    let aside = try #require(names.first { $0.hasPrefix("admin-states.unusable-2") })
    #expect(FileManager.default.contents(atPath: "\(folder)/\(aside)") == nonsense)
    let next = try StateAtStart(directory: folder, Log())
    #expect(next.calendar["ex1"]?.author == "anna" && next.conditions.isEmpty)
  }
}
