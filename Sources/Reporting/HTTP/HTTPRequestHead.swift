// The lines of a request head and what they mean for us: request line, the few fields that matter, the verdict.

internal import DNS

/// A request line with the fields read so far (RFC 9112 §3, §5).
package struct HTTPRequestHead: Sendable {
  private let method: ArraySlice<UInt8>
  private let path: ArraySlice<UInt8>
  private let query: ArraySlice<UInt8>
  /// The authority of a target in absolute form; it counts instead of Host (RFC 9112 §3.2.2).
  private let targetAuthority: ArraySlice<UInt8>?
  private let isVersion10: Bool
  private var fieldCount = 0
  private var host: ArraySlice<UInt8>?
  private var contentLength: ArraySlice<UInt8>?
  private var hasTransferEncoding = false
  /// The values of all Accept fields, which count as one list (RFC 9110 §5.3).
  private var accept: [ArraySlice<UInt8>] = []

  /// Reads `method SP target SP version`.
  package init(requestLine line: ArraySlice<UInt8>) throws(HTTPRejection) {
    let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard words.count == 3, !words[0].isEmpty, words[0].allSatisfy(isTokenOctet) else { throw .init(.badRequest) }
    isVersion10 = try HTTPRequestHead.isVersion10(words[2])
    method = words[0]
    (targetAuthority, path, query) = try HTTPRequestHead.splitTarget(words[1])
  }

  /// Reads `HTTP/1.0` or `HTTP/1.x`, the latter taken as 1.1 (RFC 9110 §2.5).
  private static func isVersion10(_ word: ArraySlice<UInt8>) throws(HTTPRejection) -> Bool {
    let digits = word.dropFirst(5)
    guard word.starts(with: "HTTP/".utf8), digits.count == 3, let major = digits.first, let minor = digits.last,
      isDigit(major), isDigit(minor), digits[digits.startIndex + 1] == UInt8(ascii: ".")
    else { throw .init(.badRequest) }
    guard major == UInt8(ascii: "1") else { throw .init(.versionNotSupported) }
    return minor == UInt8(ascii: "0")
  }

  /// Divides a target in origin form (`/path?query`) or absolute form (`http://host/path?query`).
  private static func splitTarget(
    _ target: ArraySlice<UInt8>
  ) throws(HTTPRejection) -> (authority: ArraySlice<UInt8>?, path: ArraySlice<UInt8>, query: ArraySlice<UInt8>) {
    guard target.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }) else { throw .init(.badRequest) }
    var authority: ArraySlice<UInt8>?
    var rest = target
    let scheme = Array("http://".utf8)
    if target.count > scheme.count, target.prefix(scheme.count).map(lowercased) == scheme {
      let afterScheme = target.dropFirst(scheme.count)
      authority = afterScheme.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
      rest = afterScheme.dropFirst(authority?.count ?? 0)
      if rest.first != UInt8(ascii: "/") { rest = [UInt8(ascii: "/")] + rest }
    }
    guard rest.first == UInt8(ascii: "/") else { throw .init(.badRequest) }
    let path = rest.prefix { $0 != UInt8(ascii: "?") }
    return (authority, path, rest[path.endIndex...].dropFirst())
  }

  /// Reads `name: value`; only the fields that decide something are kept.
  package mutating func addField(_ line: ArraySlice<UInt8>) throws(HTTPRejection) {
    fieldCount += 1
    guard fieldCount <= HTTPRequestParser.maximumFields else { throw .init(.headerFieldsTooLarge) }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
      line[..<colon].allSatisfy(isTokenOctet)
    else { throw .init(.badRequest) }
    let value = trimmed(line[(colon + 1)...])
    let name = line[..<colon].map(lowercased)
    if name == Array("host".utf8) {
      guard host == nil else { throw .init(.badRequest) }
      host = value
    } else if name == Array("content-length".utf8) {
      guard contentLength == nil, !value.isEmpty, value.allSatisfy(isDigit) else { throw .init(.badRequest) }
      contentLength = value
    } else if name == Array("transfer-encoding".utf8) {
      hasTransferEncoding = true
    } else if name == Array("accept".utf8) {
      accept.append(value)
    }
  }

  /// The request, once all fields are read and nothing in them forbids an answer.
  package func request(allowing names: StatusHosts) throws(HTTPRejection) -> HTTPRequest {
    try checkHost(names)
    if hasTransferEncoding { throw .init(.badRequest) }
    // Before the length: that a POST carries something is not what is wrong with it.
    guard let method = HTTPMethod(rawValue: String(decoding: method, as: UTF8.self)) else {
      throw .init(.methodNotAllowed)
    }
    if let contentLength, contentLength.contains(where: { $0 != UInt8(ascii: "0") }) {
      throw .init(.contentTooLarge)
    }
    return HTTPRequest(
      method, String(decoding: path, as: UTF8.self), query: String(decoding: query, as: UTF8.self),
      metrics: MetricsFormat(accepting: accept))
  }

  private func checkHost(_ names: StatusHosts) throws(HTTPRejection) {
    // Only an HTTP/1.0 client may leave Host out, and no browser is one (RFC 9112 §3.2).
    if host == nil && !isVersion10 { throw .init(.badRequest) }
    guard let authority = targetAuthority ?? host else { return }
    switch HTTPAuthority(authority, allowing: names) {
    case .ours: return
    case .foreign: throw .init(.misdirectedRequest)
    case .malformed: throw .init(.badRequest)
    }
  }
}

/// Whether an octet may stand in a method or field name (`tchar`, RFC 9110 §5.6.2).
private func isTokenOctet(_ octet: UInt8) -> Bool {
  isDigit(octet) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercased(octet))
    || "!#$%&'*+-.^_`|~".utf8.contains(octet)
}

package func isDigit(_ octet: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) }

/// `value` without blanks and tabulators at either end (RFC 9110 §5.5).
private func trimmed(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
  let isBlank = { (octet: UInt8) in octet == 0x20 || octet == 0x09 }
  let start = value.drop(while: isBlank)
  guard let last = start.lastIndex(where: { !isBlank($0) }) else { return [] }
  return start[...last]
}
