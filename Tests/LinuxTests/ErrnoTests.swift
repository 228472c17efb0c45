// Error numbers: names and texts.

import Linux
import Testing

@Suite("Errno")
struct ErrnoTests {
  @Test("An error has its constant's name and its text")
  func nameAndText() {
    #expect(Errno.connectionRefused.name == "ECONNREFUSED")
    #expect("\(Errno.connectionRefused)" == "Connection refused")
  }

  @Test("A number the C library does not know is shown as a number")
  func unknown() {
    #expect(Errno(rawValue: 9_999).name == "E9999")
    #expect("\(Errno(rawValue: 9_999))" == "unknown error 9999")
  }
}
