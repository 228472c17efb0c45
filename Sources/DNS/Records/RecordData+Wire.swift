// RDATA given as octets: what is in it, and whether it is whole (RFC 3597 §5).
//
// A type's RDATA is a row of fields (RecordFormats.swift). Types that are unknown there are octets and nothing more.

extension RecordData {
  /// Takes RDATA in wire form, its names uncompressed; nil when it is not whole for its type.
  package init?(_ type: RecordType, octets: [UInt8]) {
    self.init()
    guard octets.count <= RecordData.mostOctets else { return nil }
    guard let format = RecordFormat.of(type) else {
      append(octets)
      return
    }
    var at = 0
    for field in format.fields {
      guard let end = copy(field, of: octets, from: at) else { return nil }
      at = end
    }
    guard at == octets.count else { return nil }
  }

  /// Appends one field; nil when it is not whole, else where the next one begins.
  private mutating func copy(_ field: RecordField, of octets: [UInt8], from start: Int) -> Int? {
    var end = start
    switch field {
    case .number8, .algorithm: end += 1
    case .number16, .certificateKind: end += 2
    case .number32, .ipv4: end += 4
    case .nodeIdentifier: end += 8
    case .ipv6: end += 16
    case .octets(let count), .hardwareAddress(let count): end += count
    case .compressibleName, .compressibleMailbox, .name, .mailbox:
      guard let name = DomainName(prefixOf: octets[start...]) else { return nil }
      append(name, isCompressible: field.isCompressible)
      return start + name.wire.count
    case .string, .lastString:
      if case .lastString = field, start == octets.count { return start }
      guard start < octets.count else { return nil }
      end += 1 + Int(octets[start])
    case .strings:
      guard start < octets.count else { return nil }
      while end < octets.count { end += 1 + Int(octets[end]) }
    case .rest(let least), .hexadecimal(_, let least), .base64(_, let least):
      end = octets.count
      guard end - start >= least else { return nil }
    case .types:
      guard RecordData.isTypeBitMap(octets[start...]) else { return nil }
      end = octets.count
    case .serviceParameters:
      guard ServiceParameter.areWellFormed(octets[start...]) else { return nil }
      end = octets.count
    }
    guard end <= octets.count else { return nil }
    append(octets[start..<end])
    return end
  }

  /// Whether these are windows of types in rising order, none of them empty (RFC 4034 §4.1.2).
  private static func isTypeBitMap(_ octets: ArraySlice<UInt8>) -> Bool {
    var rest = octets
    var last = -1
    while let window = rest.first {
      guard let length = rest.dropFirst().first, (1...32).contains(length), rest.count >= 2 + Int(length),
        Int(window) > last
      else { return false }
      last = Int(window)
      rest = rest.dropFirst(2 + Int(length))
    }
    return true
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

extension RecordField {
  /// Whether a reply may compress the name that the field is.
  package var isCompressible: Bool {
    switch self {
    case .compressibleName, .compressibleMailbox: true
    default: false
    }
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
