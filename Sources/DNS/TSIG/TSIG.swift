// Signatures of messages by a shared key (RFC 8945): what a query carries, and whether to believe it.
//
// The TSIG record is the last of the additional section. Its RDATA:
//
//   algorithm (name) | time signed (48 bits) | fudge (16) | MAC size (16) | MAC
//   original ID (16) | error (16) | other length (16) | other data
//
// Used by zone transfers and between instances, never for ordinary answers: here it may allocate.

/// How a MAC is computed.
package enum TSIGAlgorithm: String, CaseIterable, Sendable {
  case hmacSHA256 = "hmac-sha256"
  case hmacSHA384 = "hmac-sha384"
  case hmacSHA512 = "hmac-sha512"

  package var name: DomainName { DomainName(rawValue) ?? .root }

  /// Of a whole MAC, in octets.
  package var length: Int {
    switch self {
    case .hmacSHA256: 32
    case .hmacSHA384: 48
    case .hmacSHA512: 64
    }
  }
}

/// A key that this server shares with another.
package struct TSIGKey: Sendable {
  package var name: DomainName
  package var algorithm: TSIGAlgorithm
  package var secret: [UInt8]

  package init(name: DomainName, algorithm: TSIGAlgorithm, secret: [UInt8]) {
    self.name = name
    self.algorithm = algorithm
    self.secret = secret
  }

  /// Reads `algorithm:name:secret` with the secret in base64, as dig and kdig take it; nil when it is no such text.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let algorithm = TSIGAlgorithm(rawValue: parts[0].lowercased()),
      let name = DomainName(String(parts[1])), let secret = base64(Array(parts[2].utf8)[...]), !secret.isEmpty
    else { return nil }
    self.init(name: name, algorithm: algorithm, secret: secret)
  }

  /// The MAC over three runs of octets.
  func mac(_ before: [UInt8], _ message: RawSpan, _ after: [UInt8]) -> Digest {
    switch algorithm {
    case .hmacSHA256: mac(before, message, after, SHA256.self)
    case .hmacSHA384: mac(before, message, after, SHA384.self)
    case .hmacSHA512: mac(before, message, after, SHA512.self)
    }
  }

  private func mac<Hash: HashFunction>(_ before: [UInt8], _ message: RawSpan, _ after: [UInt8], _: Hash.Type) -> Digest
  {
    var mac = HMAC<Hash>(key: secret.span.octets)
    mac.update(before.span.octets)
    mac.update(message)
    mac.update(after.span.octets)
    return mac.finish()
  }
}

/// The extended errors of TSIG (RFC 8945 §3).
package enum TSIGError: UInt16, Sendable {
  case none = 0
  case badSignature = 16
  case badKey = 17
  case badTime = 18
  case badTruncation = 22
}

/// What the signature of a query is worth.
///
/// NOTAUTH, the RCODE of what is refused, is 9 (RFC 8945 §5.2).
package enum TSIGVerdict {
  case absent
  /// FORMERR, without a signature: more than one, not the last record, or cut short (RFC 8945 §5.1).
  case malformed
  /// NOTAUTH; the reply carries `TSIGSigner`'s record, which says why.
  case refused(TSIGError, TSIGSigner)
  /// The query is from a client that holds the key `signer.keyName`; replies are to be signed.
  case verified(TSIGSigner)
}

/// The TSIG record of a query.
struct TSIGRecord {
  /// Where the record begins in the message.
  var start: Int
  var keyName: DomainName
  var algorithm: DomainName
  /// Unix time in seconds.
  var timeSigned: UInt64
  /// In seconds.
  var fudge: UInt16
  var mac: [UInt8]
  var originalID: UInt16
  var error: UInt16
  var other: [UInt8]

  enum Finding {
    case absent, malformed
    case found(TSIGRecord)
  }

  /// Walks the records that follow the question, which ends at `start`.
  static func find(in message: RawSpan, from start: Int) -> Finding {
    let sections = [
      MessageHeader.answerCountOffset, MessageHeader.authorityCountOffset, MessageHeader.additionalCountOffset,
    ]
    var at = start
    var found: Int?
    // Each turn takes at least eleven octets of the message.
    for section in sections {
      for _ in 0..<message.uint16(at: section) {
        guard found == nil, let nameEnd = QueryRecords.endOfName(in: message, from: at),
          message.byteCount - nameEnd >= 10
        else { return .malformed }
        let dataEnd = nameEnd + 10 + Int(message.uint16(at: nameEnd + 8))
        guard dataEnd <= message.byteCount else { return .malformed }
        if message.uint16(at: nameEnd) == RecordType.tsig.rawValue {
          guard section == MessageHeader.additionalCountOffset else { return .malformed }
          found = at
        }
        at = dataEnd
      }
    }
    guard let found else { return .absent }
    guard at == message.byteCount, let record = TSIGRecord(message, at: found, end: at) else { return .malformed }
    return .found(record)
  }

  /// Reads the record at `start..<end`, whose frame is whole.
  private init?(_ message: RawSpan, at start: Int, end: Int) {
    guard let keyName = DomainName(message, at: start), let nameEnd = QueryRecords.endOfName(in: message, from: start),
      message.uint16(at: nameEnd + 2) == RecordClass.any, message.uint32(at: nameEnd + 4) == 0
    else { return nil }
    let data = nameEnd + 10
    // The algorithm is never compressed, so it ends where its labels do (RFC 8945 §4.2).
    guard let algorithm = DomainName(message, at: data) else { return nil }
    var at = data + algorithm.wire.count
    guard QueryRecords.endOfName(in: message, from: data) == at, end - at >= 10 else { return nil }
    self.start = start
    self.keyName = keyName
    self.algorithm = algorithm
    timeSigned = UInt64(message.uint16(at: at)) << 32 | UInt64(message.uint32(at: at + 2))
    fudge = message.uint16(at: at + 6)
    let macLength = Int(message.uint16(at: at + 8))
    at += 10
    guard end - at >= macLength + 6 else { return nil }
    mac = (at..<at + macLength).map { message.octet(at: $0) }
    at += macLength
    originalID = message.uint16(at: at)
    error = message.uint16(at: at + 2)
    let otherLength = Int(message.uint16(at: at + 4))
    at += 6
    guard end - at == otherLength else { return nil }
    other = (at..<end).map { message.octet(at: $0) }
  }

  /// What of the record is signed beside the message (RFC 8945 §4.3.3).
  static func variables(
    keyName: DomainName, algorithm: DomainName, time: UInt64, fudge: UInt16, error: UInt16, other: [UInt8]
  ) -> [UInt8] {
    var octets = RecordData()
    octets.append(keyName.canonicalWire)
    octets.append(RecordClass.any)
    octets.append(UInt32(0))
    octets.append(algorithm.canonicalWire)
    octets.append(timers(time, fudge))
    octets.append(error)
    octets.append(UInt16(clamping: other.count))
    octets.append(other)
    return octets.bytes
  }

  /// A whole record, its names uncompressed.
  static func wire(
    keyName: DomainName, algorithm: DomainName, time: UInt64, fudge: UInt16, mac: [UInt8], originalID: UInt16,
    error: UInt16, other: [UInt8]
  ) -> [UInt8] {
    var record = RecordData()
    record.append(keyName.wire)
    record.append(RecordType.tsig.rawValue)
    record.append(RecordClass.any)
    record.append(UInt32(0))
    record.append(UInt16(clamping: algorithm.wire.count + 16 + mac.count + other.count))
    record.append(algorithm.wire)
    record.append(timers(time, fudge))
    record.append(UInt16(clamping: mac.count))
    record.append(mac)
    record.append(originalID)
    record.append(error)
    record.append(UInt16(clamping: other.count))
    record.append(other)
    return record.bytes
  }

  static func timers(_ time: UInt64, _ fudge: UInt16) -> [UInt8] {
    var octets = RecordData()
    octets.append(UInt16(truncatingIfNeeded: time >> 32))
    octets.append(UInt32(truncatingIfNeeded: time))
    octets.append(fudge)
    return octets.bytes
  }
}

extension DomainName {
  /// The name at `start` of a message, its compression pointers followed; nil when it is malformed.
  init?(_ message: RawSpan, at start: Int) {
    guard QueryRecords.endOfName(in: message, from: start) != nil else { return nil }
    // The name has just been found to end.
    var wire: [UInt8] = []
    var at = start
    while message.octet(at: at) != 0 {
      let octet = Int(message.octet(at: at))
      if octet >= 0xC0 {
        at = (octet & 0x3F) << 8 | Int(message.octet(at: at + 1))
      } else {
        for index in at...at + octet { wire.append(message.octet(at: index)) }
        at += 1 + octet
      }
    }
    self.init(uncheckedWire: wire + [0])
  }
}

extension TSIGVerdict {
  /// Judges the signature of `query`, whose question ends at `questionEnd` (RFC 8945 §5.2).
  ///
  /// Key first, then MAC, then time, then truncation: an asker without the key learns nothing of the clock.
  ///
  /// - Parameter now: Unix time in seconds.
  package init(of query: RawSpan, from questionEnd: Int, keys: [TSIGKey], now: UInt64) {
    let record: TSIGRecord
    switch TSIGRecord.find(in: query, from: questionEnd) {
    case .absent:
      self = .absent
      return
    case .malformed:
      self = .malformed
      return
    case .found(let found): record = found
    }
    func refused(_ error: TSIGError, key: TSIGKey?) -> TSIGVerdict {
      .refused(error, TSIGSigner(answering: record, key: key, error: error, now: now))
    }

    guard let key = keys.first(where: { $0.name == record.keyName && $0.algorithm.name == record.algorithm }) else {
      self = refused(.badKey, key: nil)
      return
    }
    let least = max(10, key.algorithm.length / 2)
    guard (least...key.algorithm.length).contains(record.mac.count) else {
      // An empty MAC is a query that carries an error: nobody's to send (RFC 8945 §5.2.2.1).
      self = record.mac.isEmpty ? refused(.badSignature, key: nil) : .malformed
      return
    }
    guard record.isSigned(query, by: key) else {
      self = refused(.badSignature, key: nil)
      return
    }
    let difference = now > record.timeSigned ? now - record.timeSigned : record.timeSigned - now
    guard difference <= UInt64(record.fudge) else {
      self = refused(.badTime, key: key)
      return
    }
    guard record.mac.count == key.algorithm.length else {
      self = refused(.badTruncation, key: key)
      return
    }
    self = .verified(TSIGSigner(answering: record, key: key, error: .none, now: now))
  }
}

extension TSIGRecord {
  /// Whether the MAC, or the part of it that is there, is the one of the message under this key.
  ///
  /// - Parameter request: the MAC of the message that this one answers; empty when this is the first.
  func isSigned(_ message: RawSpan, by key: TSIGKey, answering request: [UInt8] = []) -> Bool {
    // The header as it was when it was signed: the original ID, and this record not yet counted.
    var header = (0..<MessageHeader.length).map { message.octet(at: $0) }
    header[0] = UInt8(originalID >> 8)
    header[1] = UInt8(originalID & 0xFF)
    let count = message.uint16(at: MessageHeader.additionalCountOffset) &- 1
    header[MessageHeader.additionalCountOffset] = UInt8(count >> 8)
    header[MessageHeader.additionalCountOffset + 1] = UInt8(count & 0xFF)
    let variables = TSIGRecord.variables(
      keyName: keyName, algorithm: algorithm, time: timeSigned, fudge: fudge, error: error, other: other)
    if !request.isEmpty { header = [UInt8(request.count >> 8), UInt8(request.count & 0xFF)] + request + header }
    var expected = key.mac(header, message.extracting(MessageHeader.length..<start), variables)
    expected.truncate(to: mac.count)
    return expected.isEqual(inConstantTime: mac.span.octets)
  }
}
