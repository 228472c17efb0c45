// Status line and header fields of a response: the few that matter here (RFC 9112 §4, §5, §6).
//
// They are read as leniently as browsers read them: a check asks what clients get, and passes nothing on to anybody who
// could understand it differently.

struct HTTPResponseHead: Sendable {
  var status: UInt16 = 0
  private(set) var location: PeerText?
  private(set) var contentLength: Int?
  /// A second length that is not the first: clients refuse such a response unless it is chunked.
  private(set) var contradictingLength: Int?
  private(set) var isChunked = false
  /// A transfer coding that was not asked for: where the body ends, and what it says, is unknown.
  private(set) var foreignCoding: PeerText?
  /// The body is compressed, though that was not asked for: nothing can be found in it.
  private(set) var contentCoding: PeerText?
  /// The field line that the next line may continue.
  private var field: [UInt8] = []

  /// 100 to 199 announce the response; 101 would end HTTP on this connection.
  var isInterim: Bool { (100...199).contains(status) && status != 101 }
  /// RFC 9110 §6.4.1.
  var hasNoBody: Bool { status == 204 || status == 304 }

  /// The status of `HTTP/1.1 200 OK`, with as many blanks as there are and with or without a reason; nil when it is no
  /// status line of HTTP/1.
  static func status(in line: ArraySlice<UInt8>) -> UInt16? {
    let version = line.prefix { !isBlank($0) }
    let rest = line.dropFirst(version.count).drop(while: isBlank)
    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard version.count == 8, version.begins(with: "HTTP/1."), digits.count == 3, let status = decimal(digits),
      (100...999).contains(status)
    else { return nil }
    return UInt16(status)
  }

  /// Takes one line; an empty one ends the head.
  mutating func receive(line: ArraySlice<UInt8>) {
    // A line that begins with a blank goes on with the field before it, in the way of old servers (RFC 9112 §5.2).
    if let first = line.first, isBlank(first), !field.isEmpty {
      field += line
      return
    }
    if !field.isEmpty { readField(field[...]) }
    field = Array(line)
  }

  private mutating func readField(_ line: ArraySlice<UInt8>) {
    // What has no colon is no field; clients pass it over.
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
    let name = trimmed(line[..<colon])
    let value = trimmed(line[(colon + 1)...])
    // Repeated fields are one list (RFC 9110 §5.3), in which empty elements count for nothing (§5.6.1).
    var elements: [ArraySlice<UInt8>] {
      value.split(separator: UInt8(ascii: ",")).map(trimmed).filter { !$0.isEmpty }
    }
    if name.isSame(as: "Location") {
      location = PeerText(value)
    } else if name.isSame(as: "Content-Length") {
      for element in elements { readLength(element) }
    } else if name.isSame(as: "Content-Encoding") {
      contentCoding = contentCoding ?? elements.first(where: isCompression).map { PeerText($0) }
    } else if name.isSame(as: "Transfer-Encoding") {
      for element in elements { readTransferCoding(element) }
    }
  }

  /// What is no number says nothing: the body then ends with the connection.
  private mutating func readLength(_ value: ArraySlice<UInt8>) {
    guard let length = decimal(value) else { return }
    if let contentLength, contentLength != length { contradictingLength = length }
    contentLength = contentLength ?? length
  }

  /// A sender may not chunk twice (RFC 9112 §6.1), so `chunked` said twice was said by two programs of one coding.
  private mutating func readTransferCoding(_ value: ArraySlice<UInt8>) {
    let name = trimmed(value.prefix { $0 != UInt8(ascii: ";") })
    if name.isSame(as: "chunked") {
      isChunked = true
    } else if !name.isSame(as: "identity") {
      foreignCoding = foreignCoding ?? PeerText(name)
    }
  }
}

/// The codings that make a text unreadable (RFC 9110 §8.4.1 and the registry); clients pass over what they do not know.
private func isCompression(_ name: ArraySlice<UInt8>) -> Bool {
  ["gzip", "x-gzip", "deflate", "compress", "x-compress", "br", "zstd", "dcb", "dcz"].contains { name.isSame(as: $0) }
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
