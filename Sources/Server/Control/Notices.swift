// Telling secondaries that a zone has changed (RFC 1996): by UDP, again until they answer, and not for ever.
//
// Where there is a key for a secondary its notices are signed with it, and only a signed answer ends them (RFC 8945):
// who can forge an address cannot keep it from hearing of a change.

internal import DNS
internal import Linux
internal import Reporting

/// The notices under way.
struct Notices: ~Copyable {
  /// A secondary, and the socket that is connected to it.
  private final class Secondary {
    let target: NoticeTarget
    /// Where notices leave from; nil where the system chooses.
    let source: IPAddress?
    /// Made when it is needed, and again after each failure and for each change: routes and addresses come and go.
    var client: UDPClient?
    var pending = PendingNotices()
    /// How often in a row nothing could be sent from here, and until when nothing is.
    var failures = 0
    var restsUntil: Int64?
    var counters: SecondaryCounters

    init(_ target: NoticeTarget, from source: IPAddress?) {
      self.target = target
      self.source = source
      counters = SecondaryCounters(address: target.endpoint.description)
      counters.source = source?.description
    }

    /// When the next message is due; nil when none is.
    func nextDeadline() -> Int64? { pending.first().map { max($0.notice.due, restsUntil ?? .min) } }
  }

  /// Sent so often, after 0, 2, 4, 8 and 16 seconds; then the secondary finds out at its next refresh.
  private static let mostAttempts = 5
  /// So many messages leave in a row; what else the control thread does has its turn in between.
  private static let mostInARow = 64

  /// While nothing can be sent from here the next attempt is made after 2, 4, … 64 seconds.
  private static let mostDoublings = 5

  private let secondaries: [Secondary]

  /// - Parameter source: where notices to a secondary leave from; nil where the system chooses.
  init(to targets: [NoticeTarget], from source: (NoticeTarget) -> IPAddress?) {
    secondaries = targets.map { Secondary($0, from: source($0)) }
  }

  /// Begins to tell all secondaries that the zone has changed; an older notice of the zone is forgotten.
  func announce(_ apex: DomainName, now: Int64, using random: inout some RandomNumberGenerator) {
    for secondary in secondaries {
      if secondary.pending.isEmpty { secondary.client = nil }
      secondary.pending.add(apex, now: now, using: &random)
    }
  }

  /// When the next message is due; nil when none is.
  var nextDeadline: Int64? { secondaries.compactMap { $0.nextDeadline() }.min() }

  /// Sends what is due, signed with the key that the secondary is to have.
  ///
  /// - Parameters:
  ///   - now: monotonic nanoseconds.
  ///   - civil: Unix time in seconds.
  ///   - token: for the socket of each secondary, by its number.
  func advance(
    now: Int64, civil: UInt64, keys: [TSIGKey], _ epoll: borrowing Epoll, token: (UInt64) -> UInt64, _ log: Log
  ) {
    for (number, secondary) in secondaries.enumerated() {
      guard let deadline = secondary.nextDeadline(), deadline <= now else { continue }
      let key = secondary.target.choose(from: keys)
      for _ in 0..<Notices.mostInARow {
        guard let (id, notice) = secondary.pending.first(), notice.due <= now else { break }
        guard notice.attempts < Notices.mostAttempts else {
          secondary.pending.remove(id)
          secondary.counters.unanswered += 1
          secondary.counters.lastFailure = secondary.counters.lastFailure ?? .unreachable("no answer")
          log.write(.noticeUnanswered(secondary: secondary.counters.address, zone: notice.apex))
          continue
        }
        let message = Notices.message(id, notice.apex)
        let request = key.map { TSIGRequest(message, key: $0, now: civil) }
        do throws(Errno) {
          try Notices.send(request?.octets ?? message, to: secondary, epoll, token: token(UInt64(number)), log)
        } catch {
          // This host's own trouble, the same for all that is due: no attempt is lost by it.
          Notices.rest(secondary, because: error, now: now, log)
          break
        }
        secondary.failures = 0
        secondary.restsUntil = nil
        secondary.counters.sent += 1
        secondary.pending.recordSent(id, as: request, now: now, wait: Int64(2 << notice.attempts) * 1_000_000_000)
      }
    }
  }

  /// Sends by the socket of a secondary, which is made if there is none.
  private static func send(
    _ octets: [UInt8], to secondary: Secondary, _ epoll: borrowing Epoll, token: UInt64, _ log: Log
  ) throws(Errno) {
    if secondary.client == nil {
      // Only read when epoll says that something is there; the time-out is for datagrams that prove broken.
      let client = try UDPClient(
        to: secondary.target.endpoint, from: secondary.source, timeout: .milliseconds(1))
      try epoll.add(client, token: token, for: .readable)
      secondary.client = consume client
    }
    do throws(Errno) {
      try secondary.client?.send(octets)
    } catch .connectionRefused {
      // What an earlier message met; this one has not been sent yet.
      recordUndelivered(secondary, .connectionRefused, log)
      try secondary.client?.send(octets)
    }
  }

  private static func rest(_ secondary: Secondary, because error: Errno, now: Int64, _ log: Log) {
    secondary.client = nil
    secondary.restsUntil = now + Int64(2 << min(secondary.failures, mostDoublings)) * 1_000_000_000
    secondary.failures += 1
    recordUndelivered(secondary, error, log)
  }

  /// Counts a notice that did not arrive, and logs why when that is news.
  private static func recordUndelivered(_ secondary: Secondary, _ error: Errno, _ log: Log) {
    secondary.counters.undelivered += 1
    let reason =
      error == .addressNotAvailable && secondary.source != nil
      ? "\(secondary.counters.source ?? "") is not an address of this host" : error.description
    guard secondary.counters.lastFailure != .unreachable(reason) else { return }
    secondary.counters.lastFailure = .unreachable(reason)
    log.write(.noticeUndelivered(secondary: secondary.counters.address, reason: reason))
  }

  /// Takes an answer of a secondary, if it has signed what was signed. NOERROR alone says that it will act.
  func receiveAnswer(of number: UInt64, civil: UInt64, _ log: Log) {
    guard number < secondaries.count else { return }
    let secondary = secondaries[Int(number)]
    let received: [UInt8]?
    do throws(Errno) {
      received = try secondary.client?.receive()
    } catch .timedOut {
      return
    } catch {
      // What came back is an ICMP message: nobody listens there, or the way is closed.
      return Notices.recordUndelivered(secondary, error, log)
    }
    guard let answer = received, answer.count >= MessageHeader.length, answer[2] & 0xF8 == 0xA0 else { return }
    let id = UInt16(answer[0]) << 8 | UInt16(answer[1])
    guard let notice = secondary.pending[id] else { return }
    let code = answer[3] & 0x0F
    guard notice.request.map({ $0.isAnswered(by: answer, now: civil) }) ?? true else {
      secondary.counters.unproven += 1
      secondary.counters.lastFailure = .refuses("an answer without the right signature")
      log.write(.noticeUnproven(secondary: secondary.counters.address, zone: notice.apex, code: code))
      return
    }
    guard code == Notices.noError else {
      secondary.counters.rejected += 1
      secondary.counters.lastFailure = .refuses(ResponseCode(rawValue: UInt16(code)).statusName)
      log.write(.noticeRejected(secondary: secondary.counters.address, zone: notice.apex, code: code))
      // Trouble that may pass is asked again; what it will not do it will not do the next time.
      if code != Notices.serverFailure { secondary.pending.remove(id) }
      return
    }
    secondary.pending.remove(id)
    secondary.counters.answered += 1
    secondary.counters.lastFailure = nil
    log.write(.noticeAnswered(secondary: secondary.counters.address, zone: notice.apex, code: code))
  }

  private static let noError = UInt8(0)
  private static let serverFailure = UInt8(2)

  /// How each secondary stands.
  var counters: [SecondaryCounters] {
    secondaries.map { secondary in
      var counters = secondary.counters
      counters.pending = secondary.pending.count
      return counters
    }
  }

  /// Header with OPCODE 4 and AA; the question is the zone's SOA (RFC 1996 §3.7).
  static func message(_ id: UInt16, _ apex: DomainName) -> [UInt8] {
    [UInt8(id >> 8), UInt8(id & 0xFF), 0x24, 0, 0, 1, 0, 0, 0, 0, 0, 0] + apex.wire
      + [0, UInt8(RecordType.soa.rawValue), 0, UInt8(RecordClass.internet)]
  }
}
