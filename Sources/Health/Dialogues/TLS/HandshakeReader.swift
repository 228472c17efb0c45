// TLS records in clear into handshake messages and alerts: a message may fill many records, a record hold many messages.
//
//   record     type │ 03 xx │ length 16 │ fragment × length      RFC 5246 §6.2.1
//   message    type │ length 24 │ body × length                  §7.4

struct HandshakeReader: Sendable {
  enum Finding: Hashable {
    case message(type: UInt8, body: [UInt8])
    case alert(TLSAlert, isFatal: Bool)
    /// Not what TLS looks like; the octets at which that was seen.
    case foreign([UInt8])
    case tooLong
  }

  /// Octets of one message: a chain of ten certificates.
  private static let messageLimit = 65_536
  /// Octets in all, so that a stream of empty records ends too.
  private static let limit = 131_072
  /// RFC 5246 §6.2.3: 2^14 and what a cipher may add.
  private static let recordLimit = 16_384 + 2_048

  private static let alert: UInt8 = 21
  private static let handshake: UInt8 = 22

  private var header: [UInt8] = []
  /// Octets of the record that are still to come.
  private var remaining = 0
  private var message: [UInt8] = []
  private var alertOctets: [UInt8] = []
  private var count = 0

  /// Takes the next octet; what it completes, if anything.
  mutating func feed(_ octet: UInt8) -> Finding? {
    count += 1
    guard count <= HandshakeReader.limit else { return .tooLong }
    guard header.count == 5, remaining > 0 else { return readHeader(octet) }
    remaining -= 1
    let type = header[0]
    if remaining == 0 { header.removeAll(keepingCapacity: true) }
    return type == HandshakeReader.alert ? readAlert(octet) : readMessage(octet)
  }

  private mutating func readHeader(_ octet: UInt8) -> Finding? {
    header.append(octet)
    guard header.count == 5 else { return nil }
    remaining = Int(header[3]) << 8 | Int(header[4])
    let isClear = header[0] == HandshakeReader.alert || header[0] == HandshakeReader.handshake
    guard isClear, header[1] == 3, remaining <= HandshakeReader.recordLimit else { return .foreign(header) }
    if remaining == 0 { header.removeAll(keepingCapacity: true) }
    return nil
  }

  private mutating func readAlert(_ octet: UInt8) -> Finding? {
    alertOctets.append(octet)
    guard alertOctets.count == 2 else { return nil }
    defer { alertOctets.removeAll() }
    return .alert(TLSAlert(code: alertOctets[1]), isFatal: alertOctets[0] != 1)
  }

  private mutating func readMessage(_ octet: UInt8) -> Finding? {
    message.append(octet)
    guard message.count >= 4 else { return nil }
    let length = Int(message[1]) << 16 | Int(message[2]) << 8 | Int(message[3])
    guard length <= HandshakeReader.messageLimit else { return .tooLong }
    guard message.count == 4 + length else { return nil }
    defer { message.removeAll(keepingCapacity: true) }
    return .message(type: message[0], body: Array(message.dropFirst(4)))
  }
}
