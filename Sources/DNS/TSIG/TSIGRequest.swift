// Signing what this server sends of its own accord, and proving the answer to it (RFC 8945 §5.1, §5.4).

/// A message that was signed and sent, and waits for its answer.
package struct TSIGRequest: Sendable {
  private let key: TSIGKey
  private let mac: [UInt8]
  /// The message as it is sent.
  package let octets: [UInt8]

  /// Signs a message that has no TSIG yet.
  ///
  /// - Parameters:
  ///   - message: at least a header.
  ///   - now: Unix time in seconds.
  package init(_ message: [UInt8], key: TSIGKey, now: UInt64) {
    precondition(message.count >= MessageHeader.length)
    self.key = key
    let variables = TSIGRecord.variables(
      keyName: key.name, algorithm: key.algorithm.name, time: now, fudge: TSIGSigner.ordinaryFudge, error: 0,
      other: [])
    let digest = key.mac([], message.span.octets, variables)
    mac = (0..<digest.count).map { digest.octets[$0] }
    let identifier = message.span.octets.uint16(at: MessageHeader.identifierOffset)
    let record = TSIGRecord.wire(
      keyName: key.name, algorithm: key.algorithm.name, time: now, fudge: TSIGSigner.ordinaryFudge, mac: mac,
      originalID: identifier, error: 0, other: [])
    var signed = message + record
    // A message of ours has fewer than 255 additional records.
    signed[MessageHeader.additionalCountOffset + 1] += 1
    octets = signed
  }

  /// Whether a message is the answer of a server that holds the key, whole and of this time.
  package func isAnswered(by reply: [UInt8], now: UInt64) -> Bool {
    let message = reply.span.octets
    guard message.byteCount >= MessageHeader.length, let end = Question.endOfAll(in: message),
      case .found(let record) = TSIGRecord.find(in: message, from: end), record.keyName == key.name,
      record.algorithm == key.algorithm.name, record.mac.count == key.algorithm.length
    else { return false }
    let difference = now > record.timeSigned ? now - record.timeSigned : record.timeSigned - now
    return difference <= UInt64(record.fudge) && record.isSigned(message, by: key, answering: mac)
  }
}
