// What operators order, and how it is written down.

import Health
import TestSupport
import Testing

struct OrderBookTests {
  @Test("Texts are kept on one line, without signs that steer a terminal, and are cut")
  func printable() {
    let order = Order(.drained, author: "an\u{1b}na\t", reason: "  S\u{fc}d\n\u{202e}x\u{2028}\u{7f} ", since: 5)
    #expect(order.author == "an na" && order.reason == "S\u{fc}d  x")
    #expect(order.description == "drained by an na: S\u{fc}d  x")
    #expect(Order(.forcedUp, author: "a", reason: "", since: 0).description == "forced up by a")
    let long = Order(
      .drained, author: String(repeating: "a", count: 999), reason: String(repeating: "r ", count: 999), since: 0)
    #expect(long.author.count == 256 && long.reason.count == 199)
    #expect(Order.printable(long.reason, atMost: 200) == long.reason)
  }

  @Test("What was written is read again, the longest texts too")
  func roundTrip() throws {
    var book = OrderBook()
    #expect(try OrderBook(octets: Array(book.text.utf8)) == book)
    book["ex1"] = Order(.drained, author: "anna", reason: "patching", since: 1_764_035_000)
    book["ex2"] = Order(.forcedUp, author: "uid 1000", reason: "", since: 0)
    let wide = String(repeating: "\u{1F4A9}", count: 300)
    book["ex3"] = Order(.forcedDown, author: wide, reason: wide, since: 99_999_999_999)
    #expect(
      book.text.hasPrefix("rondo-orders 1\ndrained\tex1\t1764035000\tanna\tpatching\nforced-up\tex2\t0\tuid 1000\t\n"))
    #expect(try OrderBook(octets: Array(book.text.utf8)) == book)
    #expect(book.keep(nodes: ["ex2"]) == ["ex1", "ex3"])
    #expect(book.orders.keys.sorted() == ["ex2"])
  }

  @Test(
    "A file that the writer would not have written is not obeyed",
    arguments: [
      ("", .unknownVersion), ("rondo-orders 2\nend 0\n", .unknownVersion), ("rondo-orders 1\n", .torn),
      ("rondo-orders 1\nend 0", .torn), ("rondo-orders 1\nend 1\n", .torn),
      ("rondo-orders 1\ndrained\tex1\t1\ta\tb\n", .torn),
      ("rondo-orders 1\ndrained\tex1\t1\ta\nend 1\n", .malformed(line: 2)),
      ("rondo-orders 1\nasleep\tex1\t1\ta\tb\nend 1\n", .malformed(line: 2)),
      ("rondo-orders 1\ndrained\t\t1\ta\tb\nend 1\n", .malformed(line: 2)),
      ("rondo-orders 1\ndrained\tex1\t-1\ta\tb\nend 1\n", .malformed(line: 2)),
      ("rondo-orders 1\ndrained\tex1\t999999999999\ta\tb\nend 1\n", .malformed(line: 2)),
      ("rondo-orders 1\ndrained\tex1\t1\ta\tb\u{1b}x\nend 1\n", .malformed(line: 2)),
      ("rondo-orders 1\ndrained\tex1\t1\ta\tb\ndrained\tex1\t1\ta\tb\nend 2\n", .malformed(line: 3)),
    ] as [(String, OrderBookError)])
  func malformed(text: String, error: OrderBookError) {
    #expect(throws: error) { try OrderBook(octets: Array(text.utf8)) }
  }

  @Test("No octets of a file make the reader fall over")
  func mangled() {
    var book = OrderBook()
    for number in 0..<4 { book["n\(number)"] = Order(.drained, author: "a", reason: "r\(number)", since: 9) }
    let good = Array(book.text.utf8)
    var random = SeededGenerator(seed: 7)
    for _ in 0..<5_000 {
      var octets = good
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        octets[Int.random(in: octets.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if let read = try? OrderBook(octets: octets) { #expect(read.orders.count == 4) }
    }
  }
}
