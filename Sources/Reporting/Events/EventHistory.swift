// The newest events, in bounded memory: a value whose copies share all that no longer changes.
//
// Events lie in chunks. An append while a copy is alive copies the last chunk and the list of chunks, never the whole;
// room is made by dropping the oldest chunk.

package struct EventHistory: Sendable {
  /// How much is kept; a chunk less where room had to be made.
  package struct Limits: Hashable, Sendable {
    package var events: Int
    /// Of the lines that the events are in the file.
    package var octets: Int

    package init(events: Int = 8_192, octets: Int = 1 << 20) {
      self.events = events
      self.octets = octets
    }
  }

  private struct Chunk: Sendable {
    static let size = 128
    var events: [Event] = []
    var octets = 0
  }

  package let limits: Limits
  /// When the numbering began: with this it names one history, over restarts too.
  package let begun: UnixTime
  /// Whether it outlives a restart.
  package var isKept = false
  /// The number of the newest event; 0 if there never was one.
  package private(set) var lastID: UInt64
  package private(set) var count = 0
  package private(set) var octets = 0
  /// How many events of each kind were recorded by this process.
  package private(set) var counts: [EventKind: UInt64] = [:]
  private var chunks: [Chunk] = []

  /// An empty history.
  ///
  /// - Parameter lastID: the number after which it goes on.
  package init(begun: UnixTime, lastID: UInt64 = 0, limits: Limits = Limits()) {
    self.begun = begun
    self.lastID = lastID
    self.limits = limits
  }

  /// What a process before has left.
  ///
  /// One that was killed may have shown events that never reached the disk, and their numbers are not used again: numbers
  /// leap ahead, to the microseconds since the history began, which they stay behind as long as there are fewer than a
  /// million events a second.
  package init(_ file: EventFile, at now: UnixTime, limits: Limits = Limits()) {
    self.init(begun: file.begun, limits: limits)
    for event in file.events { enter(event) }
    lastID = file.lastID
    guard file.isOpenEnded else { return }
    lastID = max(lastID + EventHistory.leastLeap, UInt64(max(0, now.milliseconds - begun.milliseconds)) * 1_000)
  }

  /// If the clock was set back.
  private static let leastLeap: UInt64 = 1_000_000

  /// Enters what a log line reports; false for a line of the log alone.
  @discardableResult
  package mutating func record(_ line: LogLine, at time: UnixTime) -> Bool {
    guard let event = Event(line, id: lastID + 1, at: time) else { return false }
    enter(event)
    counts[event.kind, default: 0] += 1
    return true
  }

  /// Takes over events of before, with numbers of this history.
  package mutating func continueWith(_ other: EventHistory) {
    for event in other.events(after: 0) {
      enter(event.numbered(lastID + 1))
    }
    counts.merge(other.counts) { $0 + $1 }
  }

  private mutating func enter(_ event: Event) {
    assert(event.id > lastID)
    lastID = event.id
    if chunks.last.map({ $0.events.count == Chunk.size }) ?? true { chunks.append(Chunk()) }
    let size = event.line.count
    chunks[chunks.count - 1].events.append(event)
    chunks[chunks.count - 1].octets += size
    count += 1
    octets += size
    while count > limits.events || octets > limits.octets, chunks.count > 1 {
      let oldest = chunks.removeFirst()
      count -= oldest.events.count
      octets -= oldest.octets
    }
  }

  /// The number of the oldest event that is left; that of the next one if none is.
  package var firstID: UInt64 { chunks.first?.events.first?.id ?? lastID + 1 }

  /// Those with a greater number, the oldest first.
  package func events(after id: UInt64) -> some Sequence<Event> {
    chunks.lazy.drop { ($0.events.last?.id ?? 0) <= id }.flatMap(\.events).drop { $0.id <= id }
  }

  /// The newest ones, the newest first.
  package var newestFirst: some Sequence<Event> { chunks.reversed().lazy.flatMap { $0.events.reversed() } }
}
