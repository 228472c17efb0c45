// Zone files of one shape and any size: the cost of compiling each must grow as its size does.

/// What a zone file is full of.
enum ZoneShape: String, CaseIterable {
  /// A name with one address each.
  case names
  /// Names with two thousand TXT records each, which is about what a message can carry.
  case largeSets
  /// Zones of one name each.
  case zones
  /// Names of a hundred labels, no two of which share more than the zone.
  case deepNames
  case wildcards
  /// Zone cuts, each with a name server that has an address below the cut.
  case cuts
  /// Names whose nodes are picked by the asker's site, and as many sites.
  case sitesAndRotations
  /// Names that the index of owners hashes alike.
  case collisions

  /// The text of a zone file with about so many records.
  func text(records count: Int) -> [UInt8] {
    var text = Array("$ORIGIN example.\n$TTL 60\n@ SOA ns h 1 1h 15m 1w 60\n@ NS ns.other.\n".utf8)
    if self == .sitesAndRotations {
      text += Array(
        "$NODE ex1 192.0.2.1 site=s0\n$NODE ex2 192.0.2.2 site=s1\n$POOL p ex1 ex2 check=none prefer=site\n".utf8)
    }
    for number in 0..<count { append(number, to: &text) }
    return text
  }

  private func append(_ number: Int, to text: inout [UInt8]) {
    switch self {
    case .names: text += Array("n\(number) A 192.0.2.1\n".utf8)
    case .largeSets: text += Array("big\(number / 2_000) TXT \"text number \(number)\"\n".utf8)
    case .zones:
      text += Array("$ORIGIN z\(number).test.\n@ SOA ns h 1 1h 15m 1w 60\n@ NS ns.other.\n".utf8)
    case .deepNames:
      text += Array("\(String(repeating: "a.", count: 100))n\(number) A 192.0.2.1\n".utf8)
    case .wildcards: text += Array("*.n\(number) A 192.0.2.1\n".utf8)
    case .cuts: text += Array("c\(number) NS ns.c\(number)\nns.c\(number) A 192.0.2.1\n".utf8)
    case .sitesAndRotations:
      let (high, low) = (number >> 8, number & 0xFF)
      text += Array("$SITE s\(number) 10.\(high >> 8).\(high & 0xFF).\(low)/32\nn\(number) ROTATE p\n".utf8)
    case .collisions:
      // Each octet is 128 or 160, which differ in the bit of letter case alone and are no letters.
      for bit in 0..<32 { text += Array(number >> bit & 1 == 0 ? "\\128".utf8 : "\\160".utf8) }
      text += Array(" A 192.0.2.1\n".utf8)
    }
  }
}
