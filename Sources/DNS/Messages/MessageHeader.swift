// The twelve octets every message begins with (RFC 1035 §4.1.1).
//
//   0                   1
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
//  +-------------------------------+
//  |              ID               |   0
//  |QR| Opcode |AA|TC|RD|RA|Z|AD|CD| RCODE   2
//  |            QDCOUNT            |   4
//  |            ANCOUNT            |   6
//  |            NSCOUNT            |   8
//  |            ARCOUNT            |  10
//  +-------------------------------+

/// The offsets of the header's fields, in octets, and the bits of its flags field.
public enum MessageHeader {
  @inlinable public static var length: Int { 12 }

  @inlinable public static var identifierOffset: Int { 0 }
  @inlinable public static var flagsOffset: Int { 2 }
  @inlinable public static var questionCountOffset: Int { 4 }
  @inlinable public static var answerCountOffset: Int { 6 }
  @inlinable public static var authorityCountOffset: Int { 8 }
  @inlinable public static var additionalCountOffset: Int { 10 }

  @inlinable public static var response: UInt16 { 0x8000 }
  @inlinable public static var opcodeMask: UInt16 { 0x7800 }
  @inlinable public static var authoritative: UInt16 { 0x0400 }
  @inlinable public static var truncated: UInt16 { 0x0200 }
  @inlinable public static var recursionDesired: UInt16 { 0x0100 }
  package static let recursionAvailable: UInt16 = 0x0080
  /// The bit that must be zero.
  package static let reserved: UInt16 = 0x0040
  package static let authenticData: UInt16 = 0x0020
  @inlinable public static var checkingDisabled: UInt16 { 0x0010 }
  /// What a reply copies from its query: OPCODE, RD, CD.
  @inlinable public static var echoed: UInt16 { opcodeMask | recursionDesired | checkingDisabled }
  @inlinable public static var responseCodeMask: UInt16 { 0x000F }
}
