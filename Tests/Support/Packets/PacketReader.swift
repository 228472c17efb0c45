// A reader of replies that owes nothing to the code it tests: written from RFC 1035 §4.1, strict, slow.
//
// It notes every field it reads, so that a golden packet can be printed as annotated hex.

private let typeNames: [Int: String] = [
  1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV", 39: "DNAME", 41: "OPT",
  43: "DS", 64: "SVCB", 65: "HTTPS",
  249: "TKEY", 250: "TSIG", 251: "IXFR", 252: "AXFR", 255: "ANY", 257: "CAA",
]

func typeName(_ number: Int) -> String { typeNames[number] ?? "TYPE\(number)" }

func typeNumber(_ name: String) -> Int {
  typeNames.first { $0.value == name }?.key ?? Int(name.dropFirst(4)) ?? 0
}

struct PacketReader {
  private let octets: [UInt8]
  private var at = 0
  private var fields: [Range<Int>] = []

  private init(_ octets: [UInt8]) { self.octets = octets }

  /// Reads a message that must end where its octets end.
  static func read(_ octets: [UInt8]) throws(ReadingError) -> Message {
    var reader = PacketReader(octets)
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

  private mutating func takeOctets(_ count: Int) throws(ReadingError) -> ArraySlice<UInt8> {
    guard octets.count - at >= count else { throw failure("\(count) octets run off the end") }
    if count > 0 { fields.append(at..<at + count) }
    at += count
    return octets[at - count..<at]
  }

  private mutating func number(_ count: Int) throws(ReadingError) -> Int {
    try takeOctets(count).reduce(0) { $0 << 8 | Int($1) }
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
        if !hasJumped { _ = try takeOctets(1) }
        return text.isEmpty ? "." : text
      }
      if octet >= 0xC0 {
        guard place + 1 < octets.count else { throw failure("a pointer runs off the end") }
        if !hasJumped { _ = try takeOctets(2) }
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
      if !hasJumped { _ = try takeOctets(1 + octet) }
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
      _ = try takeOctets(length)
      message.options = Message.Options(
        payloadSize: recordClass, extendedCode: UInt8(ttl >> 24), version: UInt8(ttl >> 16 & 0xFF),
        flags: UInt16(ttl & 0xFFFF))
      close("OPT, \(recordClass) octets", &message)
      return nil
    }
    let data = try data(type, length)
    guard at == end else { throw failure("RDATA of \(typeName(type)) does not end where RDLENGTH says") }
    let record = ResourceRecord(
      owner: owner, type: typeName(type), recordClass: recordClass, ttl: ttl, data: data.text, octets: data.octets)
    close("\(section) \(record.text)", &message)
    return record
  }

  private mutating func data(_ type: Int, _ length: Int) throws(ReadingError) -> (text: String, octets: [UInt8]) {
    switch type {
    case 1 where length == 4:
      let octets = try takeOctets(4)
      return (octets.map(String.init).joined(separator: "."), Array(octets))
    case 2, 5, 12:
      let name = try name()
      return (name, wireName(name))
    case 39:
      let before = at
      let name = try name()
      guard at - before == wireLength(name[...]) else { throw failure("a compressed DNAME target") }
      return (name, wireName(name))
    case 6:
      let (primary, contact) = (try name(), try name())
      var numbers: [Int] = []
      for _ in 0..<5 { numbers.append(try number(4)) }
      return (
        ([primary, contact] + numbers.map(String.init)).joined(separator: " "),
        wireName(primary) + wireName(contact) + octets[at - 20..<at]
      )
    case 15:
      let (preference, name) = (try number(2), try name())
      return ("\(preference) \(name)", bigEndian(UInt16(preference)) + wireName(name))
    case 28 where length == 16:
      let octets = try takeOctets(16)
      return (hexadecimal(octets, group: 2, separator: ":"), Array(octets))
    case 33:
      let before = at
      let text = "\(try number(2)) \(try number(2)) \(try number(2)) \(try name())"
      // RFC 2782: the target is not to be compressed; then no octet of it is saved.
      guard at - before == 6 + (text.split(separator: " ").last.map(wireLength) ?? 0) else {
        throw failure("a compressed SRV target")
      }
      return (text, Array(octets[before..<at]))
    default:
      let octets = try takeOctets(length)
      return ("\\# \(length) " + hexadecimal(octets), Array(octets))
    }
  }

  private func wireLength(_ name: Substring) -> Int { name == "." ? 1 : wireName(String(name)).count }
}
