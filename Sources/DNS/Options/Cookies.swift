// Server cookies: what proves that a client has been at the address it asks from (RFC 7873, RFC 9018).
//
//   0      7 8              23
//  +--------+----------------+
//  | client |     server     |     the COOKIE option; the client's part alone is a request for the server's
//  +--------+----------------+
//
//  server:  version 1 | reserved (3) | timestamp (4) | hash (8)
//
// The hash is SipHash-2-4 over client cookie, version, reserved, timestamp and address. Every server that holds the
// secret accepts and makes the same cookies: an anycast set or a pair of instances needs nothing but a common file.

/// What the cookie of a query is worth.
public enum CookieVerdict: Equatable, Sendable {
  public enum Age: Equatable, Sendable {
    /// Send the same cookie back.
    case fresh
    /// Over half an hour old, or made with another secret than the current one: send a new one.
    case renew
  }

  /// The query has no cookie.
  case absent
  /// A client that asks for its first server cookie.
  case clientOnly
  /// The client has been here, at this address.
  case valid(Age)
  /// Too old, from the future, of another address or of another server: answer as without one, and give a new one.
  case stale
  /// Of a length that no cookie has: FORMERR (RFC 7873 §5.2.2).
  case malformed
}

/// The secrets of this server, or of a set of servers: one makes cookies, all are accepted.
public struct CookieSecrets: Sendable {
  /// Octets of the option's value when it holds both cookies.
  @inlinable public static var length: Int { 24 }
  @inlinable public static var clientLength: Int { 8 }

  /// A cookie is accepted so many seconds after it was made, and so many before (clocks differ) (RFC 9018 §4.3).
  private static let validAge: ClosedRange<Int32> = -300...3600
  /// A cookie older than this is answered with a new one, in seconds.
  private static let freshAge: Int32 = 1800

  private let current: SipHash.Key
  private let others: (SipHash.Key?, SipHash.Key?)

  /// - Parameters:
  ///   - current: makes cookies.
  ///   - others: are accepted as well: the one before, or the one that is to come (RFC 9018 §5).
  package init(current: SipHash.Key, others: [SipHash.Key] = []) {
    self.current = current
    self.others = (others.first, others.dropFirst().first)
  }

  // MARK: Verifying

  /// Judges the value of a COOKIE option.
  ///
  /// - Parameter now: Unix time in seconds, modulo 2^32.
  public func verify(_ option: RawSpan, from client: ClientAddress, now: UInt32) -> CookieVerdict {
    let count = option.byteCount
    if count == CookieSecrets.clientLength { return .clientOnly }
    guard 16...40 ~= count else { return .malformed }
    guard count == CookieSecrets.length, option.octet(at: 8) == 1 else { return .stale }
    // Timestamps are compared as serial numbers, over 2106 as well (RFC 9018 §4.3).
    let age = Int32(bitPattern: now &- option.uint32(at: 12))
    guard CookieSecrets.validAge.contains(age) else { return .stale }
    // Comparing numbers: the time it takes does not depend on how many octets are right.
    let hash = option.word(at: 16)
    let (first, second) = (option.word(at: 0), option.word(at: 8))
    if CookieSecrets.hash(first, second, client, current) == hash {
      return .valid(age > CookieSecrets.freshAge ? .renew : .fresh)
    }
    if let other = others.0, CookieSecrets.hash(first, second, client, other) == hash { return .valid(.renew) }
    if let other = others.1, CookieSecrets.hash(first, second, client, other) == hash { return .valid(.renew) }
    return .stale
  }

  // MARK: Making

  /// Writes the value of the COOKIE option that answers `option`: the same when it is fresh, else a new one.
  ///
  /// - Parameter option: the value in the query, at least the eight octets of the client.
  /// - Returns: how many octets were written, 24; nil when they do not fit at `offset`.
  @_lifetime(target: copy target)
  public func write(
    answering option: RawSpan, _ verdict: CookieVerdict, to client: ClientAddress, now: UInt32,
    into target: inout MutableRawSpan, at offset: Int
  ) -> Int? {
    guard option.byteCount >= CookieSecrets.clientLength, offset >= 0,
      target.byteCount &- offset >= CookieSecrets.length
    else { return nil }
    if verdict == .valid(.fresh), option.byteCount == CookieSecrets.length {
      target.copy(option, to: offset)
      return CookieSecrets.length
    }
    target.copy(option.extracting(0..<CookieSecrets.clientLength), to: offset)
    // Version 1, three octets that are reserved, the time.
    target.store(UInt32(0x0100_0000), at: offset &+ 8)
    target.store(now, at: offset &+ 12)
    let fixed = UInt64(UInt32(0x0100_0000).byteSwapped) | UInt64(now.byteSwapped) &<< 32
    let hash = CookieSecrets.hash(option.word(at: 0), fixed, client, current).byteSwapped
    target.store(UInt32(truncatingIfNeeded: hash &>> 32), at: offset &+ 16)
    target.store(UInt32(truncatingIfNeeded: hash), at: offset &+ 20)
    return CookieSecrets.length
  }

  /// RFC 9018 §4.4: over 20 octets for IPv4, 32 for IPv6.
  private static func hash(_ first: UInt64, _ second: UInt64, _ client: ClientAddress, _ key: SipHash.Key) -> UInt64 {
    var state = SipHash(key: key)
    state.absorb(first)
    state.absorb(second)
    guard client.isIPv6 else {
      return state.finish(rest: UInt64(UInt32(truncatingIfNeeded: client.low).byteSwapped), length: 20)
    }
    state.absorb(client.high.byteSwapped)
    state.absorb(client.low.byteSwapped)
    return state.finish(rest: 0, length: 32)
  }
}

// MARK: - The file of secrets

/// Why a file of cookie secrets cannot be used.
package enum CookieSecretsError: Error, Equatable, Sendable {
  /// A line, counted from 1, is not 32 hexadecimal digits.
  case malformed(line: Int)
  /// More than three secrets: none of the rollovers of RFC 9018 §5 needs so many.
  case tooMany(line: Int)
  case empty
}

extension CookieSecrets {
  /// Reads a file with one secret a line, 32 hexadecimal digits each; the first makes cookies, up to two more are
  /// accepted. Empty lines and those that begin with `#` mean nothing.
  package init(file octets: [UInt8]) throws(CookieSecretsError) {
    var keys: [SipHash.Key] = []
    for (index, line) in octets.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      let text = line.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") && $0 != UInt8(ascii: "\r") }
      if text.isEmpty || text.first == UInt8(ascii: "#") { continue }
      guard let key = SipHash.Key(hexadecimal: text) else { throw .malformed(line: index + 1) }
      guard keys.count < 3 else { throw .tooMany(line: index + 1) }
      keys.append(key)
    }
    guard let current = keys.first else { throw .empty }
    self.init(current: current, others: Array(keys.dropFirst()))
  }
}

extension SipHash.Key {
  /// Takes 32 hexadecimal digits, the first octet first.
  package init?(hexadecimal text: [UInt8]) {
    guard text.count == 32 else { return nil }
    var words: (UInt64, UInt64) = (0, 0)
    for index in 0..<16 {
      guard let octet = UInt8(String(decoding: text[2 * index...2 * index + 1], as: UTF8.self), radix: 16),
        text[2 * index] != UInt8(ascii: "+")
      else { return nil }
      let shifted = UInt64(octet) << UInt64(index % 8 * 8)
      if index < 8 { words.0 |= shifted } else { words.1 |= shifted }
    }
    self.init(words.0, words.1)
  }

  /// A key of random bits.
  package static func random(using generator: inout some RandomNumberGenerator) -> SipHash.Key {
    SipHash.Key(generator.next(), generator.next())
  }
}
