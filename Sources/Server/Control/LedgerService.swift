// The ledger of hand-outs as the control thread keeps it: what is published gets its slots here, and what workers have noted
// of them is read here.
//
//   what is laid out ─▶ slots ─▶ workers' marks ─(no worker answers from it any more)─▶ cached until, by address

internal import Answering
internal import DNS
internal import Health
internal import Linux
internal import Policy

/// Nothing at all with `--ledger off`.
struct LedgerService: ~Copyable {
  /// Nil with `--ledger off`, and while something is laid out.
  private var ledger: HandOutLedger?
  private var workers: [HandOutLink] = []
  private var watch: QuietWatch
  private var publishedAt = MonotonicTime.now
  private var lastLook = MonotonicTime.now

  /// How often workers are looked at that may still send something of before, at first and when that lasts.
  private static let firstInterval = Duration.milliseconds(20)
  private static let laterInterval = Duration.milliseconds(500)

  /// - Parameter out: the nodes that an admin state keeps out of the answers from the start.
  init(_ detail: LedgerDetail, _ sources: HandOutSources?, out: Set<String>, at now: MonotonicTime) {
    watch = QuietWatch(out)
    if detail != .off, let sources { ledger = HandOutLedger(sources, at: now) }
  }

  /// Takes note of the workers once they run.
  mutating func follow(_ workers: [HandOutLink]) { self.workers = workers }

  /// Takes over what another configuration hands out, before it is published.
  mutating func follow(_ sources: HandOutSources?, at now: MonotonicTime) {
    if let sources { ledger?.follow(sources, at: now) }
  }

  // MARK: Publishing

  /// The ledger, for whoever lays out what is published next; it is to be given back.
  mutating func takeLedger() -> HandOutLedger? { ledger.take() }

  mutating func giveBack(_ ledger: HandOutLedger?) { self.ledger = ledger }

  /// Takes note that what was laid out is what workers answer from as of this generation.
  ///
  /// - Parameter out: the nodes that an admin state keeps out of the answers.
  mutating func endPublication(_ generation: UInt64, out: Set<String>, at now: MonotonicTime) {
    watch.follow(out, at: now)
    ledger?.endPublication(generation: generation)
    publishedAt = now
    settle(to: now)
  }

  // MARK: Time

  /// When `step` is next to be called; nil if it need not be.
  var nextDeadline: Int64? {
    guard let ledger else { return nil }
    return [LedgerService.nextLook(ledger, lastLook, publishedAt), watch.nextLook?.nanoseconds].compactMap { $0 }.min()
  }

  private static func nextLook(
    _ ledger: borrowing HandOutLedger, _ lastLook: MonotonicTime, _ publishedAt: MonotonicTime
  ) -> Int64? {
    if ledger.isSettling {
      let isLasting = lastLook - publishedAt > .seconds(1)
      return (lastLook + (isLasting ? LedgerService.laterInterval : LedgerService.firstInterval)).nanoseconds
    }
    return ledger.nextExpiry.map { max($0 * 1_000_000_000, (lastLook + .seconds(1)).nanoseconds) }
  }

  /// Does what is due.
  ///
  /// - Returns: the nodes that have become quiet.
  mutating func step(to now: MonotonicTime) -> [(node: String, quiet: NodeQuiet)] {
    guard let due = nextDeadline, due <= now.nanoseconds else { return [] }
    settle(to: now)
    guard let view, let look = watch.nextLook, look <= now else { return [] }
    return watch.step(to: now) { view.quiet(ofNode: $0, at: now) }
  }

  private mutating func settle(to now: MonotonicTime) {
    lastLook = now
    // First how far they are, then what they have noted up to there.
    let passed = workers.map(\.passed).min() ?? .max
    ledger?.settle(passed: passed, marks: HandOutView.marks(of: workers), at: now)
  }

  // MARK: Questions

  /// What the ledger says at this moment, for a thread that has time; nil with `--ledger off`.
  var view: HandOutView? { ledger.map { HandOutView($0, HandOutView.marks(of: workers)) } }
}

extension HandOutView {
  /// The latest mark of any worker.
  fileprivate static func marks(of workers: [HandOutLink]) -> @Sendable (UInt32) -> UInt32 {
    { slot in workers.reduce(0) { max($0, UInt32(truncatingIfNeeded: $1.marks.load(Int(slot)))) } }
  }
}
