// The events that answer one query, and where the next query goes on.

/// A page of the history.
package struct EventSelection: Sendable {
  package let history: EventHistory
  /// In the order of their numbers.
  package let events: [Event]
  package let mark: EventMark

  package init(_ query: EventQuery, from history: EventHistory) {
    func isWanted(_ event: Event) -> Bool {
      query.since.map { event.time >= $0 } ?? true && query.node.map { event.concerns(node: $0) } ?? true
    }
    self.history = history
    var hasMore = false
    if let after = query.after {
      let found = history.events(after: after).lazy.filter(isWanted).prefix(query.limit + 1)
      var events = Array(found)
      hasMore = events.count > query.limit
      if hasMore { events.removeLast() }
      self.events = events
    } else {
      events = history.newestFirst.lazy.filter(isWanted).prefix(query.limit).reversed()
    }
    let next = hasMore ? events.last?.id ?? history.lastID : history.lastID
    mark = EventMark(
      history: history.begun, next: next, hasMore: hasMore,
      hasLost: query.after.map { $0 > 0 && $0 < history.firstID - 1 } ?? false, isKept: history.isKept)
  }
}

/// Where a reader stands in the history: a field of the response, for clients that do not read the body.
///
/// `Rondo-Events: history=1764035000123 next=512 more=no lost=no kept=yes`
package struct EventMark: Hashable, Sendable {
  /// Which history it is: numbers of another one mean nothing here.
  package var history: UnixTime
  /// The number to go on after.
  package var next: UInt64
  /// Whether there are more events at this moment.
  package var hasMore: Bool
  /// Whether events after the given number are no longer there.
  package var hasLost: Bool
  /// Whether the history outlives a restart.
  package var isKept: Bool

  package init(history: UnixTime, next: UInt64, hasMore: Bool, hasLost: Bool, isKept: Bool) {
    self.history = history
    self.next = next
    self.hasMore = hasMore
    self.hasLost = hasLost
    self.isKept = isKept
  }

  private static let name = "Rondo-Events"

  package var field: String {
    func word(_ flag: Bool) -> String { flag ? "yes" : "no" }
    return "\(EventMark.name): history=\(history.milliseconds) next=\(next) more=\(word(hasMore)) "
      + "lost=\(word(hasLost)) kept=\(word(isKept))"
  }

  /// Reads the field back; nil when there is none.
  package init?(inHead head: some Collection<UInt8>) {
    let start = "\(EventMark.name): "
    guard
      let line = String(decoding: head, as: UTF8.self).split(whereSeparator: \.isNewline).first(where: {
        $0.hasPrefix(start)
      })
    else { return nil }
    var values: [Substring: Substring] = [:]
    for word in line.dropFirst(start.count).split(separator: " ") {
      guard let equals = word.firstIndex(of: "=") else { return nil }
      values[word[..<equals]] = word[word.index(after: equals)...]
    }
    guard let history = values["history"].flatMap({ Int64($0) }), let next = values["next"].flatMap({ UInt64($0) })
    else { return nil }
    self.init(
      history: UnixTime(milliseconds: history), next: next, hasMore: values["more"] == "yes",
      hasLost: values["lost"] == "yes", isKept: values["kept"] == "yes")
  }
}
