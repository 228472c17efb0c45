// RDATA as people and zone files write it: presentation form (RFC 1035 §5.1, and the RFC of each type).
//
// Whatever the octets are, the text is printable ASCII on one line, and can be written into a zone file again: what is
// not whole for its type is shown as octets (RFC 3597 §5).

package enum RecordText {
  /// The data of a record of this type, which lies in `range` of a message.
  package static func text(of type: RecordType, in message: [UInt8], _ range: Range<Int>) -> String {
    var fields = FieldText(MessageReader(message, in: range))
    let isWhole = fields.read(type)
    if isWhole, fields.reader.isAtEnd, let text = fields.text { return text }
    var octets = MessageReader(message, in: range)
    return unknown(octets.rest())
  }

  /// `\# 4 C0000201` (RFC 3597 §5)
  package static func unknown(_ octets: some Collection<UInt8>) -> String {
    octets.isEmpty ? "\\# 0" : "\\# \(octets.count) \(hexadecimal(octets))"
  }

  /// Digits in upper case, two for each octet.
  package static func hexadecimal(_ octets: some Collection<UInt8>) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    return String(decoding: octets.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }, as: UTF8.self)
  }

  /// The octets in quotation marks, others than printable ASCII as `\DDD`.
  package static func quoted(_ octets: some Sequence<UInt8>) -> String {
    var text = "\""
    for octet in octets {
      switch octet {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += "\\" + String(UnicodeScalar(octet))
      case 0x20...0x7E: text.unicodeScalars.append(UnicodeScalar(octet))
      default: text += decimalEscape(octet)
      }
    }
    return text + "\""
  }
}

/// The fields of one record as words. A field that is not whole makes the whole record one of octets.
struct FieldText {
  var reader: MessageReader
  private var words: [String] = []
  private var isBroken = false

  init(_ reader: MessageReader) { self.reader = reader }

  /// Nil when a field was not whole.
  var text: String? { isBroken ? nil : words.joined(separator: " ") }

  // MARK: One field

  mutating func add(_ word: String?) {
    if let word { words.append(word) } else { isBroken = true }
  }

  mutating func name() { add(reader.name()?.description) }
  mutating func string() { add(reader.string().map { RecordText.quoted($0) }) }

  /// A number of 1 to 8 octets.
  mutating func number(octets count: Int) { add(reader.number(count).map { String($0) }) }

  mutating func numbers(_ octetCounts: [Int]) {
    for count in octetCounts { number(octets: count) }
  }

  mutating func address(_ family: AddressFamily) {
    add(reader.octets(family == .ipv4 ? 4 : 16).flatMap { IPAddress(octets: Array($0)) }?.description)
  }

  /// All that is left, in hexadecimal; at least one octet.
  mutating func hexadecimalRest() {
    let octets = reader.rest()
    add(octets.isEmpty ? nil : RecordText.hexadecimal(octets))
  }

  /// All that is left, in base64; at least one octet.
  mutating func base64Rest() {
    let octets = reader.rest()
    add(octets.isEmpty ? nil : base64Text(octets))
  }

  // MARK: One record

  /// Reads the fields that the type has; false when they are not known here.
  mutating func read(_ type: RecordType) -> Bool {
    switch type {
    case .a: address(.ipv4)
    case .aaaa: address(.ipv6)
    case .soa:
      name()
      name()
      numbers([4, 4, 4, 4, 4])
    case .txt, .spf: strings()
    case .loc: location()
    case .srv:
      numbers([2, 2, 2])
      name()
    case .naptr:
      numbers([2, 2])
      for _ in 0..<3 { string() }
      name()
    case .ds:
      numbers([2, 1, 1])
      hexadecimalRest()
    case .sshfp:
      numbers([1, 1])
      hexadecimalRest()
    case .tlsa, .smimea:
      numbers([1, 1, 1])
      hexadecimalRest()
    case .svcb, .https: serviceBinding()
    case .uri:
      numbers([2, 2])
      let target = reader.rest()
      add(target.isEmpty ? nil : RecordText.quoted(target))
    case .caa: authorization()
    case .nsap:
      let octets = reader.rest()
      add(octets.isEmpty ? nil : "0x" + RecordText.hexadecimal(octets))
    case .rrsig: signature()
    case .nsec:
      name()
      typeList()
    case .nsec3: hashedDenial()
    case .nsec3Parameters:
      numbers([1, 1, 2])
      salt()
    default:
      guard let format = RecordFormat.of(type), format.isWrittenByField else { return false }
      for field in format.fields { read(field) }
    }
    return true
  }

  /// A field of the table that zone files are read by.
  private mutating func read(_ field: RecordField) {
    switch field {
    case .number8, .algorithm: number(octets: 1)
    case .number16, .certificateKind: number(octets: 2)
    case .number32: number(octets: 4)
    case .ipv4: address(.ipv4)
    case .ipv6: address(.ipv6)
    case .compressibleName, .name, .compressibleMailbox, .mailbox: name()
    case .string: string()
    case .lastString: if !reader.isAtEnd { string() }
    case .strings: strings()
    case .hexadecimal(_, let least): if least > 0 || !reader.isAtEnd { hexadecimalRest() }
    case .base64(_, let least): if least > 0 || !reader.isAtEnd { base64Rest() }
    case .nodeIdentifier:
      add(
        reader.octets(8).map { Array($0) }.map { octets in
          stride(from: 0, to: 8, by: 2).map { RecordText.hexadecimal(octets[$0..<$0 + 2]).lowercased() }
            .joined(separator: ":")
        })
    case .hardwareAddress(let count):
      add(reader.octets(count).map { $0.map { RecordText.hexadecimal([$0]).lowercased() }.joined(separator: "-") })
    case .types: typeList()
    // These have texts of their own: the table says so of their types.
    case .octets, .rest, .serviceParameters: add(nil)
    }
  }

  /// One or more strings to the end.
  private mutating func strings() {
    repeat { string() } while !reader.isAtEnd && !isBroken
  }

  /// CAA: flags, tag, value (RFC 8659 §4.1). A tag has letters and digits.
  private mutating func authorization() {
    number(octets: 1)
    let tag = reader.string() ?? []
    let isPlain = tag.allSatisfy { octet in
      switch lowercased(octet) {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      default: false
      }
    }
    add(isPlain && !tag.isEmpty ? String(decoding: tag, as: UTF8.self) : nil)
    add(RecordText.quoted(reader.rest()))
  }
}
