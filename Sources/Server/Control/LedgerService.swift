// The ledger of hand-outs as the control thread keeps it: what is published gets its slots here, and what workers have noted
// of them is read here.
//
//   what is laid out ─▶ slots ─▶ workers' marks ─(no worker answers from it any more)─▶ cached until, by address

internal import Answering
internal import DNS
internal import Health
internal import Linux
internal import Policy
internal import Reporting

/// Nothing at all with `--ledger off`.
struct LedgerService: ~Copyable {
  /// Nil with `--ledger off`, and while something is laid out.
  private var ledger: HandOutLedger?
  private let detail: AskerDetail
  private var workers: [HandOutLink] = []
  private var watch: QuietWatch
  private var publishedAt = MonotonicTime.now
  private var lastLook = MonotonicTime.now

  /// How often workers are looked at that may still send something of before, at first and when that lasts.
  private static let firstInterval = Duration.milliseconds(20)
  private static let laterInterval = Duration.milliseconds(500)

  /// Nil for `--state none`.
  private let writer: StateWriter?
  private let boot: String
  private var saved = HandOutPast()
  /// The nodes that were out then.
  private var savedOut: Set<String> = []
  /// Since when something may have changed that is to be kept; nil while nothing has.
  private var unsavedSince: MonotonicTime?
  /// Between two writes.
  private static let gap = Duration.seconds(1)
  private var lastSave: MonotonicTime?

  /// - Parameter out: the nodes that an admin state keeps out of the answers from the start.
  init(
    _ detail: LedgerDetail, _ sources: HandOutSources, _ state: StateAtStart, out: Set<String>, at now: MonotonicTime
  ) {
    watch = QuietWatch(out, at: now)
    self.detail = detail == .prefixes ? .networks : .addresses
    writer = detail == .off ? nil : state.writer
    boot = state.boot
    guard detail != .off else { return }
    var past = state.handOuts
    // What was kept of another node was kept because it was out, which it is no more.
    let isKept = Set(out.flatMap { sources.nodes[$0] ?? [] })
    past.quiet = past.quiet.filter {
      isKept.contains($0.key) && $0.value <= HandOutLedger.millisecond(after: now) + 604_800_000
    }
    ledger = HandOutLedger(sources, past: past, at: now)
  }

  /// Takes note of the workers once they run.
  mutating func follow(_ workers: [HandOutLink]) { self.workers = workers }

  /// Takes over what another configuration hands out, before it is published.
  mutating func follow(_ sources: HandOutSources, at now: MonotonicTime) {
    ledger?.follow(sources, at: now)
    noteChange(at: now)
  }

  /// Takes note of transfers.
  mutating func note(_ ended: TransferReports.Ended, at now: MonotonicTime) {
    guard !ended.copies.isEmpty else { return }
    ledger?.note(ended.copies, at: now)
    noteChange(at: now)
  }

  // MARK: The next process

  private mutating func noteChange(at now: MonotonicTime) { unsavedSince = unsavedSince ?? now }

  /// When `save` is next to be called; nil if it need not be.
  private var nextSave: MonotonicTime? {
    writer == nil ? nil : unsavedSince.map { max($0, lastSave.map { $0 + LedgerService.gap } ?? $0) }
  }

  func isSaveDue(at now: MonotonicTime) -> Bool { nextSave.map { $0 <= now } ?? false }

  /// Hands over what the process after this one has to know, if that has changed.
  ///
  /// - Parameter out: the nodes that operators have taken out of the answers.
  mutating func save(out: Set<String>, at now: MonotonicTime) {
    guard let writer, let ledger else { return }
    unsavedSince = nil
    lastSave = now
    savedOut = out
    let past = ledger.past(out.contains)
    guard past != saved else { return }
    saved = past
    let boot = boot
    writer.keep(as: .handOuts) { Array(past.text(boot: boot).utf8) }
  }

  /// Hands over what is to be known of the last second too, once the workers have ended.
  mutating func saveAtEnd(out: Set<String>, at now: MonotonicTime) {
    settle(passed: passed, at: now)
    save(out: out, at: now)
  }

  // MARK: Publishing

  /// The ledger, for whoever lays out what is published next; it is to be given back.
  mutating func takeLedger() -> HandOutLedger? { ledger.take() }

  mutating func giveBack(_ ledger: HandOutLedger?) { self.ledger = ledger }

  /// Takes note that what was laid out is what workers answer from as of this generation.
  ///
  /// - Parameters:
  ///   - serials: of the zones, in their order; none where no zone may be transferred.
  ///   - addresses: what each pool hands out.
  ///   - out: the nodes that an admin state keeps out of the answers.
  mutating func endPublication(
    _ generation: UInt64, serials: [UInt32], handingOut addresses: [[IPAddress]], out: Set<String>,
    at now: MonotonicTime
  ) {
    watch.follow(out, at: now)
    ledger?.endPublication(generation: generation)
    ledger?.publishZones(serials: serials, handingOut: addresses)
    publishedAt = now
    noteChange(at: now)
    // What is kept of a node that is handed out again is wrong from now on.
    if !savedOut.isSubset(of: out) || isAnyKeptHandedOut { lastSave = nil }
  }

  /// Also of one that is out: as the last one of its pool, or by a record of the zone.
  private var isAnyKeptHandedOut: Bool { ledger.map { saved.quiet.keys.contains(where: $0.isHandedOut) } ?? false }

  // MARK: Time

  /// When `step` is next to be called; nil if it need not be.
  var nextDeadline: Int64? {
    [nextLook, nextSave].compactMap { $0?.nanoseconds }.min()
  }

  private var nextLook: MonotonicTime? {
    guard let ledger else { return nil }
    let settles: MonotonicTime?
    if ledger.isSettling {
      let isLasting = lastLook - publishedAt > .seconds(1)
      settles = lastLook + (isLasting ? LedgerService.laterInterval : LedgerService.firstInterval)
    } else {
      settles = ledger.nextExpiry.map { max(HandOutLedger.time(milliseconds: $0), lastLook + .seconds(1)) }
    }
    return [settles, watch.nextLook].compactMap { $0 }.min()
  }

  func isLookDue(at now: MonotonicTime) -> Bool { nextLook.map { $0 <= now } ?? false }

  /// How far all workers are: none sends anything any more that was published before this generation. What they have
  /// reported up to then is to be noted before `step`.
  var passed: UInt64 { workers.map(\.passed).min() ?? .max }

  /// Looks at what workers have noted.
  ///
  /// - Returns: the nodes that have become quiet.
  mutating func step(to now: MonotonicTime, passed: UInt64) -> [(node: String, quiet: NodeQuiet)] {
    settle(passed: passed, at: now)
    guard let view, let look = watch.nextLook, look <= now else { return [] }
    let clock = DaemonView.ClockPair.now
    return watch.step(to: now) { node in
      var quiet = view.quiet(ofNode: node, at: now)
      if case .quiet(let since) = quiet?.standing, clock.announced(since) > now {
        quiet?.standing = .notYet(at: clock.announced(since))
      }
      return quiet
    }
  }

  private mutating func settle(passed: UInt64, at now: MonotonicTime) {
    lastLook = now
    let wasSettling = ledger?.isSettling ?? false
    ledger?.settle(passed: passed, marks: HandOutView.marks(of: workers), at: now)
    if wasSettling { noteChange(at: now) }
  }

  // MARK: Questions

  /// What needs attention.
  var conditions: [Condition] {
    guard let ledger, ledger.isIncomplete else { return [] }
    return [
      Condition(
        .ledgerFull, "",
        "more sets of addresses or copies of secondaries than the ledger has room for: quiet times are later than need be, "
          + "or leave out a secondary")
    ]
  }

  /// What the ledger says at this moment, for a thread that has time; nil with `--ledger off`.
  var view: HandOutView? {
    ledger.map { HandOutView($0, HandOutView.marks(of: workers), HandOutView.askers(of: workers), detail) }
  }
}

extension HandOutView {
  /// The latest mark of any worker.
  fileprivate static func marks(of workers: [HandOutLink]) -> @Sendable (UInt32) -> UInt64 {
    { slot in
      workers.reduce(0) { max($0, $1.marks.load(Int(slot))) }
    }
  }

  /// What all workers remember of their askers.
  fileprivate static func askers(of workers: [HandOutLink]) -> AskerNotes {
    { body in
      for worker in workers {
        worker.askers.visit { entry in
          body(entry.client, entry.slots & 0xFFFF, entry.time)
          if entry.slots > 0xFFFF { body(entry.client, entry.slots &>> 16, entry.time) }
        }
      }
    }
  }
}
