// Writes JSON (RFC 8259) octet by octet, indented for people or in one line; there is no tree in between.

/// A JSON text in the making. Every call appends one value; commas, line ends and escapes are the writer's care.
package struct JSONWriter: Sendable {
  /// The text so far, UTF-8.
  package private(set) var bytes: [UInt8] = []
  package enum Layout: Sendable {
    case indented, oneLine
  }

  private let layout: Layout
  private var depth = 0
  private var needsComma = false

  package init(_ layout: Layout = .indented) { self.layout = layout }

  /// Writes an object whose members `body` writes with `member`.
  package mutating func object(_ body: (inout JSONWriter) -> Void) {
    enclosed(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
  }

  /// Writes an array with one value for each element, which `body` writes.
  package mutating func array<Elements: Sequence>(
    _ elements: Elements, _ body: (inout JSONWriter, Elements.Element) -> Void
  ) {
    enclosed(UInt8(ascii: "["), UInt8(ascii: "]")) { json in
      for element in elements {
        json.beginItem()
        body(&json, element)
      }
    }
  }

  /// Writes `name` and then the value that `value` writes.
  package mutating func member(_ name: String, _ value: (inout JSONWriter) -> Void) {
    beginItem()
    string(name)
    bytes += ": ".utf8
    value(&self)
  }

  package mutating func member(_ name: String, _ value: String?) {
    member(name) { json in if let value { json.string(value) } else { json.null() } }
  }

  package mutating func member<Number: BinaryInteger>(_ name: String, _ value: Number?) {
    member(name) { json in if let value { json.number(value) } else { json.null() } }
  }

  package mutating func member(_ name: String, _ value: Bool) {
    member(name) { $0.bytes += (value ? "true" : "false").utf8 }
  }

  /// Writes `name` and an object whose members `body` writes; null where there is no value.
  package mutating func member<Value>(
    _ name: String, objectOrNull value: Value?, _ body: (inout JSONWriter, Value) -> Void
  ) {
    member(name) { json in
      guard let value else { return json.null() }
      json.object { body(&$0, value) }
    }
  }

  package mutating func number(_ value: some BinaryInteger) { bytes += String(value).utf8 }

  private mutating func null() { bytes += "null".utf8 }

  /// Writes a string; quotation mark, reverse solidus and control characters are escaped (RFC 8259 §7).
  package mutating func string(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for octet in text.utf8 { appendEscaped(octet) }
    bytes.append(UInt8(ascii: "\""))
  }

  /// The text as a JSON string with its quotation marks.
  package static func quoted(_ text: String) -> String {
    var json = JSONWriter()
    json.string(text)
    return String(decoding: json.bytes, as: UTF8.self)
  }

  private mutating func appendEscaped(_ octet: UInt8) {
    switch octet {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), octet]
    case UInt8(ascii: "\n"): bytes += "\\n".utf8
    case UInt8(ascii: "\r"): bytes += "\\r".utf8
    case UInt8(ascii: "\t"): bytes += "\\t".utf8
    case 0..<0x20, 0x7F: bytes += "\\u00\(octet < 0x10 ? "0" : "")\(String(octet, radix: 16))".utf8
    default: bytes.append(octet)
    }
  }

  private mutating func enclosed(_ opening: UInt8, _ closing: UInt8, _ body: (inout JSONWriter) -> Void) {
    bytes.append(opening)
    depth += 1
    needsComma = false
    body(&self)
    depth -= 1
    if needsComma { breakLine() }
    bytes.append(closing)
    needsComma = true
  }

  private mutating func beginItem() {
    if needsComma { bytes += (layout == .indented ? "," : ", ").utf8 }
    breakLine()
    needsComma = true
  }

  private mutating func breakLine() {
    guard layout == .indented else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes += repeatElement(UInt8(ascii: " "), count: 2 * depth)
  }
}
