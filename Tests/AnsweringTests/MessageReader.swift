// A reader of replies that owes nothing to the code it tests: written from RFC 1035 §4.1, strict, slow.
//
// It notes every field it reads, so that a golden packet can be printed as annotated hex.

/// Why octets are no DNS message.
struct ReadingError: Error, Equatable {
  var what: String
  var at: Int
}

/// A record as dig would print it.
struct ResourceRecord: Hashable {
  /// Presentation form in the letter case of the packet, with the final dot.
  var owner: String
  var type: String
  var recordClass: UInt16
  var ttl: UInt32
  var data: String

  var text: String {
    let recordClass = recordClass == 1 ? "IN" : "CLASS\(recordClass)"
    return "\(owner) \(ttl) \(recordClass) \(type)" + (data.isEmpty ? "" : " \(data)")
  }
}

/// A whole message.
struct Message {
  var identifier: UInt16 = 0
  var flags: UInt16 = 0
  /// `name class type`, as dig prints it.
  var questions: [String] = []
  var answers: [ResourceRecord] = []
  var authorities: [ResourceRecord] = []
  /// Without OPT.
  var additionals: [ResourceRecord] = []
  var options: Options?
  /// Pieces of the packet in order, each with what it says and the fields it is made of.
  var pieces: [(text: String, fields: [Range<Int>])] = []

  /// OPT (RFC 6891 §6.1.3).
  struct Options: Equatable {
    var payloadSize: UInt16
    var extendedCode: UInt8
    var version: UInt8
    var flags: UInt16
  }

  /// RCODE with the upper bits of OPT.
  var code: Int { Int(flags & 0xF) | Int(options?.extendedCode ?? 0) << 4 }
  var isAuthoritative: Bool { flags & 0x0400 != 0 }
  var isTruncated: Bool { flags & 0x0200 != 0 }

  /// The flags as dig prints them; Z as "z".
  var flagsText: String {
    let names: [(UInt16, String)] = [
      (0x8000, "qr"), (0x0400, "aa"), (0x0200, "tc"), (0x0100, "rd"), (0x0080, "ra"), (0x0040, "z"), (0x0020, "ad"),
      (0x0010, "cd"),
    ]
    return names.filter { flags & $0.0 != 0 }.map(\.1).joined(separator: " ")
  }

  var codeText: String {
    let known = [
      0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED", 6: "YXDOMAIN", 9: "NOTAUTH",
      16: "BADVERS", 23: "BADCOOKIE",
    ]
    return known[code] ?? "RCODE\(code)"
  }

  /// Status line, then one line for each record with its section in front.
  var text: [String] {
    ["\(codeText) \(flagsText)"] + answers.map { "answer \($0.text)" } + authorities.map { "authority \($0.text)" }
      + additionals.map { "additional \($0.text)" }
      + (options.map { ["opt \($0.payloadSize)\($0.flags & 0x8000 != 0 ? " do" : "")"] } ?? [])
  }
}

private let typeNames: [Int: String] = [
  1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV", 39: "DNAME", 41: "OPT",
  43: "DS",
  249: "TKEY", 250: "TSIG", 251: "IXFR", 252: "AXFR", 255: "ANY", 257: "CAA",
]

func typeName(_ number: Int) -> String { typeNames[number] ?? "TYPE\(number)" }

func typeNumber(_ name: String) -> Int {
  typeNames.first { $0.value == name }?.key ?? Int(name.dropFirst(4)) ?? 0
}

struct MessageReader {
  private let octets: [UInt8]
  private var at = 0
  private var fields: [Range<Int>] = []

  private init(_ octets: [UInt8]) { self.octets = octets }

  /// Reads a message that must end where its octets end.
  static func read(_ octets: [UInt8]) throws(ReadingError) -> Message {
    var reader = MessageReader(octets)
    var message = Message()
    message.identifier = UInt16(try reader.number(2))
    message.flags = UInt16(try reader.number(2))
    var counts: [Int] = []
    for _ in 0..<4 { counts.append(try reader.number(2)) }
    reader.close("", &message)
    for _ in 0..<counts[0] {
      let name = try reader.name()
      let type = typeName(try reader.number(2))
      let recordClass = try reader.number(2)
      message.questions.append("\(name) \(recordClass == 1 ? "IN" : "CLASS\(recordClass)") \(type)")
      reader.close("question \(message.questions.last ?? "")", &message)
    }
    for _ in 0..<counts[1] {
      if let record = try reader.record("answer", of: &message) { message.answers.append(record) }
    }
    for _ in 0..<counts[2] {
      if let record = try reader.record("authority", of: &message) { message.authorities.append(record) }
    }
    for _ in 0..<counts[3] {
      if let record = try reader.record("additional", of: &message) { message.additionals.append(record) }
    }
    guard reader.at == octets.count else { throw reader.failure("octets behind the last record") }
    message.pieces[0].text = "\(message.codeText) \(message.flagsText)"
    return message
  }

  private func failure(_ what: String) -> ReadingError { ReadingError(what: what, at: at) }

  private mutating func close(_ text: String, _ message: inout Message) {
    message.pieces.append((text, fields))
    fields = []
  }

  private mutating func take(_ count: Int) throws(ReadingError) -> ArraySlice<UInt8> {
    guard octets.count - at >= count else { throw failure("\(count) octets run off the end") }
    if count > 0 { fields.append(at..<at + count) }
    at += count
    return octets[at - count..<at]
  }

  private mutating func number(_ count: Int) throws(ReadingError) -> Int {
    try take(count).reduce(0) { $0 << 8 | Int($1) }
  }

  /// A name with its compression pointers, each of which must lead to an earlier place behind the header.
  private mutating func name() throws(ReadingError) -> String {
    var text = ""
    var length = 1
    var place = at
    var lowest = at
    var hasJumped = false
    while true {
      guard place < octets.count else { throw failure("a name runs off the end") }
      let octet = Int(octets[place])
      if octet == 0 {
        if !hasJumped { _ = try take(1) }
        return text.isEmpty ? "." : text
      }
      if octet >= 0xC0 {
        guard place + 1 < octets.count else { throw failure("a pointer runs off the end") }
        if !hasJumped { _ = try take(2) }
        place = (octet & 0x3F) << 8 | Int(octets[place + 1])
        guard place >= 12, place < lowest else { throw failure("a pointer to \(place)") }
        lowest = place
        hasJumped = true
        continue
      }
      guard octet <= 63, place + octet < octets.count else { throw failure("a label of \(octet) octets") }
      length += 1 + octet
      guard length <= 255 else { throw failure("a name over 255 octets") }
      text += escaped(octets[place + 1...place + octet]) + "."
      if !hasJumped { _ = try take(1 + octet) }
      place += 1 + octet
    }
  }

  private func escaped(_ octets: ArraySlice<UInt8>) -> String {
    octets.reduce(into: "") { text, octet in
      let isPlain = (0x21...0x7E).contains(octet) && !Array("\\.\"();@$".utf8).contains(octet)
      let digits = String(octet)
      text += isPlain ? String(UnicodeScalar(octet)) : "\\" + String(repeating: "0", count: 3 - digits.count) + digits
    }
  }

  /// The next record; nil when it is an OPT, which is noted apart.
  private mutating func record(_ section: String, of message: inout Message) throws(ReadingError) -> ResourceRecord? {
    let owner = try name()
    let type = try number(2)
    let recordClass = UInt16(try number(2))
    let ttl = UInt32(try number(4))
    let length = try number(2)
    let end = at + length
    guard end <= octets.count else { throw failure("RDATA runs off the end") }
    if type == 41 {
      guard section == "additional", owner == ".", message.options == nil else { throw failure("a misplaced OPT") }
      _ = try take(length)
      message.options = Message.Options(
        payloadSize: recordClass, extendedCode: UInt8(ttl >> 24), version: UInt8(ttl >> 16 & 0xFF),
        flags: UInt16(ttl & 0xFFFF))
      close("OPT, \(recordClass) octets", &message)
      return nil
    }
    let data = try data(type, length)
    guard at == end else { throw failure("RDATA of \(typeName(type)) does not end where RDLENGTH says") }
    let record = ResourceRecord(owner: owner, type: typeName(type), recordClass: recordClass, ttl: ttl, data: data)
    close("\(section) \(record.text)", &message)
    return record
  }

  private mutating func data(_ type: Int, _ length: Int) throws(ReadingError) -> String {
    switch type {
    case 1 where length == 4: return try take(4).map(String.init).joined(separator: ".")
    case 2, 5, 12: return try name()
    case 39:
      let before = at
      let text = try name()
      guard at - before == wireLength(text[...]) else { throw failure("a compressed DNAME target") }
      return text
    case 6:
      var words = [try name(), try name()]
      for _ in 0..<5 { words.append(String(try number(4))) }
      return words.joined(separator: " ")
    case 15: return "\(try number(2)) \(try name())"
    case 28 where length == 16: return hex(try take(16), group: 2, separator: ":")
    case 33:
      let before = at
      let text = "\(try number(2)) \(try number(2)) \(try number(2)) \(try name())"
      // RFC 2782: the target is not to be compressed; then no octet of it is saved.
      guard at - before == 6 + (text.split(separator: " ").last.map(wireLength) ?? 0) else {
        throw failure("a compressed SRV target")
      }
      return text
    default: return "\\# \(length) " + hex(try take(length), group: length, separator: "")
    }
  }

  private func wireLength(_ name: Substring) -> Int { name == "." ? 1 : wireName(String(name)).count }
}

/// Octets in hexadecimal, with a separator behind each group.
func hex(_ octets: ArraySlice<UInt8>, group: Int, separator: String) -> String {
  var text = ""
  for (index, octet) in octets.enumerated() {
    if index > 0, group > 0, index % group == 0 { text += separator }
    text += (octet < 16 ? "0" : "") + String(octet, radix: 16)
  }
  return text
}
