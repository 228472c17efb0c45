// What operators decide and plan, and how it is written down.

import Health
import TestSupport
import Testing

@testable import Policy

@Suite("Admin states and windows on file")
struct CalendarFileTests {
  @Test("Texts are kept on one line, without signs that steer a terminal, and are cut")
  func printable() {
    let adminState = AdminState(
      .drained, author: "an\u{1b}na\t", reason: "  S\u{fc}d\n\u{202e}x\u{2028}\u{7f} ", since: 5)
    #expect(adminState.author == "an na" && adminState.reason == "S\u{fc}d  x")
    #expect(adminState.description == "drained by an na: S\u{fc}d  x")
    #expect(AdminState(.forcedUp, author: "a", reason: "", since: 0).description == "forced up by a")
    let long = AdminState(
      .drained, author: String(repeating: "a", count: 999), reason: String(repeating: "r ", count: 999), since: 0)
    #expect(long.author.count == 256 && long.reason.count == 199)
    #expect(AdminState.printable(long.reason, atMost: 200) == long.reason)
  }

  private func read(_ text: String) throws -> MaintenanceCalendar { try MaintenanceCalendar(octets: Array(text.utf8)) }

  @Test("What was written is read again, the longest texts too")
  func roundTrip() throws {
    var calendar = MaintenanceCalendar()
    #expect(calendar.text == "rondo-admin-states 2\nend 0\n")
    #expect(try read(calendar.text) == calendar)
    calendar.adminStates["ex1"] = AdminState(
      .drained, author: "anna", reason: "patching", since: 1_764_035_000, until: 1_764_042_200,
      overdueSince: 1_764_042_200)
    calendar.adminStates["ex2"] = AdminState(.forcedUp, author: "uid 1000", reason: "", since: 0)
    _ = calendar.plan(
      PlannedWindow(node: "ex3", from: 1_764_121_400, until: 1_764_128_600, author: "bert", reason: "", isForced: true))
    var held = PlannedWindow(node: "ex2", from: 1_764_121_400, until: 1_764_128_600, author: "bert", reason: "disk")
    held.heldBack = PlannedWindow.HeldBack(since: 1_764_121_401, reason: "pool access needs it")
    _ = calendar.plan(held)
    calendar.finish(
      FinishedWindow(
        node: "ex1", from: 5, until: nil, author: "anna", reason: "x", outcome: .ended, at: 9, by: "bert", overdue: 3))
    #expect(
      calendar.text == """
        rondo-admin-states 2
        state\tdrained\tex1\t1764035000\t1764042200\t1764042200\tanna\tpatching
        state\tforced-up\tex2\t0\t-\t-\tuid 1000\t
        planned\tex2\t1764121400\t1764128600\t-\t1764121401\tbert\tdisk\tpool access needs it
        planned\tex3\t1764121400\t1764128600\tforced\t-\tbert\t\t
        finished\tex1\t5\t-\tended\t9\t3\tanna\tx\tbert
        end 5

        """)
    #expect(try read(calendar.text) == calendar)
    let wide = String(repeating: "\u{1F4A9}", count: 300)
    calendar.adminStates["ex3"] = AdminState(.forcedDown, author: wide, reason: wide, since: 99_999_999_999)
    calendar.finish(
      FinishedWindow(
        node: "ex3", from: 5, until: 6, author: wide, reason: wide, outcome: .missed, at: 9, by: wide, overdue: 0))
    #expect(try read(calendar.text) == calendar)
  }

  @Test("The longest author is kept whole, in memory and on file: nothing cuts the number off")
  func longest() throws {
    let name = String(repeating: "\u{1F4A9}", count: AdminAuthor.longestName)
    let other = String(repeating: "\u{1F600}", count: AdminAuthor.longestName)
    let third = String(repeating: "\u{1F680}", count: AdminAuthor.longestName)
    let text = AdminAuthor(label: name, user: other, person: third).description(userID: .max)
    #expect(text.hasSuffix(", uid 4294967295)"))
    let reason = String(repeating: "\u{1F4A9}", count: AdminState.longestReason)
    var calendar = MaintenanceCalendar()
    calendar.adminStates[String(repeating: "n", count: 63)] = AdminState(
      .forcedDown, author: text, reason: reason, since: 99_999_999_999)
    #expect(calendar.adminStates.values.first?.author == text)
    #expect(try read(calendar.text) == calendar)
  }

  @Test("Files of the version before are read, with authors as they were then")
  func former() throws {
    let calendar = try read(
      "rondo-admin-states 1\ndrained\tex1\t1764035000\tanna\tpatching\nforced-down\tex2\t1\tuid 7\t\nend 2\n")
    #expect(
      calendar.adminStates == [
        "ex1": AdminState(.drained, author: "anna", reason: "patching", since: 1_764_035_000),
        "ex2": AdminState(.forcedDown, author: "uid 7", reason: "", since: 1),
      ])
    #expect(calendar.planned.isEmpty && calendar.finished.isEmpty)
  }

  @Test(
    "A file that the writer would not have written is not obeyed",
    arguments: [
      ("", .unknownVersion), ("rondo-admin-states 3\nend 0\n", .unknownVersion), ("rondo-admin-states 1\n", .torn),
      ("rondo-admin-states 2\n", .torn),
      ("rondo-admin-states 1\nend 0", .torn), ("rondo-admin-states 1\nend 1\n", .torn),
      ("rondo-admin-states 1\ndrained\tex1\t1\ta\tb\n", .torn),
      ("rondo-admin-states 1\ndrained\tex1\t1\ta\nend 1\n", .malformed(line: 2)),
      ("rondo-admin-states 1\nasleep\tex1\t1\ta\tb\nend 1\n", .malformed(line: 2)),
      ("rondo-admin-states 1\ndrained\t\t1\ta\tb\nend 1\n", .malformed(line: 2)),
      ("rondo-admin-states 1\ndrained\tex1\t-1\ta\tb\nend 1\n", .malformed(line: 2)),
      ("rondo-admin-states 1\ndrained\tex1\t999999999999\ta\tb\nend 1\n", .malformed(line: 2)),
      ("rondo-admin-states 1\ndrained\tex1\t1\ta\tb\u{1b}x\nend 1\n", .malformed(line: 2)),
      ("rondo-admin-states 1\ndrained\tex1\t1\ta\tb\ndrained\tex1\t1\ta\tb\nend 2\n", .malformed(line: 3)),
      ("rondo-admin-states 2\ndrained\tex1\t1\ta\tb\nend 1\n", .malformed(line: 2)),
      ("rondo-admin-states 2\nstate\tdrained\tex1\t1\t \t-\ta\tb\nend 1\n", .malformed(line: 2)),
      ("rondo-admin-states 2\nstate\tforced-up\tex1\t1\t2\t2\ta\tb\nend 1\n", .malformed(line: 2)),
      ("rondo-admin-states 2\nplanned\tex1\t2\t2\t-\t-\ta\t\t\nend 1\n", .malformed(line: 2)),
      ("rondo-admin-states 2\nplanned\tex1\t1\t2\t-\t-\ta\t\twhy\nend 1\n", .malformed(line: 2)),
      (
        "rondo-admin-states 2\nplanned\tex2\t1\t2\t-\t-\ta\t\t\nplanned\tex1\t1\t2\t-\t-\ta\t\t\nend 2\n",
        .malformed(line: 3)
      ),
      ("rondo-admin-states 2\nfinished\tex1\t1\t2\tlost\t3\t0\ta\t\tb\nend 1\n", .malformed(line: 2)),
    ] as [(String, CalendarFileError)])
  func malformed(text: String, error: CalendarFileError) {
    #expect(throws: error) { try read(text) }
  }

  @Test("No octets of a file make the reader fall over")
  func mangled() {
    var calendar = MaintenanceCalendar()
    for number in 0..<4 {
      calendar.adminStates["n\(number)"] = AdminState(.drained, author: "a", reason: "r\(number)", since: 9)
      _ = calendar.plan(
        PlannedWindow(node: "n\(number)", from: 90, until: 99, author: "a", reason: "r", isForced: number == 2))
      calendar.finish(
        FinishedWindow(
          node: "n", from: 5, until: 6, author: "a", reason: "r", outcome: .missed, at: 9, by: "c", overdue: 0))
    }
    let good = Array(calendar.text.utf8)
    var random = SeededGenerator(seed: 7)
    var (accepted, refused) = (0, 0)
    for _ in 0..<5_000 {
      var octets = good
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        octets[Int.random(in: octets.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      do {
        let read = try MaintenanceCalendar(octets: octets)
        #expect(read.adminStates.count == 4 && read.planned.count == 4 && read.finished.count == 4)
        accepted += 1
      } catch {
        refused += 1
      }
    }
    #expect(accepted > 0 && refused > 0, "both were tried")
  }
}
