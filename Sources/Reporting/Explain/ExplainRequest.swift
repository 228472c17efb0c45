// What `rondo explain` asks the daemon, as one line on the control socket: `explain A,AAAA 192.0.2.7 mail.example.`

package import DNS

package struct ExplainRequest: Hashable, Sendable {
  package var name: DomainName
  /// At least one; none of them a query type such as ANY.
  package var types: [RecordType]
  /// For whom; nil for anybody.
  package var asker: IPAddress?

  package init(name: DomainName, types: [RecordType], asker: IPAddress?) {
    self.name = name
    self.types = types
    self.asker = asker
  }

  /// The words of the line behind the command.
  package var words: String {
    "\(types.map(\.description).joined(separator: ",")) \(asker?.description ?? "-") \(name)"
  }

  package init?(words: Substring) {
    let parts = words.split(separator: " ")
    guard parts.count == 3, let name = DomainName(parts[2]) else { return nil }
    let types = parts[0].split(separator: ",").map { RecordType(asked: String($0)) }
    guard !types.isEmpty, !types.contains(nil) else { return nil }
    guard parts[1] == "-" || IPAddress(parts[1]) != nil else { return nil }
    self.init(name: name, types: types.compactMap { $0 }, asker: IPAddress(parts[1]))
  }
}

extension RecordType {
  /// The type that a zone may hold, by its name or as `TYPEnnn`; nil for query types.
  package init?(asked text: String) {
    guard let type = RecordType(mnemonic: text) ?? RecordType(numbered: text), !type.isMeta else { return nil }
    self = type
  }
}
