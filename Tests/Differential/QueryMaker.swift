// Queries to compare servers by: mostly for names that are there or nearly so, every part odd now and then.

import TestSupport

/// A query, and what of it the comparison needs to know.
struct GeneratedQuery {
  var labels: [String] = []
  var type: UInt16 = 1
  var recordClass: UInt16 = 1
  var opcode: UInt16 = 0
  var flags: UInt16 = 0
  /// Nil without EDNS.
  var payloadSize: UInt16?
  var version: UInt8 = 0
  var optionFlags: UInt16 = 0
  var options: [UInt8] = []

  func octets(_ identifier: UInt16) -> [UInt8] {
    var octets = words(identifier, opcode << 11 | flags, 1, 0, 0, payloadSize == nil ? 0 : 1)
    for label in labels { octets += [UInt8(label.utf8.count)] + label.utf8 }
    octets += [0] + words(type, recordClass)
    guard let payloadSize else { return octets }
    return octets + [0] + words(41, payloadSize, UInt16(version), optionFlags, UInt16(options.count)) + options
  }

  private func words(_ values: UInt16...) -> [UInt8] { values.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } }

  var text: String {
    var text = "\(labels.joined(separator: ".")). type \(type)"
    if recordClass != 1 { text += " class \(recordClass)" }
    if opcode != 0 { text += " opcode \(opcode)" }
    if flags != 0 { text += " flags \(String(flags, radix: 16))" }
    guard let payloadSize else { return text }
    text += " edns \(payloadSize)"
    if version != 0 { text += " version \(version)" }
    if optionFlags != 0 { text += " flags \(String(optionFlags, radix: 16))" }
    return text + (options.isEmpty ? "" : " options \(options)")
  }
}

struct QueryMaker {
  private var random: SeededGenerator
  /// The owner names of the zones, each as labels.
  private let owners: [[String]]

  init(seed: UInt64, owners: [[String]]) {
    random = SeededGenerator(seed: seed)
    self.owners = owners
  }

  mutating func next() -> GeneratedQuery {
    var query = GeneratedQuery()
    query.labels = name()
    query.type = type()
    query.flags = random.pick([0, 0x0100, 0x0100, 0x0110, 0x0120, 0x0010, 0x0040])
    if random.chance(0.6) {
      query.payloadSize = random.pick([0, 512, 1220, 1232, 1232, 4096, 65_535])
      if random.chance(0.3) { query.optionFlags = random.pick([0x8000, 0x8000, 0x4000]) }
      if random.chance(0.03) { query.version = random.pick([1, 255]) }
      if random.chance(0.1) { query.options = random.pick([[0, 3, 0, 0], [0xFD, 0xE9, 0, 2, 7, 7], [0, 12, 0, 0]]) }
    }
    if random.chance(0.02) { query.recordClass = random.pick([3, 4, 255]) }
    if random.chance(0.02) { query.opcode = random.pick([1, 2, 3, 6, 7, 15]) }
    return query
  }

  private mutating func type() -> UInt16 {
    if random.chance(0.5) { return random.pick([1, 28]) }
    // NS CNAME SOA PTR MX TXT SRV NAPTR DNAME DS RRSIG NSEC DNSKEY TLSA HTTPS CAA, ANY, and some nobody knows.
    return random.pick([2, 5, 6, 12, 15, 16, 33, 35, 39, 43, 46, 47, 48, 52, 65, 257, 255, 13, 99, 128, 65_280, 0])
  }

  private mutating func name() -> [String] {
    var labels = random.pick(owners)
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<9: break
    case 9..<13: labels.insert(label(), at: 0)
    case 13..<15: labels.insert(contentsOf: [label(), label()], at: 0)
    case 15: labels.removeFirst()
    case 16: labels[0] = label()
    case 17: labels = [random.pick(["www", "a", "mail"]), random.pick(["example", "org", "kreis"])]
    case 18: labels.insert(String(repeating: "l", count: 63), at: 0)
    default: labels = Array(labels.suffix(Int.random(in: 0...labels.count, using: &random)))
    }
    if random.chance(0.3) { labels = labels.map { mixedCase($0) } }
    return labels
  }

  private mutating func label() -> String {
    random.pick(["a", "b", "x", "*", "mail", "host", "_tcp", "ns", "www", "any", "deep", "-", "0"])
  }

  private mutating func mixedCase(_ label: String) -> String {
    label.reduce(into: "") { $0 += random.chance(0.5) ? $1.uppercased() : $1.lowercased() }
  }
}
