// The notices that one secondary has not answered yet, in the order in which they are due.
//
//   line 0: not sent yet      ▶ due at once
//   line 1: sent once         ▶ due 2 s after that
//   line 2: sent twice        ▶ due 4 s after that …
//
// Within a line the wait is the same for all, so the notice that came first is due first: the earliest of all is at the
// front of a line. An answered notice leaves its entry behind, which is dropped when it comes to the front.

internal import DNS

struct PendingNotices {
  struct Notice {
    let apex: DomainName
    /// How often it has been sent.
    fileprivate(set) var attempts = 0
    /// When it is sent next, in monotonic nanoseconds.
    fileprivate(set) var due: Int64
    /// The message as it was last sent, if it was signed.
    fileprivate(set) var request: TSIGRequest?
  }

  private struct Entry {
    let id: UInt16
    let due: Int64
  }

  private struct Line {
    var entries: [Entry] = []
    /// Where the first of them is.
    var head = 0

    var first: Entry? { head < entries.count ? entries[head] : nil }

    mutating func removeFirst() {
      head += 1
      guard head >= 64, head * 2 >= entries.count else { return }
      entries.removeFirst(head)
      head = 0
    }
  }

  /// A server has fewer zones than there are IDs; the rest waits for a refresh.
  private static let most = Int(UInt16.max) / 2

  /// By the ID of the message.
  private var notices: [UInt16: Notice] = [:]
  private var ids: [DomainName: UInt16] = [:]
  /// One for each number of attempts.
  private var lines: [Line] = []

  var count: Int { notices.count }
  var isEmpty: Bool { notices.isEmpty }

  subscript(id: UInt16) -> Notice? { notices[id] }

  /// Enters a notice of a zone. An answer to one that was sent before counts no longer.
  ///
  /// - Parameter now: monotonic nanoseconds, never less than before.
  mutating func add(_ apex: DomainName, now: Int64, using random: inout some RandomNumberGenerator) {
    if let id = ids[apex] {
      // A notice does not tell the serial: one that waits to be sent serves this change too.
      if notices[id]?.attempts == 0 { return }
      remove(id)
    }
    guard notices.count < Self.most else { return }
    var id = UInt16.random(in: .min ... .max, using: &random)
    while notices[id] != nil { id &+= 1 }
    ids[apex] = id
    enter(Notice(apex: apex, due: now), as: id)
  }

  mutating func remove(_ id: UInt16) {
    if let notice = notices.removeValue(forKey: id) { ids[notice.apex] = nil }
  }

  /// Takes note that a notice has been sent once more.
  ///
  /// - Parameters:
  ///   - request: the message, if it was signed.
  ///   - wait: until the next attempt, in nanoseconds; the same for all with as many attempts.
  mutating func recordSent(_ id: UInt16, as request: TSIGRequest?, now: Int64, wait: Int64) {
    guard var notice = notices[id] else { return }
    notice.attempts += 1
    notice.request = request
    notice.due = now + wait
    enter(notice, as: id)
  }

  /// The notice that is due first; nil when there is none.
  mutating func first() -> (id: UInt16, notice: Notice)? {
    var best: (id: UInt16, notice: Notice)?
    for number in lines.indices {
      guard let (id, notice) = front(ofLine: number), best.map({ notice.due < $0.notice.due }) ?? true else { continue }
      best = (id, notice)
    }
    return best
  }

  private mutating func enter(_ notice: Notice, as id: UInt16) {
    notices[id] = notice
    while lines.count <= notice.attempts { lines.append(Line()) }
    lines[notice.attempts].entries.append(Entry(id: id, due: notice.due))
  }

  /// Drops the entries of notices that are gone, or are in another line by now.
  private mutating func front(ofLine number: Int) -> (id: UInt16, notice: Notice)? {
    while let entry = lines[number].first {
      if let notice = notices[entry.id], notice.attempts == number, notice.due == entry.due {
        return (entry.id, notice)
      }
      lines[number].removeFirst()
    }
    return nil
  }
}
