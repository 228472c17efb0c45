// The query that a client sends, and which reply belongs to it.

/// One question to a server.
package struct QueryMessage: Sendable {
  /// What an OPT record says (RFC 6891 §6.1.3).
  package struct Extensions: Hashable, Sendable {
    /// The largest UDP payload that is taken, in octets: as much as travels without fragments.
    package static let payloadSize: UInt16 = 1232

    /// DO: DNSSEC records are asked for (RFC 3225 §3).
    package var dnssecOK = false
    /// Asks which server answers (RFC 5001).
    package var asksIdentifier = false
    /// For which network is asked (RFC 7871): an address, and how many of its bits.
    package var subnet: Subnet?

    package init() {}
  }

  package struct Subnet: Hashable, Sendable {
    package var address: IPAddress
    /// 0–32 for IPv4, 0–128 for IPv6; the bits of the address after it are zero.
    package var length: UInt8

    /// Reads `192.0.2.0/24`, or an address, which is /24 or /56; bits after the prefix are cleared. Nil for anything else.
    package init?(_ text: String) {
      let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      guard let first = parts.first, let address = IPAddress(first) else { return nil }
      var length: UInt8 = address.family == .ipv4 ? 24 : 56
      if parts.count == 2 {
        guard let written = UInt8(parts[1]), parts[1].first != "+", Int(written) <= address.octets.count * 8 else {
          return nil
        }
        length = written
      }
      let cleared = address.octets.enumerated().map { index, octet in
        octet & UInt8(truncatingIfNeeded: 0xFF00 >> min(8, max(0, Int(length) - 8 * index)))
      }
      guard let network = IPAddress(octets: cleared) else { return nil }
      self.address = network
      self.length = length
    }
  }

  package var name: DomainName
  package var type: RecordType
  package var recordClass: UInt16 = RecordClass.internet
  /// RD: a resolver is to look for the answer; an authority ignores it.
  package var asksRecursion = true
  /// Nil for a query without OPT.
  package var extensions: Extensions? = Extensions()
  package var identifier: UInt16 = 0

  package init(name: DomainName, type: RecordType) {
    self.name = name
    self.type = type
  }

  /// The message in wire form.
  package var octets: [UInt8] {
    var message = RecordData()
    message.append(identifier)
    // AD in a query asks a validating resolver for its verdict (RFC 6840 §5.7).
    message.append((asksRecursion ? MessageHeader.recursionDesired : 0) | MessageHeader.authenticData)
    for count in [1, 0, 0, extensions == nil ? 0 : 1] as [UInt16] { message.append(count) }
    message.append(name.wire)
    message.append(type.rawValue)
    message.append(recordClass)
    guard let extensions else { return message.bytes }
    let options = extensions.options
    message.append(UInt8(0))
    message.append(RecordType.opt.rawValue)
    message.append(Extensions.payloadSize)
    message.append(UInt32(extensions.dnssecOK ? QueryRecords.dnssecOK : 0))
    message.append(UInt16(clamping: options.count))
    message.append(options)
    return message.bytes
  }

  /// Why a message does not belong to this query; nil when it is its reply.
  ///
  /// Servers that cannot read a query may answer without its question (RFC 1035 §4.1.1): with an error, and nothing else.
  package func mismatch(with reply: ReceivedMessage) -> String? {
    if !reply.isReply { return "it is no reply" }
    if reply.identifier != identifier { return "its ID is \(reply.identifier), not \(identifier)" }
    if reply.opcode != Opcode.query { return "its OPCODE is \(reply.opcode), not 0" }
    guard let question = reply.questions.first else {
      let isEmpty = reply.answers.isEmpty && reply.authority.isEmpty
      return reply.code != .noError && isEmpty ? nil : "it has no question"
    }
    guard reply.questions.count == 1, question.name == name, question.type == type, question.recordClass == recordClass
    else { return "its question is another one" }
    return nil
  }

  /// The name under which the name of an address is found, in `in-addr.arpa` or `ip6.arpa` (RFC 1035 §3.5, RFC 3596 §2.5).
  package static func reverseName(of address: IPAddress) -> DomainName {
    let text: String
    switch address.family {
    case .ipv4: text = address.octets.reversed().map { "\($0)." }.joined() + "in-addr.arpa."
    case .ipv6:
      let digits = address.octets.reversed().flatMap { [$0 & 0xF, $0 >> 4] }
      text = digits.map { String($0, radix: 16) + "." }.joined() + "ip6.arpa."
    }
    // Both are far from the limits of a name.
    return DomainName(text) ?? .root
  }
}

extension QueryMessage.Extensions {
  /// The options in wire form (RFC 6891 §6.1.2).
  fileprivate var options: [UInt8] {
    var data = RecordData()
    if asksIdentifier {
      data.append(OptionCode.nameServerIdentifier)
      data.append(UInt16(0))
    }
    if let subnet {
      let octets = subnet.address.octets.prefix((Int(subnet.length) + 7) / 8)
      data.append(OptionCode.clientSubnet)
      data.append(UInt16(4 + octets.count))
      data.append(UInt16(subnet.address.family == .ipv4 ? 1 : 2))
      data.append(subnet.length)
      data.append(UInt8(0))
      data.append(octets)
    }
    return data.bytes
  }
}
