// What the options of a query are answered with, after the fixed part of the reply's OPT (RFC 6891 §6.1.2).

import DNS

/// The options that a reply will have, decided before its records are written, so that there is room.
struct OptionAnswer {
  let asked: QueryOptionList
  let client: ClientAddress
  /// Unix time in seconds, modulo 2^32.
  let now: UInt32
  let transport: Transport
  let settings: AnswerSettings
  /// Nil when cookies are not answered.
  let cookie: CookieVerdict?

  /// Reads the options of a query; nil when they cannot be answered.
  init?(in records: QueryRecords, of query: QueryContext, now: UInt32, settings: AnswerSettings) {
    guard let asked = OptionAnswer.options(in: records, of: query.message) else { return nil }
    // A client may not name the time of its connection (RFC 7828 §3.2.1).
    if query.transport == .tcp, asked.keepalive == .withTime { return nil }
    self.asked = asked
    client = query.client
    self.now = now
    transport = query.transport
    self.settings = settings
    cookie =
      asked.hasCookie
      ? settings.cookieSecrets.map { $0.verify(query.message.extracting(asked.cookie), from: query.client, now: now) }
      : nil
  }

  private static func options(in records: QueryRecords, of query: RawSpan) -> QueryOptionList? {
    if records.form == .plain || records.form == .signed { return QueryOptionList() }
    guard records.hasOPT, records.form != .malformedOptions, records.version == 0 else { return nil }
    return QueryOptionList(
      of: query, from: Int(records.optionStart), to: Int(records.optionStart) &+ Int(records.optionLength))
  }

  /// Whether the reply says how long the client's connection is kept.
  var announcesKeepalive: Bool { asked.keepalive == .asked && transport == .tcp }

  /// What must be kept free for the options that were asked for, in octets. Errors take what is left.
  var longestLength: Int {
    let head = ReplyOption.headLength
    var length = 0
    if cookie != nil { length += head + CookieSecrets.length }
    if asked.asksIdentifier, !settings.identifier.isEmpty { length += head + settings.identifier.count }
    if let subnet = asked.subnet { length += head + 4 + subnet.octetCount }
    if announcesKeepalive { length += head + 2 }
    return length
  }

  /// The options as they are in the OPT of a message that `ReplyWriter` does not write.
  func octets(of query: RawSpan) -> [UInt8] {
    var room = [UInt8](repeating: 0, count: longestLength)
    var elements = room.mutableSpan
    var writer = ReplyWriter(MutableRawSpan(_elements: &elements))
    writer.append(self, of: query, scope: 0, length: longestLength)
    let count = writer.end
    return Array(room[..<count])
  }
}

extension ReplyWriter {
  /// Adds options to the OPT just appended.
  ///
  /// - Parameters:
  ///   - answer: nil when the query's OPT held none.
  ///   - scope: SCOPE PREFIX-LENGTH for the query's client subnet option.
  ///   - length: the most octets that the reply may have.
  @inline(never)
  @_lifetime(self: copy self)
  mutating func append(
    _ answer: OptionAnswer?, of query: RawSpan, scope: UInt8, error: ExtendedError?, length: Int
  ) {
    let start = end
    if let answer { append(answer, of: query, scope: scope, length: length) }
    if let error {
      append(extended: error, length: length)
    }
    octets.store(UInt16(truncatingIfNeeded: end &- start), at: start &- 2)
  }

  /// Adds an extended error, if there is one, to the OPT just appended, which has no other options.
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func append(_ error: ExtendedError?, length: Int) {
    guard let error else { return }
    let start = end
    append(extended: error, length: length)
    octets.store(UInt16(truncatingIfNeeded: end &- start), at: start &- 2)
  }

  /// Adds an extended error. The number says all, but for the one that says nothing (RFC 8914 §4.1).
  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func append(extended error: ExtendedError, length: Int) {
    if error == .other {
      let text = ReplyWriter.failOpenText
      end = ReplyOption.append(error, text: text.span.octets, to: &octets, at: end, limit: length) ?? end
    } else {
      end = ReplyOption.append(error, to: &octets, at: end, limit: length) ?? end
    }
  }

  /// Made once, for a reply allocates nothing.
  private static let failOpenText = Array("too few nodes are healthy".utf8)

  @_lifetime(self: copy self)
  fileprivate mutating func append(_ answer: OptionAnswer, of query: RawSpan, scope: UInt8, length: Int) {
    let asked = answer.asked
    if let verdict = answer.cookie, let secrets = answer.settings.cookieSecrets {
      end =
        ReplyOption.appendCookie(
          secrets, answering: query.extracting(asked.cookie), verdict, to: answer.client, now: answer.now,
          to: &octets, at: end, limit: length) ?? end
    }
    let identifier = answer.settings.identifier
    if asked.asksIdentifier, !identifier.isEmpty {
      end = ReplyOption.appendIdentifier(identifier.span.octets, to: &octets, at: end, limit: length) ?? end
    }
    if let subnet = asked.subnet {
      end = ReplyOption.append(subnet, scope: scope, to: &octets, at: end, limit: length) ?? end
    }
    if answer.announcesKeepalive {
      end =
        ReplyOption.appendKeepalive(
          hundredMilliseconds: Responder.keepaliveTime, to: &octets, at: end, limit: length) ?? end
    }
  }

  /// Appends a TXT record in class CH whose owner is QNAME (RFC 4892 §2.1); false when it does not fit.
  @inline(never)
  @_lifetime(self: copy self)
  mutating func appendChaosText(_ text: [UInt8]) -> Bool {
    let length = RecordLayout.fixedLength &+ 1 &+ text.count
    guard end &+ length <= limit, text.count <= 255 else { return false }
    octets.store(RecordLayout.ownerPointer, at: end)
    octets.store(RecordType.txt.rawValue, at: end &+ 2)
    octets.store(RecordClass.chaos, at: end &+ 4)
    octets.store(UInt32(0), at: end &+ 6)
    octets.store(UInt16(1 &+ text.count), at: end &+ 10)
    octets.store(UInt8(text.count), at: end &+ 12)
    octets.copy(text.span.octets, to: end &+ 13)
    end &+= length
    counts &+= Section.answer.one
    return true
  }
}
