// Writes metrics, in the Prometheus text format 0.0.4 or as OpenMetrics 1.0.0: what is said of each, then its samples.
//
//   # HELP rondo_queries_total Queries received     # HELP rondo_queries Queries received
//   # TYPE rondo_queries_total counter              # TYPE rondo_queries counter
//   rondo_queries_total{…} 1204                     rondo_queries_total{…} 1204
//                                                   # EOF
//
// In OpenMetrics a name says what is measured, `_total` and `_info` are endings of samples, and a unit is named.

internal import DNS

/// A page of metrics in the making.
package struct PrometheusWriter {
  package enum Kind: String {
    case gauge, counter
    /// A gauge that is always 1; its labels tell something. Its name ends in `_info`.
    case info

    /// What the name of a sample ends in, and OpenMetrics leaves out in the name of the metric.
    fileprivate var ending: String {
      switch self {
      case .gauge: ""
      case .counter: "_total"
      case .info: "_info"
      }
    }
  }

  /// A label's name and its value; the value is escaped when it is written.
  package typealias Label = (name: String, value: String)

  /// Units that names end in.
  private static let units = ["seconds", "ratio", "octets"]

  package private(set) var bytes: [UInt8] = []
  private let format: MetricsFormat
  private var metric = ""

  package init(_ format: MetricsFormat) { self.format = format }

  /// Begins a metric; all its samples follow before the next one begins.
  ///
  /// - Parameters:
  ///   - name: in base units (seconds, not milliseconds); a counter's name ends in `_total`.
  ///   - help: one sentence without a full stop, quotation mark, backslash or line end.
  package mutating func metric(_ name: String, _ kind: Kind, _ help: String) {
    assert((kind == .counter) == name.hasSuffix("_total") && (kind == .info) == name.hasSuffix("_info"))
    metric = name
    switch format {
    case .plain:
      let type = kind == .info ? Kind.gauge : kind
      bytes += "# HELP \(name) \(help)\n# TYPE \(name) \(type.rawValue)\n".utf8
    case .openMetrics:
      let family = name.dropLast(kind.ending.count)
      bytes += "# HELP \(family) \(help)\n# TYPE \(family) \(kind.rawValue)\n".utf8
      if let unit = PrometheusWriter.units.first(where: { family.hasSuffix("_\($0)") }) {
        bytes += "# UNIT \(family) \(unit)\n".utf8
      }
    }
  }

  /// Ends the page.
  package mutating func end() {
    if format == .openMetrics { bytes += "# EOF\n".utf8 }
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
