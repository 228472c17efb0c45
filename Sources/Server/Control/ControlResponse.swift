// What the daemon answers on the control socket, and how it travels.

/// What a command came to: `ok` or `failed` on the first line, then text for the operator.
package struct ControlResponse: Sendable {
  package var isDone: Bool
  package var text: String
  /// What must be on disk before this is sent; nil for nothing.
  var waitsFor: StateTicket?

  package init(isDone: Bool, text: String) {
    self.isDone = isDone
    self.text = text
  }

  var octets: [UInt8] { Array(((isDone ? "ok" : "failed") + "\n" + text + "\n").utf8) }

  /// Reads a response back; nil when it is none.
  package init?(_ octets: [UInt8]) {
    let text = String(decoding: octets, as: UTF8.self)
    guard let lineEnd = text.firstIndex(of: "\n") else { return nil }
    switch text[..<lineEnd] {
    case "ok": isDone = true
    case "failed": isDone = false
    default: return nil
    }
    self.text = String(text[text.index(after: lineEnd)...].drop { $0 == "\n" })
    while self.text.hasSuffix("\n") { self.text.removeLast() }
  }
}
