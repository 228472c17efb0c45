// Status line and header fields of a response: the few that matter here (RFC 9112 §4, §5, §6).

struct HTTPResponseHead: Sendable {
  var status: UInt16 = 0
  private(set) var location: PeerText?
  private(set) var contentLength: Int?
  /// The last transfer coding is `chunked`, and the only one.
  private(set) var isChunked = false
  /// A transfer coding that was not asked for: where the body ends, and what it says, cannot be told.
  private(set) var hasForeignCoding = false
  /// The body is compressed or the like, though that was not asked for: nothing can be found in it.
  private(set) var contentCoding: PeerText?

  /// 100 to 199 announce the response; 101 would end HTTP on this connection.
  var isInterim: Bool { (100...199).contains(status) && status != 101 }
  /// RFC 9110 §6.4.1.
  var hasNoBody: Bool { status == 204 || status == 304 }

  /// The status of `HTTP/1.1 200 OK`; nil when it is no status line.
  static func status(in line: ArraySlice<UInt8>) -> UInt16? {
    let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count >= 2, fields[0].count == 8, fields[0].starts(with: "HTTP/1.".utf8),
      fields[1].count == 3, let status = decimal(fields[1]), (100...999).contains(status)
    else { return nil }
    return UInt16(status)
  }

  /// Takes one field line; false when it cannot be one, or contradicts an earlier one.
  mutating func take(field line: ArraySlice<UInt8>) -> Bool {
    // A continuation of the line before, in the way of old servers (RFC 9112 §5.2): none that matters is that long.
    guard let first = line.first, !isBlank(first) else { return true }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return false }
    let value = trimmed(line[(colon + 1)...])
    let name = line[..<colon]
    if name.isSame(as: "Location") {
      location = PeerText(value)
    } else if name.isSame(as: "Content-Length") {
      guard let length = decimal(value), contentLength == nil || contentLength == length else { return false }
      contentLength = length
    } else if name.isSame(as: "Content-Encoding") {
      contentCoding = value.isEmpty || value.isSame(as: "identity") ? contentCoding : PeerText(value)
    } else if name.isSame(as: "Transfer-Encoding") {
      // A second one of them would make two codings.
      hasForeignCoding = hasForeignCoding || isChunked || !value.isSame(as: "chunked")
      isChunked = true
    }
    return true
  }
}

/// Up to eighteen digits: all of them an `Int` can tell, and no page has more octets.
private func decimal(_ text: ArraySlice<UInt8>) -> Int? {
  guard (1...18).contains(text.count), text.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
    return nil
  }
  return text.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
}

private func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
  var text = text.drop(while: isBlank)
  while let last = text.last, isBlank(last) { text.removeLast() }
  return text
}
