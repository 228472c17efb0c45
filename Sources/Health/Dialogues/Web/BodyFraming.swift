// Where a body ends, and which octets on the way are content (RFC 9112 §6, §7.1).
//
//   Content-Length │ content × length
//   chunked        │ ( size [;extension] CRLF  content × size  CRLF )*  0 …
//   neither        │ content until the node closes

enum BodyFraming: Hashable, Sendable {
  enum Meaning {
    case content, framing, malformed
  }

  case length(remaining: Int)
  case untilClose
  /// Digits of the size so far; `octets` of this line, extension included.
  case chunkSize(size: Int, digits: Int, octets: Int, inExtension: Bool)
  case chunkContent(remaining: Int)
  /// The line end behind a chunk's content.
  case chunkEnd(octets: Int)
  /// The last chunk has begun; what follows is of no interest.
  case over

  private static let firstChunk = BodyFraming.chunkSize(size: 0, digits: 0, octets: 0, inExtension: false)
  private static let sizeLineLimit = 4_096
  /// Of hexadecimal digits after zeros: no chunk of a health page is larger than 4 GiB.
  private static let digitLimit = 8

  /// Where a body in no other coding than `chunked` ends.
  init(of head: HTTPResponseHead) {
    self =
      if head.hasNoBody { .length(remaining: 0) } else if head.isChunked {
        BodyFraming.firstChunk
      } else if let length = head.contentLength { .length(remaining: length) } else { .untilClose }
  }

  var isOver: Bool { self == .over || self == .length(remaining: 0) }

  mutating func feed(_ octet: UInt8) -> Meaning {
    switch self {
    case .untilClose: return .content
    case .over: return .framing
    case .length(let remaining):
      self = .length(remaining: remaining - 1)
      return .content
    case .chunkContent(let remaining):
      self = remaining > 1 ? .chunkContent(remaining: remaining - 1) : .chunkEnd(octets: 0)
      return .content
    case .chunkEnd(let octets):
      if octet == UInt8(ascii: "\n") {
        self = BodyFraming.firstChunk
        return .framing
      }
      self = .chunkEnd(octets: octets + 1)
      return octet == UInt8(ascii: "\r") && octets == 0 ? .framing : .malformed
    case .chunkSize(let size, let digits, let octets, let inExtension):
      return readSize(octet, size, digits, octets, inExtension)
    }
  }

  private mutating func readSize(
    _ octet: UInt8, _ size: Int, _ digits: Int, _ octets: Int, _ inExtension: Bool
  ) -> Meaning {
    guard octets < BodyFraming.sizeLineLimit else { return .malformed }
    if octet == UInt8(ascii: "\n") {
      self = size == 0 ? .over : .chunkContent(remaining: size)
      return digits > 0 ? .framing : .malformed
    }
    if !inExtension, let digit = hexadecimal(octet) {
      self = .chunkSize(
        size: size << 4 | digit, digits: size == 0 ? 1 : digits + 1, octets: octets + 1, inExtension: false)
      return size == 0 || digits < BodyFraming.digitLimit ? .framing : .malformed
    }
    self = .chunkSize(size: size, digits: digits, octets: octets + 1, inExtension: true)
    return inExtension || octet == UInt8(ascii: ";") || isBlank(octet) ? .framing : .malformed
  }
}

private func hexadecimal(_ octet: UInt8) -> Int? {
  switch smallLetter(octet) {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(octet - UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(smallLetter(octet) - UInt8(ascii: "a")) + 10
  default: nil
  }
}
