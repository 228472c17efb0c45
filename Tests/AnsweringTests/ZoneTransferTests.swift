// Transfers: the golden message agrees with dnspython; every zone comes out whole, whatever its size (RFC 5936).

import Answering
import DNS
import Model
import TestSupport
import Testing
import ZoneFile

private let small = """
  $ORIGIN kreis.example.
  $TTL 1h
  $NODE ex1 192.0.2.11 2001:db8:1::11
  $NODE ex2 198.51.100.11
  $POOL access ex1 ex2 check=none
  @ SOA ns1 hostmaster 7 1h 15m 1w 1m
  @ NS ns1.other.example.
  @ NS ns2.Other.example.
  @ MX 10 mail
  mail 60 ROTATE access
  _imaps._tcp SRV 0 0 993 mail
  """

/// All messages of a transfer.
private func messages(
  _ configuration: Configuration, zone: Int = 0, _ extent: ZoneTransfer.Extent = .whole, type: RecordType = .axfr,
  records: QueryRecords = QueryRecords(.plain), reserving: Int = 0
) throws -> [[UInt8]]? {
  let apex = configuration.zones[zone].apex.description
  let query = Query("\(apex) \(type)").octets
  let question = try question(of: query)
  guard
    var transfer = ZoneTransfer(
      of: configuration.zones[zone], from: snapshot(configuration), extent, answering: query.span.octets, question,
      records: records)
  else { return nil }
  var messages: [[UInt8]] = []
  var buffer = [UInt8](repeating: 0, count: 65_535)
  while true {
    var span = buffer.mutableSpan
    var target = MutableRawSpan(_elements: &span)
    guard let length = transfer.next(into: &target, reserving: reserving) else { return messages }
    messages.append(Array(buffer[..<length]))
  }
}

/// Every record that a transfer of the zone is to hold, the SOA once.
private func expectedRecords(_ configuration: Configuration, zone: Int = 0) -> [String] {
  let zone = configuration.zones[zone]
  let records = zone.records.map { "\($0.owner) \($0.ttl) \($0.type) \(hexadecimal($0.data.bytes))" }
  let addresses = zone.rotations.flatMap { rotation in
    configuration.pools[rotation.pool].members.flatMap { configuration.nodes[$0].addresses }.map { address in
      "\(rotation.owner) \(rotation.ttl) \(address.family.recordType) \(hexadecimal(address.octets))"
    }
  }
  return (records + addresses).sorted()
}

@Test("RFC 5936 §2.2: a small zone is one message, names compressed, SOA first and last")
func goldenTransfer() throws {
  let all = try #require(try messages(try configuration(small)))
  try expect(
    all[0],
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0009 0000 0000
    ; question kreis.example. IN AXFR
    056b72656973 076578616d706c65 00 00fc 0001
    ; answer kreis.example. 3600 IN SOA ns1.kreis.example. hostmaster.kreis.example. 7 3600 900 604800 60
    c00c 0006 0001 00000e10 0027 036e7331 c00c 0a686f73746d6173746572 c00c 00000007 00000e10 00000384
    00093a80 0000003c
    ; answer kreis.example. 3600 IN NS ns1.other.example.
    c00c 0002 0001 00000e10 000c 036e7331 056f74686572 c012
    ; answer kreis.example. 3600 IN NS ns2.Other.example.
    c00c 0002 0001 00000e10 000c 036e7332 054f74686572 c012
    ; answer kreis.example. 3600 IN MX 10 mail.kreis.example.
    c00c 000f 0001 00000e10 0009 000a 046d61696c c00c
    ; answer _imaps._tcp.kreis.example. 3600 IN SRV 0 0 993 mail.kreis.example.
    065f696d617073 045f746370 c00c 0021 0001 00000e10 001a 0000 0000 03e1 046d61696c 056b72656973
    076578616d706c65 00
    ; answer mail.kreis.example. 60 IN A 192.0.2.11
    c090 0001 0001 0000003c 0004 c000020b
    ; answer mail.kreis.example. 60 IN A 198.51.100.11
    c090 0001 0001 0000003c 0004 c633640b
    ; answer mail.kreis.example. 60 IN AAAA 2001:0db8:0001:0000:0000:0000:0000:0011
    c090 001c 0001 0000003c 0010 20010db8000100000000000000000011
    ; answer kreis.example. 3600 IN SOA ns1.kreis.example. hostmaster.kreis.example. 7 3600 900 604800 60
    c00c 0006 0001 00000e10 0018 c02b c031 00000007 00000e10 00000384 00093a80 0000003c
    """)
  #expect(all.count == 1)
}

@Test("A transfer holds every record of the zone, those of ROTATE as addresses")
func wholeZone() throws {
  let configuration = try configuration(small)
  let all = try #require(try messages(configuration))
  let message = try Message(all[0])
  #expect(message.identifier == 0x1234)
  #expect(message.flags == 0x8500)
  #expect(message.questions == ["kreis.example. IN AXFR"])
  #expect(message.answerTexts.first?.contains(" SOA ") == true)
  #expect(message.answers.first == message.answers.last)
  #expect(message.answerTexts.dropFirst().dropLast().sorted() == expectedRecords(configuration))
  #expect(message.answerTexts.contains("mail.kreis.example. 60 AAAA 20010db8000100000000000000000011"))
  #expect(message.additionals == [])
}

@Test("Only the healthy addresses of the moment are sent")
func healthyAddresses() throws {
  let configuration = try configuration(small)
  let table = ZoneTable.compile(configuration)
  let runs = AddressRuns(for: table.rotations) { key in
    key.family == .ipv4 ? [IPAddress(ipv4: 198, 51, 100, 11)] : configuration.nodes[0].addresses.suffix(1)
  }
  let asked = Query("kreis.example. AXFR").octets
  let begun = ZoneTransfer(
    of: configuration.zones[0], from: AnswerSnapshot(table: table, runs: runs), answering: asked.span.octets,
    try question(of: asked), records: QueryRecords(.plain))
  var transfer = try #require(begun)
  var buffer = [UInt8](repeating: 0, count: 65_535)
  var span = buffer.mutableSpan
  var target = MutableRawSpan(_elements: &span)
  let length = transfer.next(into: &target) ?? 0
  let answers = try Message(Array(buffer[..<length])).answerTexts
  #expect(answers.filter { $0.contains(" A ") } == ["mail.kreis.example. 60 A c633640b"])
}

@Test("RFC 1995 §2: an asker that is up to date is sent the SOA alone")
func upToDate() throws {
  let all = try #require(try messages(try configuration(small), .startOfAuthorityOnly, type: .ixfr))
  #expect(all.count == 1)
  let message = try Message(all[0])
  #expect(message.questions == ["kreis.example. IN IXFR"])
  #expect(message.answers.count == 1)
}

@Test("RFC 1995 §3: the asker's serial stands in the SOA of its authority section")
func serialOfAsker() throws {
  func serial(_ change: (inout Query) -> Void) throws -> UInt32? {
    let asked = Query("kreis.example. IXFR").with(change).octets
    return ZoneTransfer.serialOfAsker(in: asked.span.octets, try question(of: asked))
  }
  let soa = hex("c00c 0006 0001 00000000 0016 00 00 00000007 00000000 00000000 00000000 00000000")
  #expect(try serial { ($0.authorityCount, $0.records) = (1, soa) } == 7)
  #expect(try serial { ($0.answerCount, $0.records) = (1, soa) } == nil)
  #expect(try serial { _ in } == nil)
  for cut in 0..<33 {
    #expect(try serial { ($0.authorityCount, $0.records) = (1, Array(soa.prefix(cut))) } == nil, "\(cut)")
  }
}

@Test("OPT stands in the first message when the query had one")
func optionsOfTransfer() throws {
  var records = QueryRecords(.withOptions)
  records.flags = 0x8000
  let all = try #require(try messages(try configuration(small), records: records))
  #expect(try Message(all[0]).options?.flags == 0x8000)
  #expect(hexadecimal(all[0].suffix(11)) == "00002904d0000080000000")
}

@Test(
  "Zones of any size come out whole, in messages of at most 16 KiB and a record", arguments: 0..<12 as Range<UInt64>)
func anyZone(seed: UInt64) throws {
  var generator = SeededGenerator(seed: seed)
  var text = small + "\n"
  for number in 0..<Int.random(in: 0...1500, using: &generator) {
    let label = String(repeating: "x", count: Int.random(in: 1...60, using: &generator))
    switch Int.random(in: 0..<7, using: &generator) {
    case 0: text += "h\(number) A 192.0.2.1\n"
    case 1: text += "H\(number).\(label).Sub MX 10 h\(number / 2).\(label)\n"
    case 2: text += "c\(number) CNAME \(label).kreis.EXAMPLE.\n"
    case 3:
      let strings = (0..<Int.random(in: 1...80, using: &generator)).map { _ in String(repeating: "t", count: 255) }
      text += "t\(number) TXT \(strings.joined(separator: " "))\n"
    case 4: text += "r\(number) 60 ROTATE access\n"
    case 5: text += "g\(number) TYPE65280 \\# 3 abcdef\nd\(number).sub NS ns.\(label).other.example.\n"
    default: text += "s\(number) SRV 1 2 3 h\(number).other.example.\n"
    }
  }
  let configuration = try configuration(text)
  let all = try #require(try messages(configuration, reserving: 100))
  let decoded = try all.map { try Message($0) }
  #expect(decoded.allSatisfy { !$0.answers.isEmpty && $0.identifier == 0x1234 && $0.flags == 0x8500 }, "seed \(seed)")
  #expect(decoded.map(\.questions.count) == [1] + Array(repeating: 0, count: all.count - 1), "seed \(seed)")
  #expect(all.dropLast().allSatisfy { $0.count >= 0x4000 }, "seed \(seed)")
  #expect(all.allSatisfy { $0.count < 0x4000 + 21_000 }, "seed \(seed)")
  let answers = decoded.flatMap(\.answerTexts)
  #expect(answers.count > 2 && answers.first == answers.last, "seed \(seed)")
  #expect(answers.count { $0.contains(" SOA ") } == 2, "seed \(seed)")
  #expect(answers.dropFirst().dropLast().sorted() == expectedRecords(configuration), "seed \(seed)")
}

@Test("The longest record that a message can carry is sent, a longer one refuses the transfer")
func longestRecord() throws {
  let hex = String(repeating: "ab", count: 64_000)
  let fits = try configuration(small + "\nx TYPE65280 \\# 64000 \(hex)\n")
  let all = try #require(try messages(fits, reserving: 500))
  #expect(try all.flatMap { try Message($0).answerTexts }.count == 10)
  var broken = fits
  var data = RecordData()
  data.append([UInt8](repeating: 1, count: 65_000))
  var record = fits.zones[0].records[0]
  record.data = data
  broken.zones[0].records.append(record)
  #expect(try messages(broken) == nil)
}

@Test("No pointer leads to where none can reach, wherever in a message a name begins")
func furthestPointer() throws {
  let zoneStart = """
    $ORIGIN kreis.example.
    @ 1h SOA ns1.unique.other. host.unique.other. 7 1h 15m 1w 1m
    @ 1h NS ns1.a.
    @ 1h NS ns2.a.
    x 1h TYPE65280 \\# 17000 \(String(repeating: "ab", count: 17_000))

    """
  var places: Set<Int> = []
  // The SOA at the end begins in the second message, a little more behind the furthest place each time.
  for length in 16_290...16_350 {
    let filler = "y 1h TYPE65280 \\# \(length) \(String(repeating: "cd", count: length))\n"
    let configuration = try configuration(zoneStart + filler)
    let all = try #require(try messages(configuration))
    let answers = try all.flatMap { try Message($0).answerTexts }
    #expect(answers.first == answers.last && answers.count == 6, "\(length)")
    if all.count == 2 { places.insert(all[1].count - 20 - 20) }
  }
  #expect(places.contains { $0 > 0x4000 })
}
