// Types that can be asked for by name, and those of signed zones that replies hold.

extension RecordType {
  static let nsap = RecordType(rawValue: 22)
  static let rrsig = RecordType(rawValue: 46)
  static let nsec = RecordType(rawValue: 47)
  static let nsec3 = RecordType(rawValue: 50)
  static let nsec3Parameters = RecordType(rawValue: 51)

  /// A type to ask for, by its name or as `TYPEnnn`; nil for what is no question to a name, such as OPT or AXFR.
  package init?(queried text: String) {
    guard
      let type = text.uppercased() == "ANY" ? .any : RecordType(mnemonic: text) ?? RecordType(numbered: text),
      type.rawValue != 0, !type.isOfMessages
    else { return nil }
    self = type
  }

  /// The mnemonic as other programs show it, or `TYPEnnn`.
  package var queryName: String { self == .any ? "ANY" : description }
}
