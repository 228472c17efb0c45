// Replies as a client reads them: whole, cut, and made to hurt.

import DNS
import TestSupport
import Testing

/// Header of a reply with these counts, ID 0x1234.
private func header(_ counts: UInt16...) -> [UInt8] { bigEndian(0x1234, 0x8400) + counts.flatMap { bigEndian($0) } }

private let question = hex("046d61696c 0161 00 0001 0001")

/// Its OPT has an NSID "ab", and an error 18 with a text that would end the line.
private let golden = """
  ; NOERROR qr aa
  1234 8400 0001 0001 0000 0001
  ; question mail.a. IN A
  046d61696c 0161 00 0001 0001
  ; answer mail.a. 60 IN A 192.0.2.11
  c00c 0001 0001 0000003c 0004 c000020b
  ; OPT, 1232 octets
  00 0029 04d0 00008000 0010 000300026162000f00060012610a1b62
  """

@Suite("Replies as a client reads them")
struct ReceivedMessageTests {
  private let reply = hex(golden)

  @Test("Header, question, answer and EDNS come apart")
  func whole() throws {
    #expect(try annotated(reply) == golden)
    let message = try ReceivedMessage(reply)
    #expect(message.identifier == 0x1234 && message.isReply && !message.isTruncated && message.code == .noError)
    #expect(message.questions.map(\.name.description) == ["mail.a."])
    #expect(message.answers.map(\.owner.description) == ["mail.a."])
    #expect(message.answers.first?.ttl == 60)
    #expect(message.shortText == "192.0.2.11\n")
    #expect(message.extensions?.payloadSize == 1232 && message.additional.isEmpty && message.additionalCount == 1)
    let query = QueryMessage(name: try #require(DomainName("MAIL.a")), type: .a)
    #expect(query.mismatch(with: message) == "its ID is 4660, not 0")
  }

  @Test("The text has dig's layout, and nothing of a server's moves the cursor")
  func layout() throws {
    let expected = """
      ;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4660
      ;; flags: qr aa; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1

      ;; OPT PSEUDOSECTION:
      ; EDNS: version: 0, flags: do; udp: 1232
      ; NSID: 61 62 ("ab")
      ; EDE: 18 (Prohibited): (a..b)
      ;; QUESTION SECTION:
      ;mail.a.\t\t\t\tIN\tA

      ;; ANSWER SECTION:
      mail.a.\t\t\t60\tIN\tA\t192.0.2.11


      """
    #expect(try ReceivedMessage(reply).text == expected)
  }

  @Test("The upper bits of the response code are in the OPT")
  func extendedCode() throws {
    var bad = header(1, 0, 0, 1) + question + hex("00 0029 04d0 01 00 0000 0000")
    bad[3] = 7
    #expect(try ReceivedMessage(bad).code == .badCookie)
  }

  @Test("A reply that is cut anywhere is refused, and nothing is read beyond its end")
  func cut() {
    for length in 0..<reply.count {
      #expect(throws: ReceivedMessage.Fault.self, "\(length) octets") { try ReceivedMessage(Array(reply[..<length])) }
    }
    #expect(throws: ReceivedMessage.Fault.noHeader) { try ReceivedMessage([0x12]) }
    #expect(throws: ReceivedMessage.Fault.malformed(section: "answer", at: 24)) {
      try ReceivedMessage(Array(reply[..<39]))
    }
  }

  @Test(
    "Names that lead in circles, forwards, into the header or off the end are refused",
    arguments: ["c00c", "c018", "c019", "c000", "c00b", "c0", "ffff", "40 61 00", "80 00", "01", "3f 61"])
  func badNames(name: String) {
    let message = header(0, 1, 0, 0) + hex(name) + hex("0001 0001 0000003c 0004 c000020b")
    #expect(throws: ReceivedMessage.Fault.malformed(section: "answer", at: 12)) { try ReceivedMessage(message) }
  }

  @Test("A name of 255 octets is read, one of 256 and a long chain of pointers are refused")
  func longNames() throws {
    let label: [UInt8] = [63] + Array(repeating: 97, count: 63)
    let longest = label + label + label + [61] + Array(repeating: 98, count: 61) + [0]
    var reader = MessageReader(longest)
    #expect(reader.name()?.wire == longest && reader.isAtEnd)
    var tooLong = MessageReader(label + label + label + [62] + Array(repeating: 98, count: 62) + [0])
    #expect(tooLong.name() == nil)
    // A root name at 12, then pointers, each to the one before.
    for (count, isRead) in [(200, true), (300, false), (16_000, false)] {
      var chain = [UInt8](repeating: 0, count: 13)
      for index in 0..<count {
        let target = index == 0 ? 12 : 13 + 2 * (index - 1)
        guard target < 0x4000 else { break }
        chain += [0xC0 | UInt8(target >> 8), UInt8(target & 0xFF)]
      }
      var reader = MessageReader(chain, in: chain.count - 2..<chain.count)
      #expect((reader.name() != nil) == isRead, "\(count)")
    }
  }

  @Test("EDNS that is there twice, not at the root, or has options that run over is refused")
  func badExtensions() {
    let opt = hex("00 0029 04d0 00000000 0000")
    for wrong in [
      opt + opt, hex("01 61 00 0029 04d0 00000000 0000"), hex("00 0029 04d0 00000000 0005 0003 0002 61"),
    ] {
      let count: UInt16 = wrong.count == 2 * opt.count ? 2 : 1
      #expect(throws: ReceivedMessage.Fault.self) { try ReceivedMessage(header(0, 0, 0, count) + wrong) }
    }
  }

  @Test("Only a reply with the right ID and question belongs to a query")
  func mismatch() throws {
    var query = QueryMessage(name: try #require(DomainName("MAIL.a")), type: .a)
    query.identifier = 0x1234
    func verdict(_ change: (inout [UInt8]) -> Void) throws -> String? {
      var changed = reply
      change(&changed)
      return query.mismatch(with: try ReceivedMessage(changed))
    }
    #expect(try verdict { _ in } == nil)
    #expect(try verdict { $0[2] = 4 } == "it is no reply")
    #expect(try verdict { $0[2] = 0xA4 } == "its OPCODE is 4, not 0")
    #expect(try verdict { $0[0] = 0 } == "its ID is 52, not 4660")
    #expect(try verdict { $0[13] = 0x6E } == "its question is another one")
    #expect(try verdict { $0[21] = 28 } == "its question is another one")
    #expect(try verdict { $0[23] = 3 } == "its question is another one")
    // A server that could not read the query answers with a header alone; not with data.
    var error = header(0, 0, 0, 0)
    #expect(query.mismatch(with: try ReceivedMessage(error)) == "it has no question")
    error[3] = 1
    #expect(query.mismatch(with: try ReceivedMessage(error)) == nil)
  }

  @Test("Replies with octets changed, cut and doubled are read within their bounds, and printed in plain ASCII")
  func mutations() {
    let seed = UInt64.random(in: .min ... .max)
    var generator = SeededGenerator(seed: seed)
    for round in 0..<20_000 {
      var changed = reply
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let at = Int.random(in: 2..<changed.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: changed[at] = UInt8.random(in: .min ... .max, using: &generator)
        case 1: changed[at] = generator.pick([0, 1, 0x3F, 0x40, 0xC0, 0xFF])
        case 2: changed.removeLast(min(changed.count - 3, Int.random(in: 0...4, using: &generator)))
        default: changed += changed[at...]
        }
        if changed.count > 2_000 { break }
      }
      guard let message = try? ReceivedMessage(changed) else { continue }
      let text = message.text + message.shortText
      #expect(
        text.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 9 || $0 == 10 }, "seed \(seed), round \(round)")
    }
  }

  @Test("Octets after the last record are mentioned")
  func trailing() throws {
    #expect(try ReceivedMessage(reply + [1, 2]).text.contains(";; WARNING: Message has 2 extra bytes at end\n"))
  }
}

@Suite("Queries of a client")
struct QueryMessageTests {
  @Test("A query is a header with RD and AD, the question, and an OPT unless there is to be none")
  func wire() throws {
    var query = QueryMessage(name: try #require(DomainName("mail.a")), type: .a)
    query.identifier = 0x1234
    let plain = hex("1234 0120 0001 0000 0000") + [0, 1] + question + hex("00 0029 04d0 00000000 0000")
    #expect(hexadecimal(query.octets) == hexadecimal(plain))
    query.asksRecursion = false
    query.extensions = nil
    #expect(hexadecimal(query.octets) == hexadecimal(hex("1234 0020 0001 0000 0000 0000") + question))
  }

  @Test("NSID, DO and a subnet are options of the OPT (RFC 5001, RFC 3225, RFC 7871)")
  func options() throws {
    var query = QueryMessage(name: .root, type: .ns)
    query.extensions?.dnssecOK = true
    query.extensions?.asksIdentifier = true
    query.extensions?.subnet = QueryMessage.Subnet("198.51.100.255/22")
    #expect(
      hexadecimal(query.octets.suffix(26))
        == hexadecimal(hex("00 0029 04d0 00008000 000f  0003 0000  0008 0007 0001 16 00 c63364")))
  }

  @Test(
    "Subnets",
    arguments: [
      ("192.0.2.7", "192.0.2.0/24"), ("192.0.2.7/32", "192.0.2.7/32"), ("192.0.2.7/0", "0.0.0.0/0"),
      ("2001:db8::1", "2001:db8::/56"), ("2001:db8::ffff/113", "2001:db8::8000/113"),
    ])
  func subnets(text: String, expected: String) throws {
    let subnet = try #require(QueryMessage.Subnet(text))
    #expect("\(subnet.address)/\(subnet.length)" == expected)
    for wrong in ["", "/24", "192.0.2.7/33", "192.0.2.7/+1", "192.0.2.7/", "2001:db8::/129"] {
      #expect(QueryMessage.Subnet(wrong) == nil, "\(wrong)")
    }
  }

  @Test("The names of addresses")
  func reverse() throws {
    func name(_ text: String) throws -> String {
      QueryMessage.reverseName(of: try #require(IPAddress(text))).description
    }
    #expect(try name("192.0.2.11") == "11.2.0.192.in-addr.arpa.")
    #expect(
      try name("2001:db8::1b") == "b.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.")
  }

  @Test("Types are asked for by name or number, but none of messages")
  func types() {
    for (text, number) in [("a", 1), ("RRSIG", 46), ("Any", 255), ("TYPE65", 65), ("type1", 1), ("SPF", 99)] {
      #expect(RecordType(queried: text)?.rawValue == UInt16(number), "\(text)")
    }
    for text in ["", "AXFR", "IXFR", "OPT", "TYPE41", "TYPE252", "TYPE0", "TSIG", "TYPE65536", "ROTATE"] {
      #expect(RecordType(queried: text) == nil, "\(text)")
    }
  }
}
