// RDATA given as octets: what is in it, and whether it is whole (RFC 3597 §5).
//
// A type's RDATA is a row of fields. Types without names, and those unknown here, are octets and nothing more.

extension RecordData {
  /// A field of RDATA, as far as it matters to find the names and the end.
  private enum Field {
    case octets(Int)
    /// A name of an RFC 1035 type: replies may compress it (RFC 3597 §4).
    case compressibleName
    case name
    /// Length octet and that many octets (RFC 1035 §3.3).
    case string
    /// One or more strings to the end.
    case strings
    /// At least so many octets, to the end.
    case rest(atLeast: Int)
    case serviceParameters
  }

  /// Nil for types that are octets only.
  private static func fields(of type: RecordType) -> [Field]? {
    switch type {
    case .a: [.octets(4)]
    case .aaaa: [.octets(16)]
    case .ns, .cname, .ptr: [.compressibleName]
    case .soa: [.compressibleName, .compressibleName, .octets(20)]
    case .mx: [.octets(2), .compressibleName]
    case .txt: [.strings]
    case .hinfo: [.string, .string]
    case .rp: [.name, .name]
    case .loc: [.octets(16)]
    case .srv: [.octets(6), .name]
    case .naptr: [.octets(4), .string, .string, .string, .name]
    case .dname: [.name]
    case .ds: [.octets(4), .rest(atLeast: 1)]
    case .sshfp: [.octets(2), .rest(atLeast: 1)]
    case .tlsa, .smimea: [.octets(3), .rest(atLeast: 1)]
    case .svcb, .https: [.octets(2), .name, .serviceParameters]
    case .uri: [.octets(4), .rest(atLeast: 1)]
    case .caa: [.octets(1), .string, .rest(atLeast: 0)]
    default: nil
    }
  }

  /// Takes RDATA in wire form, its names uncompressed; nil when it is not whole for its type.
  package init?(_ type: RecordType, octets: [UInt8]) {
    self.init()
    guard octets.count <= 65_535 else { return nil }
    guard let fields = RecordData.fields(of: type) else {
      append(octets)
      return
    }
    var at = 0
    for field in fields {
      guard let end = take(field, of: octets, from: at) else { return nil }
      at = end
    }
    guard at == octets.count else { return nil }
  }

  /// Appends one field; nil when it is not whole, else where the next one begins.
  private mutating func take(_ field: Field, of octets: [UInt8], from start: Int) -> Int? {
    var end = start
    switch field {
    case .octets(let count): end += count
    case .compressibleName, .name:
      guard let name = DomainName(prefixOf: octets[start...]) else { return nil }
      if case .name = field { append(name, isCompressible: false) } else { append(name, isCompressible: true) }
      return start + name.wire.count
    case .string:
      guard start < octets.count else { return nil }
      end += 1 + Int(octets[start])
    case .strings:
      guard start < octets.count else { return nil }
      while end < octets.count { end += 1 + Int(octets[end]) }
    case .rest(let least):
      end = octets.count
      guard end - start >= least else { return nil }
    case .serviceParameters:
      guard ServiceParameter.areWellFormed(octets[start...]) else { return nil }
      end = octets.count
    }
    guard end <= octets.count else { return nil }
    append(octets[start..<end])
    return end
  }

  /// RDATA with its names in lower case: equal for records that mean the same (RFC 4343).
  package var canonicalBytes: [UInt8] {
    var canonical = bytes
    for embedded in names {
      var at = embedded.offset
      while canonical[at] != 0 {
        let end = at + 1 + Int(canonical[at])
        for index in at + 1..<end { canonical[index] = lowercased(canonical[index]) }
        at = end
      }
    }
    return canonical
  }
}

extension DomainName {
  /// The uncompressed name at the front of `octets`; nil when there is none.
  init?(prefixOf octets: ArraySlice<UInt8>) {
    var end = octets.startIndex
    while end < octets.endIndex, octets[end] != 0 {
      guard octets[end] <= DomainName.maximumLabelLength else { return nil }
      end += 1 + Int(octets[end])
    }
    guard end < octets.endIndex, end + 1 - octets.startIndex <= DomainName.maximumLength else { return nil }
    self.init(uncheckedWire: Array(octets[octets.startIndex...end]))
  }
}
