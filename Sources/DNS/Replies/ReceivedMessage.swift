// A message as a client receives it: header, question and records as values, whoever wrote it and however badly.

/// What another server has sent, taken apart. What is in the records is for `RecordText` to read.
package struct ReceivedMessage: Sendable {
  package struct Question: Sendable {
    package let name: DomainName
    package let type: RecordType
    package let recordClass: UInt16
  }

  package struct Record: Sendable {
    package let owner: DomainName
    package let type: RecordType
    package let recordClass: UInt16
    /// In seconds.
    package let ttl: UInt32
    /// Where its data lies in the message.
    package let data: Range<Int>
  }

  /// The OPT record (RFC 6891 §6.1.3).
  package struct Extensions: Sendable {
    package struct Option: Sendable {
      package let code: UInt16
      package let value: [UInt8]
    }

    /// The largest UDP payload that the sender takes, in octets.
    package let payloadSize: UInt16
    package let version: UInt8
    package let flags: UInt16
    package let options: [Option]
    /// The upper eight bits of the response code.
    let upperCode: UInt8
  }

  /// Why octets are no message, and where they stop being one.
  package enum Fault: Error, Equatable, Sendable {
    /// Fewer octets than a header has.
    case noHeader
    /// The question, or a record of a section, runs off the end or has a malformed name.
    case malformed(section: String, at: Int)
    /// A second OPT, or one that is not at the root, or options that do not parse.
    case malformedExtensions(at: Int)
  }

  package let octets: [UInt8]
  package let identifier: UInt16
  package let flags: UInt16
  package let questions: [Question]
  package let answers: [Record]
  package let authority: [Record]
  /// Without the OPT.
  package let additional: [Record]
  package let extensions: Extensions?
  /// How many records the additional section has, the OPT included.
  package let additionalCount: Int
  /// Octets after the last record, which mean nothing.
  package let trailingCount: Int

  package init(_ octets: [UInt8]) throws(Fault) {
    var reader = MessageReader(octets)
    guard let identifier = reader.uint16(), let flags = reader.uint16(), let questionCount = reader.uint16(),
      let answerCount = reader.uint16(), let authorityCount = reader.uint16(), let additionalCount = reader.uint16()
    else { throw .noHeader }
    self.octets = octets
    self.identifier = identifier
    self.flags = flags
    self.additionalCount = Int(additionalCount)
    // Each turn takes at least five octets of the message, so its length bounds the loops.
    var questions: [Question] = []
    for _ in 0..<questionCount {
      let start = reader.at
      guard let name = reader.name(), let type = reader.uint16(), let recordClass = reader.uint16() else {
        throw .malformed(section: "question", at: start)
      }
      questions.append(Question(name: name, type: RecordType(rawValue: type), recordClass: recordClass))
    }
    self.questions = questions
    answers = try ReceivedMessage.records(Int(answerCount), of: "answer", &reader)
    authority = try ReceivedMessage.records(Int(authorityCount), of: "authority", &reader)
    let additional = try ReceivedMessage.records(Int(additionalCount), of: "additional", &reader)
    self.additional = additional.filter { $0.type != .opt }
    extensions = try ReceivedMessage.extensions(additional, in: octets)
    trailingCount = octets.count - reader.at
  }

  private static func records(
    _ count: Int, of section: String, _ reader: inout MessageReader
  ) throws(Fault) -> [Record] {
    var records: [Record] = []
    for _ in 0..<count {
      let start = reader.at
      guard let owner = reader.name(), let type = reader.uint16(), let recordClass = reader.uint16(),
        let ttl = reader.uint32(), let length = reader.uint16(), reader.octets(Int(length)) != nil
      else { throw .malformed(section: section, at: start) }
      records.append(
        Record(
          owner: owner, type: RecordType(rawValue: type), recordClass: recordClass, ttl: ttl,
          data: reader.at - Int(length)..<reader.at))
    }
    return records
  }

  private static func extensions(_ additional: [Record], in octets: [UInt8]) throws(Fault) -> Extensions? {
    let found = additional.filter { $0.type == .opt }
    guard let record = found.first else { return nil }
    guard found.count == 1, record.owner.isRoot else { throw .malformedExtensions(at: record.data.lowerBound) }
    var reader = MessageReader(octets, in: record.data)
    var options: [Extensions.Option] = []
    while !reader.isAtEnd {
      guard let code = reader.uint16(), let length = reader.uint16(), let value = reader.octets(Int(length)) else {
        throw .malformedExtensions(at: record.data.lowerBound)
      }
      options.append(Extensions.Option(code: code, value: Array(value)))
    }
    return Extensions(
      payloadSize: record.recordClass, version: UInt8(truncatingIfNeeded: record.ttl >> 16),
      flags: UInt16(truncatingIfNeeded: record.ttl), options: options,
      upperCode: UInt8(truncatingIfNeeded: record.ttl >> 24))
  }

  // MARK: The header

  package var isReply: Bool { flags & MessageHeader.response != 0 }
  package var isTruncated: Bool { flags & MessageHeader.truncated != 0 }
  package var opcode: UInt8 { UInt8(truncatingIfNeeded: (flags & MessageHeader.opcodeMask) >> 11) }

  /// The RCODE, with the upper bits that an OPT adds (RFC 6891 §6.1.3).
  package var code: ResponseCode {
    ResponseCode(rawValue: UInt16(extensions?.upperCode ?? 0) << 4 | flags & MessageHeader.responseCodeMask)
  }
}

extension ReceivedMessage.Fault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noHeader: "it is shorter than the header of a DNS message"
    case .malformed(let section, let at): "its \(section) section is malformed at octet \(at)"
    case .malformedExtensions(let at): "its EDNS part is malformed at octet \(at)"
    }
  }
}
