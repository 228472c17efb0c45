// The options in the OPT record of a query, read in one walk (RFC 6891 §6.1.2).
//
//  +0 (MSB)   +1 (LSB)
//  +-------------------------------+
//  |          OPTION-CODE          |
//  +-------------------------------+
//  |         OPTION-LENGTH         |
//  +-------------------------------+
//  /          OPTION-DATA          /
//  +-------------------------------+
//
// Unknown options are skipped, and so are those that mean nothing to an authority (chain, report channel, key tags) and
// padding, which only an encrypted transport may answer (RFC 7830 §6).

/// The numbers of the options known here.
public enum OptionCode {
  /// RFC 5001.
  @inlinable public static var nameServerIdentifier: UInt16 { 3 }
  /// RFC 7871.
  @inlinable public static var clientSubnet: UInt16 { 8 }
  /// RFC 7873.
  @inlinable public static var cookie: UInt16 { 10 }
  /// RFC 7828.
  @inlinable public static var keepalive: UInt16 { 11 }
  /// RFC 7830.
  @inlinable public static var padding: UInt16 { 12 }
  /// RFC 8914.
  @inlinable public static var extendedError: UInt16 { 15 }
}

/// The network for which a resolver asks (RFC 7871 §6).
public struct ClientSubnet: Equatable, Sendable {
  /// 1 for IPv4, 2 for IPv6; 0 when the option says nothing, and then the prefix is empty.
  public let family: UInt16
  /// SOURCE PREFIX-LENGTH, in bits.
  public let sourcePrefix: UInt8
  /// The address; bits after the prefix are zero.
  public let address: ClientAddress

  /// How many octets of the address the option carries.
  @inlinable public var octetCount: Int { (Int(sourcePrefix) &+ 7) &>> 3 }

  /// Reads the value at `start..<end` of `message`; nil when RFC 7871 §6 calls for FORMERR.
  init?(_ message: RawSpan, from start: Int, to end: Int) {
    guard end &- start >= 4 else { return nil }
    let family = message.uint16(at: start)
    let prefix = message.octet(at: start &+ 2)
    let width: UInt8
    switch family {
    case 0: width = 0
    case 1: width = 32
    case 2: width = 128
    default: return nil
    }
    let count = end &- start &- 4
    // SCOPE is the reply's to set, and the address has no octet too many or too few.
    guard prefix <= width, message.octet(at: start &+ 3) == 0, count == (Int(prefix) &+ 7) &>> 3 else { return nil }
    var (high, low): (UInt64, UInt64) = (0, 0)
    for index in 0..<count {
      let octet = UInt64(message.octet(at: start &+ 4 &+ index))
      if index < 8 { high |= octet &<< UInt64(56 &- 8 &* index) } else { low |= octet &<< UInt64(120 &- 8 &* index) }
    }
    // Not the usual way to make an IPv6 address: the option is taken to the letter, an IPv4-mapped address too.
    let address =
      family == 2
      ? ClientAddress(high: high, low: low, isIPv6: true) : ClientAddress(ipv4: UInt32(truncatingIfNeeded: high &>> 32))
    guard family == 0 || address.prefix(Int(prefix)) == address else { return nil }
    self.family = family
    sourcePrefix = prefix
    self.address = address
  }
}

/// What the options of a query ask for.
public struct QueryOptionList: Equatable, Sendable {
  /// What a query says of TCP keepalive. Over UDP it is ignored, whatever it says (RFC 7828 §3.3.1).
  public enum Keepalive: Equatable, Sendable {
    case absent, asked
    /// A client may not name a time: FORMERR over TCP.
    case withTime
  }

  /// The offset of the value of the first COOKIE in the message; empty when there is none (RFC 7873 §5.2).
  public private(set) var cookieStart = 0
  public private(set) var cookieLength = 0
  public private(set) var subnet: ClientSubnet?
  /// What the option holds in a query is ignored (RFC 5001 §2.1).
  public private(set) var asksIdentifier = false
  public private(set) var keepalive = Keepalive.absent

  /// No options.
  public init() {}

  /// The value of the COOKIE option.
  @inlinable public var cookie: Range<Int> { cookieStart..<cookieStart &+ cookieLength }
  /// Whether there is a COOKIE option; one without octets is malformed, so that it never gets here.
  @inlinable public var hasCookie: Bool { cookieLength != 0 }

  /// Walks the options at `start..<end` of `message`; nil when the reply is FORMERR.
  ///
  /// Each turn takes at least four octets. Of an option that comes twice the first counts.
  public init?(of message: RawSpan, from start: Int, to end: Int) {
    guard start >= 0, start <= end, end <= message.byteCount else { return nil }
    var at = start
    while at < end {
      guard end &- at >= 4 else { return nil }
      let code = message.uint16(at: at)
      let valueStart = at &+ 4
      let valueEnd = valueStart &+ Int(message.uint16(at: at &+ 2))
      guard valueEnd <= end, read(code, message, from: valueStart, to: valueEnd) else { return nil }
      at = valueEnd
    }
  }

  /// Reads one option; false when it is malformed.
  private mutating func read(_ code: UInt16, _ message: RawSpan, from start: Int, to end: Int) -> Bool {
    switch code {
    case OptionCode.cookie:
      guard !hasCookie else { return true }
      let length = end &- start
      guard length == CookieSecrets.clientLength || 16...40 ~= length else { return false }
      cookieStart = start
      cookieLength = length
    case OptionCode.clientSubnet:
      guard subnet == nil else { return true }
      subnet = ClientSubnet(message, from: start, to: end)
      return subnet != nil
    case OptionCode.nameServerIdentifier: asksIdentifier = true
    case OptionCode.keepalive where keepalive == .absent: keepalive = start == end ? .asked : .withTime
    default: break
    }
    return true
  }
}
