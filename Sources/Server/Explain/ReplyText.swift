// A reply of ours as lines of text: `rondo explain` shows the very answer that an asker would get.
//
// It reads what Responder has just written. All the same every access is bounded: what does not parse is left out.

internal import DNS

struct ReplyText {
  private(set) var code: UInt16 = 0
  private(set) var isTruncated = false
  /// `owner TTL TYPE data` of each record.
  private(set) var answers: [String] = []
  private(set) var authority: [String] = []
  private(set) var additional: [String] = []

  private let octets: [UInt8]
  private var at = MessageHeader.length

  init(_ reply: [UInt8]) {
    octets = reply
    guard let flags = number(at: MessageHeader.flagsOffset, octets: 2) else { return }
    code = UInt16(flags) & MessageHeader.responseCodeMask
    isTruncated = UInt16(flags) & MessageHeader.truncated != 0
    guard count(MessageHeader.questionCountOffset) == 0 || name() != nil else { return }
    if count(MessageHeader.questionCountOffset) > 0 { at += 4 }
    answers = records(count(MessageHeader.answerCountOffset))
    authority = records(count(MessageHeader.authorityCountOffset))
    additional = records(count(MessageHeader.additionalCountOffset))
  }

  /// `NXDOMAIN`
  var codeName: String {
    switch code {
    case 0: "NOERROR"
    case 2: "SERVFAIL"
    case 3: "NXDOMAIN"
    case 5: "REFUSED"
    case 6: "YXDOMAIN"
    default: "RCODE \(code)"
    }
  }

  // MARK: Reading

  private func number(at offset: Int, octets count: Int) -> UInt32? {
    guard offset >= 0, offset + count <= octets.count else { return nil }
    return octets[offset..<offset + count].reduce(0) { $0 << 8 | UInt32($1) }
  }

  private func count(_ offset: Int) -> Int { Int(number(at: offset, octets: 2) ?? 0) }

  /// The name at `at`, which then stands behind it (RFC 1035 §4.1.4).
  private mutating func name() -> DomainName? {
    var labels: [[UInt8]] = []
    var place = at
    var end: Int?
    // A name has 127 labels at most, and no more pointers than labels.
    for _ in 0..<255 {
      guard let length = number(at: place, octets: 1) else { return nil }
      if length >= 0xC0 {
        guard let pointer = number(at: place, octets: 2) else { return nil }
        end = end ?? place + 2
        place = Int(pointer & 0x3FFF)
      } else if length == 0 {
        at = end ?? place + 1
        return DomainName(labels: labels)
      } else {
        let next = place + 1 + Int(length)
        guard next <= octets.count else { return nil }
        labels.append(Array(octets[place + 1..<next]))
        place = next
      }
    }
    return nil
  }

  private mutating func records(_ count: Int) -> [String] {
    var lines: [String] = []
    for _ in 0..<count {
      guard let owner = name(), let type = number(at: at, octets: 2), let ttl = number(at: at + 4, octets: 4),
        let length = number(at: at + 8, octets: 2), at + 10 + Int(length) <= octets.count
      else { return lines }
      at += 10
      let end = at + Int(length)
      let recordType = RecordType(rawValue: UInt16(type))
      if recordType != .opt { lines.append("\(owner) \(ttl) \(recordType) \(data(of: recordType, upTo: end))") }
      at = end
    }
    return lines
  }

  /// RDATA in presentation form where it is known here, else as RFC 3597 §5 writes unknown types.
  private mutating func data(of type: RecordType, upTo end: Int) -> String {
    let raw = octets[at..<end]
    switch type {
    case .a, .aaaa: if let address = IPAddress(octets: Array(raw)) { return "\(address)" }
    case .ns, .cname, .ptr, .dname: if let target = name() { return "\(target)" }
    case .mx:
      if let preference = takeNumbers([2]), let target = name() { return "\(preference) \(target)" }
    case .srv:
      if let numbers = takeNumbers([2, 2, 2]), let target = name() { return "\(numbers) \(target)" }
    case .soa:
      if let primary = name(), let contact = name(), let numbers = takeNumbers([4, 4, 4, 4, 4]) {
        return "\(primary) \(contact) \(numbers)"
      }
    case .txt: return strings(raw)
    default: break
    }
    let digits = raw.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return "\\# \(raw.count) \(digits)"
  }

  private mutating func takeNumbers(_ lengths: [Int]) -> String? {
    var words: [String] = []
    for length in lengths {
      guard let number = number(at: at, octets: length) else { return nil }
      words.append(String(number))
      at += length
    }
    return words.joined(separator: " ")
  }

  /// The strings of TXT in quotation marks.
  private func strings(_ raw: ArraySlice<UInt8>) -> String {
    var words: [String] = []
    var rest = raw
    while let length = rest.first {
      let text = rest.dropFirst().prefix(Int(length))
      let shown = text.map { octet in
        switch octet {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): "\\" + String(UnicodeScalar(octet))
        case 0x20...0x7E: String(UnicodeScalar(octet))
        default: decimalEscape(octet)
        }
      }
      words.append("\"" + shown.joined() + "\"")
      rest = rest.dropFirst(1 + Int(length))
    }
    return words.joined(separator: " ")
  }
}
