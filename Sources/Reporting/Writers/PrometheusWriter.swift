// Writes the Prometheus text format 0.0.4: a HELP and a TYPE line for each metric, then its samples.

internal import DNS

/// A page of metrics in the making.
package struct PrometheusWriter {
  package enum Kind: String {
    case gauge, counter
  }

  /// A label's name and its value; the value is escaped when it is written.
  package typealias Label = (name: String, value: String)

  package private(set) var bytes: [UInt8] = []
  private var metric = ""

  /// Begins a metric; all its samples follow before the next one begins.
  ///
  /// - Parameters:
  ///   - name: in base units (seconds, not milliseconds); a counter's name ends in `_total`.
  ///   - help: one sentence without a full stop, backslash or line end.
  package mutating func metric(_ name: String, _ kind: Kind, _ help: String) {
    assert((kind == .counter) == name.hasSuffix("_total"))
    metric = name
    bytes += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n".utf8
  }

  package mutating func sample(_ value: some BinaryInteger, _ labels: [Label] = []) {
    sample(text: String(value), labels)
  }

  package mutating func sample(_ value: Bool, _ labels: [Label] = []) { sample(text: value ? "1" : "0", labels) }

  /// Writes a time span in seconds, to the microsecond and without rounding.
  package mutating func sample(microseconds: Int64, _ labels: [Label] = []) {
    sample(text: "\(microseconds / 1_000_000).\(zeroPadded(microseconds % 1_000_000, width: 6))", labels)
  }

  private mutating func sample(text: String, _ labels: [Label]) {
    bytes += metric.utf8
    if !labels.isEmpty {
      bytes.append(UInt8(ascii: "{"))
      for (index, label) in labels.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        bytes += "\(label.name)=\"".utf8
        for octet in label.value.utf8 { appendEscaped(octet) }
        bytes.append(UInt8(ascii: "\""))
      }
      bytes.append(UInt8(ascii: "}"))
    }
    bytes += " \(text)\n".utf8
  }

  private mutating func appendEscaped(_ octet: UInt8) {
    switch octet {
    case UInt8(ascii: "\\"), UInt8(ascii: "\""): bytes += [UInt8(ascii: "\\"), octet]
    case UInt8(ascii: "\n"): bytes += "\\n".utf8
    default: bytes.append(octet)
    }
  }
}
