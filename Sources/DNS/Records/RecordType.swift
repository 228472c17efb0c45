// The registries' numbers by name: record types, classes, response codes, opcodes (RFC 1035 §3.2, RFC 6895).

/// A record type, or a query type such as ANY.
public struct RecordType: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt16
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Compares numbers; written out, because the derived form is not inlined into other modules.
  @inlinable public static func == (one: RecordType, other: RecordType) -> Bool { one.rawValue == other.rawValue }

  @inlinable public static var a: RecordType { RecordType(rawValue: 1) }
  @inlinable public static var ns: RecordType { RecordType(rawValue: 2) }
  @inlinable public static var cname: RecordType { RecordType(rawValue: 5) }
  @inlinable public static var soa: RecordType { RecordType(rawValue: 6) }
  @inlinable public static var ptr: RecordType { RecordType(rawValue: 12) }
  @inlinable public static var mx: RecordType { RecordType(rawValue: 15) }
  @inlinable public static var txt: RecordType { RecordType(rawValue: 16) }
  @inlinable public static var aaaa: RecordType { RecordType(rawValue: 28) }
  @inlinable public static var loc: RecordType { RecordType(rawValue: 29) }
  @inlinable public static var srv: RecordType { RecordType(rawValue: 33) }
  @inlinable public static var naptr: RecordType { RecordType(rawValue: 35) }
  @inlinable public static var dname: RecordType { RecordType(rawValue: 39) }
  @inlinable public static var opt: RecordType { RecordType(rawValue: 41) }
  @inlinable public static var ds: RecordType { RecordType(rawValue: 43) }
  @inlinable public static var sshfp: RecordType { RecordType(rawValue: 44) }
  @inlinable public static var tlsa: RecordType { RecordType(rawValue: 52) }
  @inlinable public static var smimea: RecordType { RecordType(rawValue: 53) }
  @inlinable public static var svcb: RecordType { RecordType(rawValue: 64) }
  @inlinable public static var https: RecordType { RecordType(rawValue: 65) }
  @inlinable public static var tkey: RecordType { RecordType(rawValue: 249) }
  @inlinable public static var tsig: RecordType { RecordType(rawValue: 250) }
  @inlinable public static var ixfr: RecordType { RecordType(rawValue: 251) }
  @inlinable public static var axfr: RecordType { RecordType(rawValue: 252) }
  @inlinable public static var any: RecordType { RecordType(rawValue: 255) }
  @inlinable public static var spf: RecordType { RecordType(rawValue: 99) }
  @inlinable public static var uri: RecordType { RecordType(rawValue: 256) }
  @inlinable public static var caa: RecordType { RecordType(rawValue: 257) }

  /// Whether the type says something of the messages themselves, so that no question about data has it: OPT, TKEY,
  /// TSIG, IXFR, AXFR.
  @inlinable public var isOfMessages: Bool {
    self == .opt || (RecordType.tkey.rawValue...RecordType.axfr.rawValue).contains(rawValue)
  }

  /// The type with this mnemonic, letter case ignored; nil when the name is unknown here.
  public init?(mnemonic: String) { self.init(mnemonic: Array(mnemonic.utf8)[...]) }

  /// The same from the octets of the text.
  package init?(mnemonic text: ArraySlice<UInt8>) {
    guard let known = RecordFormat.type(named: text) else { return nil }
    self = known
  }

  /// The type written `TYPEnnn`, letter case ignored (RFC 3597 §5); nil when the text is no such thing.
  package init?(numbered text: String) {
    guard text.count > 4, text.prefix(4).uppercased() == "TYPE", text.dropFirst(4).allSatisfy(\.isASCIIDigit),
      let number = UInt16(text.dropFirst(4))
    else { return nil }
    self.init(rawValue: number)
  }

  /// Whether the number belongs to questions and to the machinery of messages, so that no zone holds such a record
  /// (RFC 6895 §3.1): 0, OPT, 128–255 and 65535.
  package var isMeta: Bool {
    switch rawValue {
    case 0, RecordType.opt.rawValue, 128...255, .max: true
    default: false
    }
  }
}

extension RecordType: CustomStringConvertible {
  /// The mnemonic, or `TYPEnnn` (RFC 3597 §5).
  public var description: String {
    RecordFormat.of(self)?.mnemonic ?? "TYPE\(rawValue)"
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) && utf8.count == 1 }
}

/// A record class (RFC 1035 §3.2.4).
public enum RecordClass {
  @inlinable public static var internet: UInt16 { 1 }
  @inlinable public static var chaos: UInt16 { 3 }
  @inlinable public static var any: UInt16 { 255 }
}

/// The RCODE of a reply; values over 15 need EDNS (RFC 6891 §6.1.3).
public struct ResponseCode: RawRepresentable, Hashable, Sendable, CaseIterable {
  public let rawValue: UInt16
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Compares numbers; written out, because the derived form is not inlined into other modules.
  @inlinable public static func == (one: ResponseCode, other: ResponseCode) -> Bool { one.rawValue == other.rawValue }

  @inlinable public static var noError: ResponseCode { ResponseCode(rawValue: 0) }
  @inlinable public static var formatError: ResponseCode { ResponseCode(rawValue: 1) }
  @inlinable public static var serverFailure: ResponseCode { ResponseCode(rawValue: 2) }
  @inlinable public static var nameError: ResponseCode { ResponseCode(rawValue: 3) }
  @inlinable public static var notImplemented: ResponseCode { ResponseCode(rawValue: 4) }
  @inlinable public static var refused: ResponseCode { ResponseCode(rawValue: 5) }
  /// RFC 6672 §2.2: a name that exists, or would, when it should not; here one that DNAME makes too long.
  @inlinable public static var nameExists: ResponseCode { ResponseCode(rawValue: 6) }
  /// RFC 8945 §5.2: a signature that is not believed.
  @inlinable public static var notAuthorized: ResponseCode { ResponseCode(rawValue: 9) }
  @inlinable public static var badVersion: ResponseCode { ResponseCode(rawValue: 16) }
  /// RFC 7873 §8.
  @inlinable public static var badCookie: ResponseCode { ResponseCode(rawValue: 23) }

  /// Those that this server gives.
  public static var allCases: [ResponseCode] {
    [
      .noError, .formatError, .serverFailure, .nameError, .notImplemented, .refused, .nameExists, .notAuthorized,
      .badVersion, .badCookie,
    ]
  }
}

/// The OPCODE of a message (RFC 1035 §4.1.1).
public enum Opcode {
  @inlinable public static var query: UInt8 { 0 }
}
