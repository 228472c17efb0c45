// A reply as the tests see it, and each record in it as dig would print it.

/// Why octets are no DNS message.
package struct ReadingError: Error, Equatable {
  package var what: String
  package var at: Int
}

/// A record as dig would print it.
package struct ResourceRecord: Hashable {
  /// Presentation form in the letter case of the packet, with the final dot.
  package var owner: String
  package var type: String
  package var recordClass: UInt16
  package var ttl: UInt32
  package var data: String
  /// RDATA with its names written out (RFC 3597 §4).
  package var octets: [UInt8]

  package var text: String {
    let recordClass = recordClass == 1 ? "IN" : "CLASS\(recordClass)"
    return "\(owner) \(ttl) \(recordClass) \(type)" + (data.isEmpty ? "" : " \(data)")
  }
}

/// A whole message.
package struct Message {
  package var identifier: UInt16 = 0
  package var flags: UInt16 = 0
  /// `name class type`, as dig prints it.
  package var questions: [String] = []
  package var answers: [ResourceRecord] = []
  package var authorities: [ResourceRecord] = []
  /// Without OPT.
  package var additionals: [ResourceRecord] = []
  package var options: Options?
  /// Pieces of the packet in order, each with what it says and the fields it is made of.
  package var pieces: [(text: String, fields: [Range<Int>])] = []

  /// OPT (RFC 6891 §6.1.3).
  package struct Options: Equatable {
    package var payloadSize: UInt16
    package var extendedCode: UInt8
    package var version: UInt8
    package var flags: UInt16

    package init(payloadSize: UInt16, extendedCode: UInt8, version: UInt8, flags: UInt16) {
      self.payloadSize = payloadSize
      self.extendedCode = extendedCode
      self.version = version
      self.flags = flags
    }
  }

  init() {}

  /// Reads a message that must end where its octets end.
  package init(_ octets: [UInt8]) throws(ReadingError) { self = try PacketReader.read(octets) }

  /// RCODE with the upper bits of OPT.
  package var code: Int { Int(flags & 0xF) | Int(options?.extendedCode ?? 0) << 4 }
  package var isAuthoritative: Bool { flags & 0x0400 != 0 }
  package var isTruncated: Bool { flags & 0x0200 != 0 }

  /// The flags as dig prints them; Z as "z".
  package var flagsText: String {
    let names: [(UInt16, String)] = [
      (0x8000, "qr"), (0x0400, "aa"), (0x0200, "tc"), (0x0100, "rd"), (0x0080, "ra"), (0x0040, "z"), (0x0020, "ad"),
      (0x0010, "cd"),
    ]
    return names.filter { flags & $0.0 != 0 }.map(\.1).joined(separator: " ")
  }

  package var codeText: String {
    let known = [
      0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED", 6: "YXDOMAIN", 9: "NOTAUTH",
      16: "BADVERS", 23: "BADCOOKIE",
    ]
    return known[code] ?? "RCODE\(code)"
  }

  /// Status line, then one line for each record with its section in front.
  package var text: [String] {
    ["\(codeText) \(flagsText)"] + answers.map { "answer \($0.text)" } + authorities.map { "authority \($0.text)" }
      + additionals.map { "additional \($0.text)" }
      + (options.map { ["opt \($0.payloadSize)\($0.flags & 0x8000 != 0 ? " do" : "")"] } ?? [])
  }
}
