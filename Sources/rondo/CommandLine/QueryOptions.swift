// `rondo query`: its words, which may be those that people know from dig: `+short`, `@ADDR`, `-x ADDR`, `-p PORT`.

import DNS

struct QueryOptions: Hashable {
  enum Output: Hashable {
    case full
    /// The data of the answer alone.
    case short
  }

  enum Transport: Hashable {
    case udpThenTCP
    /// A truncated reply is shown as it is.
    case udpAlone
    case tcp
  }

  var name: DomainName
  var type = RecordType.a
  var recordClass = RecordClass.internet
  var server = Defaults.dnsServer
  var transport = Transport.udpThenTCP
  var asksRecursion = true
  /// Nil for a query without EDNS.
  var extensions: QueryMessage.Extensions? = QueryMessage.Extensions()
  /// How long one attempt may take, in seconds.
  var time = 5
  /// How often is asked over UDP.
  var tries = 3
  var output = Output.full
}

extension QueryOptions {
  init(_ reader: ArgumentReader) throws(UsageError) {
    let servers = reader.operands.filter { $0.hasPrefix("@") }
    var words = reader.operands.filter { !$0.hasPrefix("@") }[...]
    if servers.count > 1 { throw .unexpectedArgument(servers[1], of: .query) }
    if let text = reader.value(.reverse) {
      guard let address = IPAddress(text) else {
        throw .badValue(
          text, option: CommandOption.reverse.name, of: .query,
          expected: "an address, such as 192.0.2.11 or 2001:db8::11")
      }
      self.init(name: QueryMessage.reverseName(of: address))
      type = .ptr
    } else {
      self.init(name: try QueryOptions.name(&words))
    }
    try readTypeAndClass(words)
    if let text = servers.first { server = try QueryOptions.server(text.dropFirst()) }
    if let number = try reader.number(.port, in: 1...65_535) {
      if let text = servers.first, try QueryOptions.server(text.dropFirst(), port: UInt16(number)).port != number {
        throw .conflict(CommandOption.port.name, text, of: .query)
      }
      server.port = UInt16(number)
    }
    time = try reader.number(.time, in: 1...60) ?? time
    tries = try reader.number(.tries, in: 1...10) ?? tries
    if reader.has(.short) { output = .short }
    if reader.has(.noRecursion) { asksRecursion = false }
    if reader.has(.tcp) && reader.has(.ignore) {
      throw .conflict(CommandOption.tcp.name, CommandOption.ignore.name, of: .query)
    }
    // Over UDP a server may answer ANY with one RRset alone (RFC 8482 §4).
    let isForAll = type == .any && !reader.has(.ignore)
    transport = reader.has(.tcp) || isForAll ? .tcp : reader.has(.ignore) ? .udpAlone : .udpThenTCP
    try readExtensions(reader)
  }

  /// The first operand, which `dig MX kreis.example` has second.
  private static func name(_ words: inout ArraySlice<String>) throws(UsageError) -> DomainName {
    guard let first = words.first else { throw .missingOperand("a domain name", of: .query) }
    if words.count == 2, let last = words.last, RecordType(queried: first) != nil, RecordType(queried: last) == nil,
      RecordClass.number(queried: last) == nil
    {
      words = [last, first]
    }
    guard let text = words.popFirst(), let name = DomainName(text) else {
      throw .badOperand(first, of: .query, expected: "a domain name such as mail.kreis.example")
    }
    return name
  }

  /// A type and a class, either first, each at most once.
  private mutating func readTypeAndClass(_ words: ArraySlice<String>) throws(UsageError) {
    var hasType = false
    var hasClass = false
    for word in words {
      if let type = RecordType(queried: word), !hasType {
        self.type = type
        hasType = true
      } else if let recordClass = RecordClass.number(queried: word), !hasClass {
        self.recordClass = recordClass
        hasClass = true
      } else if hasType {
        throw .unexpectedArgument(word, of: .query)
      } else if word.uppercased() == "AXFR" || word.uppercased().hasPrefix("IXFR") {
        throw .badOperand(
          word, of: .query, expected: "the type of a record; whole zones are fetched by secondaries, or by dig and kdig"
        )
      } else {
        throw .badOperand(word, of: .query, expected: "a record type such as A, AAAA, MX or TYPE65 after the name")
      }
    }
  }

  /// - Parameter port: for an address without one.
  private static func server(
    _ text: Substring, port: UInt16 = Defaults.dnsPort
  ) throws(UsageError) -> SocketEndpoint {
    guard let server = SocketEndpoint(String(text), defaultPort: port), server.port > 0 else {
      throw .badOperand(
        "@" + text, of: .query,
        expected: "the address of a server, such as @192.0.2.53, @192.0.2.53:5353 or @[2001:db8::53]:5353; "
          + "names are not looked up")
    }
    return server
  }

  private mutating func readExtensions(_ reader: ArgumentReader) throws(UsageError) {
    for option in [CommandOption.dnssec, .identity, .subnet] where reader.has(.noEDNS) && reader.has(option) {
      throw .conflict(CommandOption.noEDNS.name, option.name, of: .query)
    }
    guard !reader.has(.noEDNS) else {
      extensions = nil
      return
    }
    var extensions = QueryMessage.Extensions()
    extensions.dnssecOK = reader.has(.dnssec)
    extensions.asksIdentifier = reader.has(.identity)
    if let text = reader.value(.subnet) {
      guard let subnet = QueryMessage.Subnet(text) else {
        throw .badValue(
          text, option: CommandOption.subnet.name, of: .query,
          expected: "a network such as 192.0.2.0/24 or 2001:db8::/56")
      }
      extensions.subnet = subnet
    }
    self.extensions = extensions
  }
}

extension RecordClass {
  /// `IN` or `CH` as a class to ask for; nil for anything else.
  fileprivate static func number(queried text: String) -> UInt16? {
    switch text.uppercased() {
    case "IN": RecordClass.internet
    case "CH": RecordClass.chaos
    default: nil
    }
  }
}
