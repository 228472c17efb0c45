// Signing replies: one message, or the row of messages that is a zone transfer (RFC 8945 §5.3).

/// Puts TSIG records on the replies to one query.
package struct TSIGSigner: Sendable {
  /// In seconds (RFC 8945 §10).
  static let ordinaryFudge: UInt16 = 300

  /// The key that the query was verified with.
  package let keyName: DomainName
  package let error: TSIGError
  private let algorithm: DomainName
  /// Nil when the reply must not be signed, since the error concerns the key or the MAC.
  private let key: TSIGKey?
  /// What the next MAC begins with: the one before it, the query's at first.
  private var previousMAC: [UInt8]
  private let originalID: UInt16
  /// BADTIME is answered with the asker's time, and ours beside it (RFC 8945 §5.2.3).
  private let askersTime: UInt64
  /// In seconds; of BADTIME the asker's, so that the reply is never too late for it (RFC 8945 §5.2.3).
  private let fudge: UInt16
  private let other: [UInt8]
  private var isFirst = true

  init(answering record: TSIGRecord, key: TSIGKey?, error: TSIGError, now: UInt64) {
    keyName = record.keyName
    algorithm = record.algorithm
    self.key = key
    self.error = error
    previousMAC = record.mac
    originalID = record.originalID
    askersTime = record.timeSigned
    fudge = error == .badTime ? record.fudge : TSIGSigner.ordinaryFudge
    other = error == .badTime ? Array(TSIGRecord.timers(now, 0).prefix(6)) : []
  }

  /// How many octets `sign` adds; to be kept free at the end of each message.
  package var length: Int {
    keyName.wire.count + 10 + algorithm.wire.count + 10 + (key?.algorithm.length ?? 0) + 6 + other.count
  }

  /// Appends TSIG to the message of `end` octets and counts it among the additional records.
  ///
  /// - Returns: the new length; nil when there is no room.
  @_lifetime(message: copy message)
  package mutating func sign(_ message: inout MutableRawSpan, length end: Int, now: UInt64) -> Int? {
    guard end >= MessageHeader.length, message.byteCount - end >= length else { return nil }
    let time = error == .badTime ? askersTime : now
    let mac = mac(of: message.bytes.extracting(0..<end), time: time)
    let record = TSIGRecord.wire(
      keyName: keyName, algorithm: algorithm, time: time, fudge: fudge, mac: mac, originalID: originalID,
      error: error.rawValue, other: other)
    message.copy(record.span.octets, to: end)
    let count = message.bytes.uint16(at: MessageHeader.additionalCountOffset)
    message.store(count &+ 1, at: MessageHeader.additionalCountOffset)
    previousMAC = mac
    isFirst = false
    return end + record.count
  }

  /// The MAC that the message gets; empty when it is not to be signed.
  ///
  /// The first reply is signed with all variables, the ones after it with the timers alone (RFC 8945 §5.3.1).
  private func mac(of message: RawSpan, time: UInt64) -> [UInt8] {
    guard let key else { return [] }
    var before = RecordData()
    before.append(UInt16(clamping: previousMAC.count))
    before.append(previousMAC)
    // The ID is the one the asker gave, wherever the query went on its way.
    before.append(originalID)
    let after =
      isFirst
      ? TSIGRecord.variables(
        keyName: keyName, algorithm: algorithm, time: time, fudge: fudge, error: error.rawValue, other: other)
      : TSIGRecord.timers(time, fudge)
    let digest = key.mac(before.bytes, message.extracting(2..<message.byteCount), after)
    return (0..<digest.count).map { digest.octets[$0] }
  }
}
