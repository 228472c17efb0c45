// In which of two formats `/metrics` is written: what the Accept field of a request prefers (RFC 9110 §12.5.1).
//
// Prometheus sends `application/openmetrics-text;version=1.0.0,…;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`.
// OpenMetrics is written for clients that ask for it by name and prefer nothing else; everybody else gets plain text.

internal import DNS

package enum MetricsFormat: Hashable, Sendable, CaseIterable {
  /// The Prometheus text format 0.0.4.
  case plain
  /// OpenMetrics 1.0.0.
  case openMetrics

  package static let path = "/metrics"

  package var contentType: String {
    switch self {
    case .plain: "text/plain; version=0.0.4; charset=utf-8"
    case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
    }
  }

  /// - Parameter fields: the values of the Accept fields.
  package init(accepting fields: [ArraySlice<UInt8>]) {
    var openMetrics = 0
    var plain = 0
    for field in fields {
      for range in field.split(separator: UInt8(ascii: ",")).compactMap(MediaRange.init) {
        switch range.type {
        case "application/openmetrics-text" where ["1.0.0", nil].contains(range.version):
          openMetrics = max(openMetrics, range.quality)
        case "text/plain" where ["0.0.4", nil].contains(range.version): plain = max(plain, range.quality)
        default: break
        }
      }
    }
    self = openMetrics > 0 && openMetrics >= plain ? .openMetrics : .plain
  }
}

/// One element of an Accept field: `text/plain;version=0.0.4;q=0.5`.
private struct MediaRange {
  let type: String
  var version: String?
  /// In thousandths.
  var quality = 1_000

  init?(_ octets: ArraySlice<UInt8>) {
    let text = String(decoding: octets.map(lowercased), as: UTF8.self)
    let parts = text.split(separator: ";", omittingEmptySubsequences: false).map { part in
      part.drop(while: MediaRange.isBlank).reversed().drop(while: MediaRange.isBlank).reversed()
    }
    type = String(parts[0])
    for parameter in parts.dropFirst() {
      guard let equals = parameter.firstIndex(of: "=") else { continue }
      let value = String(parameter[parameter.index(after: equals)...].filter { $0 != "\"" })
      switch String(parameter[..<equals]) {
      case "version": version = value
      case "q":
        guard let quality = MediaRange.thousandths(value) else { return nil }
        self.quality = quality
      default: break
      }
    }
  }

  private static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }

  /// Reads `0`, `0.75`, `1.000` (RFC 9110 §12.4.2).
  private static func thousandths(_ text: String) -> Int? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = parts.count > 1 ? parts[1] : ""
    guard ["0", "1"].contains(parts[0]), fraction.utf8.count <= 3, fraction.utf8.allSatisfy(isDigit) else { return nil }
    let digits = fraction + String(repeating: "0", count: 3 - fraction.utf8.count)
    guard let part = Int(digits), let whole = Int(parts[0]) else { return nil }
    return min(whole * 1_000 + part, 1_000)
  }
}
