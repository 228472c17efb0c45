// A received message as text in the layout of `dig`, which everybody who looks at DNS knows how to read.

extension ReceivedMessage {
  /// The data of each record in the answer, a line each.
  package var shortText: String { answers.map { RecordText.text(of: $0.type, in: octets, $0.data) + "\n" }.joined() }

  /// Header, EDNS, question and the three sections; every section is followed by an empty line.
  package var text: String {
    var text = headerText
    if trailingCount > 0 { text += ";; WARNING: Message has \(trailingCount) extra bytes at end\n" }
    text += "\n"
    if let extensions { text += extensions.text }
    if !questions.isEmpty {
      text += ";; QUESTION SECTION:\n"
      for question in questions {
        var line = Columns(question.name.description)
        line.add(ReceivedMessage.className(question.recordClass), at: 32)
        line.add(question.type.queryName, at: 40)
        text += ";" + line.text + "\n"
      }
      text += "\n"
    }
    for (title, records) in [("ANSWER", answers), ("AUTHORITY", authority), ("ADDITIONAL", additional)]
    where !records.isEmpty {
      text += ";; \(title) SECTION:\n" + records.map { line(of: $0) + "\n" }.joined() + "\n"
    }
    return text
  }

  private var headerText: String {
    let names: [(bit: UInt16, name: String)] = [
      (MessageHeader.response, "qr"), (MessageHeader.authoritative, "aa"), (MessageHeader.truncated, "tc"),
      (MessageHeader.recursionDesired, "rd"), (MessageHeader.recursionAvailable, "ra"),
      (MessageHeader.authenticData, "ad"), (MessageHeader.checkingDisabled, "cd"),
    ]
    let set = names.filter { flags & $0.bit != 0 }.map { " " + $0.name }.joined()
    let reserved = flags & MessageHeader.reserved == 0 ? "" : "; MBZ: 0x4"
    return """
      ;; ->>HEADER<<- opcode: \(ReceivedMessage.opcodeName(opcode)), status: \(code.name), id: \(identifier)
      ;; flags:\(set)\(reserved); QUERY: \(questions.count), ANSWER: \(answers.count), \
      AUTHORITY: \(authority.count), ADDITIONAL: \(additionalCount)

      """
  }

  private func line(of record: Record) -> String {
    var line = Columns(record.owner.description)
    line.add("\(record.ttl)", at: 24)
    line.add(ReceivedMessage.className(record.recordClass), at: 32)
    line.add(record.type.queryName, at: 40)
    line.add(RecordText.text(of: record.type, in: octets, record.data), at: 48)
    return line.text
  }

  private static func className(_ number: UInt16) -> String {
    switch number {
    case RecordClass.internet: "IN"
    case RecordClass.chaos: "CH"
    case 4: "HS"
    case 254: "NONE"
    case RecordClass.any: "ANY"
    default: "CLASS\(number)"
    }
  }

  private static func opcodeName(_ number: UInt8) -> String {
    switch number {
    case 0: "QUERY"
    case 1: "IQUERY"
    case 2: "STATUS"
    case 4: "NOTIFY"
    case 5: "UPDATE"
    default: "RESERVED\(number)"
    }
  }
}

extension ResponseCode {
  /// `NXDOMAIN`, as registered (IANA, "DNS RCODEs").
  package var name: String {
    let names = [
      "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH",
      "NOTZONE",
    ]
    return switch Int(rawValue) {
    case names.indices: names[Int(rawValue)]
    case 16: "BADVERS"
    case 23: "BADCOOKIE"
    default: "RESERVED\(rawValue)"
    }
  }
}

/// Words under each other, with tabs between them.
private struct Columns {
  private(set) var text: String
  private var column: Int

  init(_ text: String) {
    self.text = text
    column = text.utf8.count
  }

  /// Goes on at a column, or one space after what is there.
  mutating func add(_ word: String, at column: Int) {
    let target = max(column, self.column + 1)
    let tabs = target / 8 - self.column / 8
    text += String(repeating: "\t", count: tabs)
    text += String(repeating: " ", count: tabs > 0 ? target % 8 : target - self.column)
    text += word
    self.column = target + word.utf8.count
  }
}

// MARK: - EDNS

extension ReceivedMessage.Extensions {
  fileprivate var text: String {
    let known: [(bit: UInt16, name: String)] = [(QueryRecords.dnssecOK, "do")]
    let set = known.filter { flags & $0.bit != 0 }.map { " " + $0.name }.joined()
    let others = flags & ~QueryRecords.dnssecOK
    let reserved = others == 0 ? "" : "; MBZ: 0x\(RecordText.hexadecimal([UInt8(others >> 8), UInt8(others & 0xFF)]))"
    return """
      ;; OPT PSEUDOSECTION:
      ; EDNS: version: \(version), flags:\(set)\(reserved); udp: \(payloadSize)

      """ + options.map { "; \($0.text)\n" }.joined()
  }
}

extension ReceivedMessage.Extensions.Option {
  fileprivate var text: String {
    var reader = MessageReader(value)
    switch code {
    case OptionCode.nameServerIdentifier: return "NSID: \(octetText)"
    case OptionCode.clientSubnet: return "CLIENT-SUBNET: \(subnetText ?? octetText)"
    case OptionCode.cookie: return "COOKIE: \(RecordText.hexadecimal(value).lowercased())"
    case OptionCode.keepalive:
      guard value.count == 2, let tenths = reader.uint16() else { return "TCP-KEEPALIVE: \(octetText)" }
      return "TCP-KEEPALIVE: \(tenths / 10).\(tenths % 10) secs"
    case OptionCode.padding: return "PAD: (\(value.count) bytes)"
    case OptionCode.extendedError:
      guard let number = reader.uint16() else { return "EDE: \(octetText)" }
      let reason = reader.rest()
      return "EDE: \(number)\(Self.errorName(number).map { " (\($0))" } ?? "")"
        + (reason.isEmpty ? "" : ": (\(printable(reason)))")
    default: return "OPT=\(code): \(octetText)"
    }
  }

  /// `65 78 31 ("ex1")`
  private var octetText: String {
    value.map { RecordText.hexadecimal([$0]).lowercased() }.joined(separator: " ") + " (\"\(printable(value[...]))\")"
  }

  /// Octets that could move the cursor or end the line become dots.
  private func printable(_ octets: ArraySlice<UInt8>) -> String {
    String(decoding: octets.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
  }

  /// `192.0.2.0/24/0`: address, source and scope prefix (RFC 7871 §6).
  private var subnetText: String? {
    var reader = MessageReader(value)
    guard let family = reader.uint16(), let source = reader.uint8(), let scope = reader.uint8() else { return nil }
    let octets = Array(reader.rest())
    let width = family == 1 ? 4 : family == 2 ? 16 : 0
    guard octets.count <= width,
      let address = IPAddress(octets: octets + [UInt8](repeating: 0, count: width - octets.count))
    else { return nil }
    return "\(address)/\(source)/\(scope)"
  }

  /// RFC 8914 §4, those that servers and resolvers of mail names give.
  private static func errorName(_ number: UInt16) -> String? {
    let names = [
      "Other", "Unsupported DNSKEY Algorithm", "Unsupported DS Digest Type", "Stale Answer", "Forged Answer",
      "DNSSEC Indeterminate", "DNSSEC Bogus", "Signature Expired", "Signature Not Yet Valid", "DNSKEY Missing",
      "RRSIGs Missing", "No Zone Key Bit Set", "NSEC Missing", "Cached Error", "Not Ready", "Blocked", "Censored",
      "Filtered", "Prohibited", "Stale NXDOMAIN Answer", "Not Authoritative", "Not Supported",
      "No Reachable Authority", "Network Error", "Invalid Data",
    ]
    return names.indices.contains(Int(number)) ? names[Int(number)] : nil
  }
}
