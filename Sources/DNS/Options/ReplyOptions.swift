// The options in the OPT record of a reply, each written after the one before.
//
// All functions here write at `end`, never beyond `limit`, and return the new end; nil, with nothing written, when
// the option does not fit. The caller then sets the OPT's RDLENGTH to what was written.

/// An extended error's number (RFC 8914 §5.2).
public enum ExtendedError: UInt16, Sendable {
  case other = 0
  case blocked = 15
  case prohibited = 18
  case notAuthoritative = 20
  case notSupported = 21
  case invalidData = 24
}

public enum ReplyOption {
  /// OPTION-CODE and OPTION-LENGTH, in octets.
  @inlinable public static var headLength: Int { 4 }

  @_lifetime(target: copy target)
  private static func header(
    _ code: UInt16, length: Int, to target: inout MutableRawSpan, at end: Int, limit: Int
  ) -> Int? {
    guard end >= 0, length <= Int(UInt16.max), min(limit, target.byteCount) &- end >= headLength &+ length
    else { return nil }
    target.store(code, at: end)
    target.store(UInt16(truncatingIfNeeded: length), at: end &+ 2)
    return end &+ 4
  }

  /// COOKIE: client and server cookie (RFC 7873 §4).
  ///
  /// - Parameters:
  ///   - option: the value of the option in the query.
  ///   - now: Unix time in seconds, modulo 2^32.
  @_lifetime(target: copy target)
  public static func appendCookie(
    _ secrets: CookieSecrets, answering option: RawSpan, _ verdict: CookieVerdict, to client: ClientAddress,
    now: UInt32, to target: inout MutableRawSpan, at end: Int, limit: Int
  ) -> Int? {
    guard option.byteCount >= CookieSecrets.clientLength,
      let value = header(OptionCode.cookie, length: CookieSecrets.length, to: &target, at: end, limit: limit)
    else { return nil }
    return secrets.write(answering: option, verdict, to: client, now: now, into: &target, at: value)
      .map { value &+ $0 }
  }

  /// NSID: what names this instance (RFC 5001 §2.3).
  @_lifetime(target: copy target)
  public static func appendIdentifier(
    _ identifier: RawSpan, to target: inout MutableRawSpan, at end: Int, limit: Int
  ) -> Int? {
    guard
      let value = header(
        OptionCode.nameServerIdentifier, length: identifier.byteCount, to: &target, at: end, limit: limit)
    else { return nil }
    target.copy(identifier, to: value)
    return value &+ identifier.byteCount
  }

  /// ECS: family, source prefix and address as asked, and the prefix that decided (RFC 7871 §7.2.1).
  ///
  /// - Parameter scope: in bits; 0 when the answer is the same for everybody.
  @_lifetime(target: copy target)
  public static func append(
    _ subnet: ClientSubnet, scope: UInt8, to target: inout MutableRawSpan, at end: Int, limit: Int
  ) -> Int? {
    let count = subnet.octetCount
    guard let value = header(OptionCode.clientSubnet, length: 4 &+ count, to: &target, at: end, limit: limit) else {
      return nil
    }
    target.store(subnet.family, at: value)
    target.store(subnet.sourcePrefix, at: value &+ 2)
    target.store(scope, at: value &+ 3)
    let (high, low) =
      subnet.address.isIPv6 ? (subnet.address.high, subnet.address.low) : (subnet.address.low &<< 32, 0)
    for index in 0..<count {
      let shifted = index < 8 ? high &>> UInt64(56 &- 8 &* index) : low &>> UInt64(120 &- 8 &* index)
      target.store(UInt8(truncatingIfNeeded: shifted), at: value &+ 4 &+ index)
    }
    return value &+ 4 &+ count
  }

  /// Extended error: a number, and a short text of UTF-8 as long as there is room for it (RFC 8914 §2).
  @_lifetime(target: copy target)
  public static func append(
    _ error: ExtendedError, text: RawSpan, to target: inout MutableRawSpan, at end: Int, limit: Int
  ) -> Int? {
    if let value = header(
      OptionCode.extendedError, length: 2 &+ text.byteCount, to: &target, at: end, limit: limit)
    {
      target.store(error.rawValue, at: value)
      target.copy(text, to: value &+ 2)
      return value &+ 2 &+ text.byteCount
    }
    return append(error, to: &target, at: end, limit: limit)
  }

  /// Extended error: a number that needs no text.
  @_lifetime(target: copy target)
  public static func append(
    _ error: ExtendedError, to target: inout MutableRawSpan, at end: Int, limit: Int
  ) -> Int? {
    guard let value = header(OptionCode.extendedError, length: 2, to: &target, at: end, limit: limit) else {
      return nil
    }
    target.store(error.rawValue, at: value)
    return value &+ 2
  }

  /// TCP keepalive: how long an idle connection stays, in units of 100 ms (RFC 7828 §3.1).
  @_lifetime(target: copy target)
  public static func appendKeepalive(
    hundredMilliseconds: UInt16, to target: inout MutableRawSpan, at end: Int, limit: Int
  ) -> Int? {
    guard let value = header(OptionCode.keepalive, length: 2, to: &target, at: end, limit: limit) else { return nil }
    target.store(hundredMilliseconds, at: value)
    return value &+ 2
  }
}
