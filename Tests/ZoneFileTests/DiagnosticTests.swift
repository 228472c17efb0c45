// How a diagnostic looks: under its column, printable, bounded; and as JSON.

import Model
import Testing
import ZoneFile

@Test("The caret stands under its column behind tabs, letters outside ASCII and control octets")
func caretColumn() {
  let line = Array("a. 1h\tSOA\tb. c. 1 2 3 4 ".utf8) + [0xFC, 0x1B, 0xE2, 0x80, 0xAE] + Array("\t; \u{FC}\r\n".utf8)
  #expect(
    read(octets: line).text == """
      mail.zone:1:26: error: there is a control octet \\027 here; a zone config file is plain text; \
      remove it, or write it as \\027 if the name or string really holds it.
      a. 1h   SOA     b. c. 1 2 3 4 \\252\\027\\u{202E}  ; \u{FC}
                                        ^~~~
      """)
}

@Test("Of a long line the surroundings are shown")
func longLine() throws {
  let diagnostic = try #require(
    read("x. TXT " + String(repeating: "a ", count: 300) + "\"" + String(repeating: "b ", count: 300)).diagnostics.first
  )
  #expect(diagnostic.location.column == 608)
  #expect(diagnostic.sourceLine.count == 200)
  #expect(diagnostic.sourceLine.hasPrefix("…a a"))
  #expect(Array(diagnostic.sourceLine)[diagnostic.caretColumn] == "\"")
}

@Test("The parts of a message are joined as sentences")
func message() throws {
  let any = try #require(read("x. A 1").diagnostics.first)
  func message(_ what: String, _ why: String, _ fix: String) -> String {
    var diagnostic = any
    (diagnostic.what, diagnostic.why, diagnostic.fix) = (what, why, fix)
    return diagnostic.message
  }
  #expect(message("a", "b", "c") == "a; b; c.")
  #expect(message("a", "b?", "c") == "a; b? C.")
  #expect(message("a", "", "c.") == "a; c.")
  #expect(message("a", "", "") == "a.")
}

@Test("Diagnostics come by file, line and column, in whatever phase they were found")
func order() {
  let result = read(zone("x 900 ROTATE nobody\n$NODE ex1 1.2.3.4\ny CNAME used\nz A 1"))
  let places = result.diagnostics.map { ($0.location.line, $0.location.column) }
  #expect(places.elementsEqual(places.sorted { $0 < $1 }) { $0 == $1 })
  #expect(places.count == 5)
}
