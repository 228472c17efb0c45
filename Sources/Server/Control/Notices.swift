// Telling secondaries that a zone has changed (RFC 1996): by UDP, again until they answer, and not for ever.
//
// Where there is a key for a secondary its notices are signed with it, and only a signed answer ends them (RFC 8945):
// who can forge an address cannot keep it from hearing of a change.

internal import DNS
internal import Linux

/// The notices under way.
struct Notices: ~Copyable {
  /// A secondary, by one socket that is connected to it.
  private final class Secondary {
    let client: UDPClient
    let target: NoticeTarget
    /// By the ID of the message.
    var pending: [UInt16: Notice] = [:]
    var counters: StatusReport.Secondary

    init(_ client: consuming UDPClient, of target: NoticeTarget) {
      self.client = client
      self.target = target
      counters = StatusReport.Secondary(address: target.endpoint.description)
    }
  }

  private struct Notice {
    var apex: DomainName
    var attempts = 0
    /// When it is sent next, in monotonic nanoseconds.
    var due: Int64
    /// The message as it was last sent, if it was signed.
    var request: TSIGRequest?
  }

  /// Sent so often, after 0, 2, 4, 8 and 16 seconds; then the secondary finds out at its next refresh.
  private static let mostAttempts = 5
  /// So many messages leave in a row; what else the control thread does has its turn in between.
  private static let mostInARow = 64

  private var secondaries: [Secondary] = []

  /// - Parameter token: for the socket of each secondary, by its number.
  init(to targets: [NoticeTarget], _ epoll: borrowing Epoll, token: (UInt64) -> UInt64) throws(Errno) {
    for (number, target) in targets.enumerated() {
      // Only read when epoll says that something is there; the time-out is for datagrams that prove broken.
      let client = try UDPClient(to: target.endpoint, timeout: .milliseconds(1))
      try epoll.add(client, token: token(UInt64(number)), for: .readable)
      secondaries.append(Secondary(client, of: target))
    }
  }

  /// Begins to tell all secondaries that the zone has changed; an older notice of the zone is forgotten.
  func tell(of apex: DomainName, now: Int64, using random: inout some RandomNumberGenerator) {
    for secondary in secondaries {
      secondary.pending = secondary.pending.filter { $0.value.apex != apex }
      var id = UInt16.random(in: .min ... .max, using: &random)
      while secondary.pending[id] != nil { id &+= 1 }
      // A server has fewer zones than there are IDs, or the rest waits for a refresh.
      guard secondary.pending.count < Int(UInt16.max) / 2 else { continue }
      secondary.pending[id] = Notice(apex: apex, due: now)
    }
  }

  /// When the next message is due; nil when none is.
  var nextDeadline: Int64? { secondaries.flatMap { $0.pending.values.map { $0.due } }.min() }

  /// Sends what is due, signed with the key that the secondary is to have.
  ///
  /// - Parameters:
  ///   - now: monotonic nanoseconds.
  ///   - civil: Unix time in seconds.
  func advance(now: Int64, civil: UInt64, keys: [TSIGKey], _ log: Log) {
    for secondary in secondaries {
      let key = secondary.target.choose(from: keys)
      for (id, notice) in secondary.pending.filter({ $0.value.due <= now }).prefix(Notices.mostInARow) {
        guard notice.attempts < Notices.mostAttempts else {
          secondary.pending[id] = nil
          secondary.counters.unanswered += 1
          log.write(.noticeUnanswered(secondary: secondary.counters.address, zone: notice.apex))
          continue
        }
        let message = Notices.message(id, notice.apex)
        let request = key.map { TSIGRequest(message, key: $0, now: civil) }
        // A refusal is what an earlier message met; this one goes out the next time.
        _ = try? secondary.client.send(request?.octets ?? message)
        secondary.counters.sent += 1
        secondary.pending[id]?.attempts += 1
        secondary.pending[id]?.request = request
        secondary.pending[id]?.due = now + Int64(2 << notice.attempts) * 1_000_000_000
      }
    }
  }

  /// Takes an answer of a secondary: whatever it says, it has heard, if it has signed what was signed.
  func takeAnswer(of number: UInt64, civil: UInt64, _ log: Log) {
    guard number < secondaries.count else { return }
    let secondary = secondaries[Int(number)]
    guard let answer = try? secondary.client.receive(), answer.count >= MessageHeader.length, answer[2] & 0xF8 == 0xA0,
      let notice = secondary.pending[UInt16(answer[0]) << 8 | UInt16(answer[1])]
    else { return }
    let code = answer[3] & 0x0F
    guard notice.request.map({ $0.isAnswered(by: answer, now: civil) }) ?? true else {
      secondary.counters.unproven += 1
      log.write(.noticeUnproven(secondary: secondary.counters.address, zone: notice.apex, code: code))
      return
    }
    secondary.pending[UInt16(answer[0]) << 8 | UInt16(answer[1])] = nil
    secondary.counters.answered += 1
    log.write(.noticeAnswered(secondary: secondary.counters.address, zone: notice.apex, code: code))
  }

  /// How each secondary stands.
  var standings: [StatusReport.Secondary] {
    secondaries.map { secondary in
      var standing = secondary.counters
      standing.pending = secondary.pending.count
      return standing
    }
  }

  /// Header with OPCODE 4 and AA; the question is the zone's SOA (RFC 1996 §3.7).
  static func message(_ id: UInt16, _ apex: DomainName) -> [UInt8] {
    [UInt8(id >> 8), UInt8(id & 0xFF), 0x24, 0, 0, 1, 0, 0, 0, 0, 0, 0] + apex.wire
      + [0, UInt8(RecordType.soa.rawValue), 0, UInt8(RecordClass.internet)]
  }
}
