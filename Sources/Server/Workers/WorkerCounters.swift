// What the workers have counted, readable by the control thread while they count on.

internal import Answering
internal import DNS
internal import Synchronization

/// A number that one thread adds to and any thread reads.
struct Counter: ~Copyable, Sendable {
  private let value = Atomic<UInt64>(0)

  /// Only the counting thread may call this: a plain load and store, cheaper than an atomic addition.
  func add(_ amount: UInt64) {
    if amount != 0 { value.store(value.load(ordering: .relaxed) &+ amount, ordering: .relaxed) }
  }

  /// Takes one off a gauge; the counting thread only.
  func decrease() { value.store(value.load(ordering: .relaxed) &- 1, ordering: .relaxed) }

  var current: UInt64 { value.load(ordering: .relaxed) }
}

/// The counters of one worker.
final class WorkerCounters: Sendable {
  /// By address family of the asker.
  struct ByFamily: ~Copyable, Sendable {
    let ipv4 = Counter()
    let ipv6 = Counter()

    func add(_ amount: UInt64, family: AddressFamily) {
      switch family {
      case .ipv4: ipv4.add(amount)
      case .ipv6: ipv6.add(amount)
      }
    }
  }

  let udpQueries = ByFamily()
  let tcpQueries = ByFamily()
  /// By RCODE, 0–23.
  let responses = InlineArray<24, Counter> { _ in Counter() }
  /// Messages under 12 octets, and replies: neither gets an answer.
  let tooShort = Counter()
  let notQueries = Counter()
  let truncated = Counter()
  let referrals = Counter()
  let withOptions = Counter()
  let optionErrors = Counter()
  let transfersRefused = Counter()
  let limitedDropped = Counter()
  let limitedSlipped = Counter()
  let replyOctets = Counter()
  /// Datagrams from source port 0, which nobody could receive an answer at.
  let fromPortZero = Counter()
  /// Replies that the kernel refused to send, or had no room for.
  let sendFailures = Counter()
  let tcpOpen = Counter()
  let tcpAccepted = Counter()
  /// Connections closed to make room for new ones.
  let tcpCrowdedOut = Counter()
  let tcpClosedIdle = Counter()
  /// Connections closed because what came over them was no DNS message.
  let tcpMalformed = Counter()

  func add(_ tally: borrowing AnswerTally) {
    // Through a view: an index into what lies inside its owner would copy all of it each time.
    let replies = tally.responses.span
    for code in replies.indices where replies[code] != 0 { responses[code].add(replies[code]) }
    tooShort.add(tally.tooShort)
    notQueries.add(tally.notQueries)
    transfersRefused.add(tally.transfersRefused)
    truncated.add(tally.truncated)
    referrals.add(tally.referrals)
    withOptions.add(tally.withOptions)
    optionErrors.add(tally.optionErrors)
    limitedDropped.add(tally.limitedDropped)
    limitedSlipped.add(tally.limitedSlipped)
    replyOctets.add(tally.replyOctets)
  }
}
