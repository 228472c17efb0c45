// What operators admin state, and how it is written down.

import Health
import TestSupport
import Testing

struct AdminStateBookTests {
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

  @Test("What was written is read again, the longest texts too")
  func roundTrip() throws {
    var book = AdminStateBook()
    #expect(try AdminStateBook(octets: Array(book.text.utf8)) == book)
    book["ex1"] = AdminState(.drained, author: "anna", reason: "patching", since: 1_764_035_000)
    book["ex2"] = AdminState(.forcedUp, author: "uid 1000", reason: "", since: 0)
    let wide = String(repeating: "\u{1F4A9}", count: 300)
    book["ex3"] = AdminState(.forcedDown, author: wide, reason: wide, since: 99_999_999_999)
    #expect(
      book.text.hasPrefix(
        "rondo-admin-states 1\ndrained\tex1\t1764035000\tanna\tpatching\nforced-up\tex2\t0\tuid 1000\t\n"))
    #expect(try AdminStateBook(octets: Array(book.text.utf8)) == book)
    #expect(book.keep(nodes: ["ex2"]) == ["ex1", "ex3"])
    #expect(book.adminStates.keys.sorted() == ["ex2"])
  }

  @Test(
    "A file that the writer would not have written is not obeyed",
    arguments: [
      ("", .unknownVersion), ("rondo-admin-states 2\nend 0\n", .unknownVersion), ("rondo-admin-states 1\n", .torn),
      ("rondo-admin-states 1\nend 0", .torn), ("rondo-admin-states 1\nend 1\n", .torn),
      ("rondo-admin-states 1\ndrained\tex1\t1\ta\tb\n", .torn),
      ("rondo-admin-states 1\ndrained\tex1\t1\ta\nend 1\n", .malformed(line: 2)),
      ("rondo-admin-states 1\nasleep\tex1\t1\ta\tb\nend 1\n", .malformed(line: 2)),
      ("rondo-admin-states 1\ndrained\t\t1\ta\tb\nend 1\n", .malformed(line: 2)),
      ("rondo-admin-states 1\ndrained\tex1\t-1\ta\tb\nend 1\n", .malformed(line: 2)),
      ("rondo-admin-states 1\ndrained\tex1\t999999999999\ta\tb\nend 1\n", .malformed(line: 2)),
      ("rondo-admin-states 1\ndrained\tex1\t1\ta\tb\u{1b}x\nend 1\n", .malformed(line: 2)),
      ("rondo-admin-states 1\ndrained\tex1\t1\ta\tb\ndrained\tex1\t1\ta\tb\nend 2\n", .malformed(line: 3)),
    ] as [(String, AdminStateBookError)])
  func malformed(text: String, error: AdminStateBookError) {
    #expect(throws: error) { try AdminStateBook(octets: Array(text.utf8)) }
  }

  @Test("No octets of a file make the reader fall over")
  func mangled() {
    var book = AdminStateBook()
    for number in 0..<4 { book["n\(number)"] = AdminState(.drained, author: "a", reason: "r\(number)", since: 9) }
    let good = Array(book.text.utf8)
    var random = SeededGenerator(seed: 7)
    var (accepted, refused) = (0, 0)
    for _ in 0..<5_000 {
      var octets = good
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        octets[Int.random(in: octets.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      do {
        #expect(try AdminStateBook(octets: octets).adminStates.count == 4)
        accepted += 1
      } catch {
        refused += 1
      }
    }
    #expect(accepted > 0 && refused > 0, "both were tried")
  }
}
