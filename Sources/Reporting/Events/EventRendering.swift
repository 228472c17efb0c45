// Events as lines for a terminal, as one JSON document, and as one JSON object a line.

extension EventSelection {
  /// `2026-11-28 14:03:21 CET  check owa of ex1 at 192.0.2.11 is down: connection refused`, without control characters.
  package func text(_ localTime: LocalTime) -> [UInt8] {
    events.flatMap { terminalSafe("\(localTime.text($0.time))  \($0.sentence(in: localTime))") + [UInt8(ascii: "\n")] }
  }

  /// One object a line.
  package var jsonLines: [UInt8] {
    events.flatMap { event in
      var json = JSONWriter(.oneLine)
      event.write(to: &json)
      return json.bytes + [UInt8(ascii: "\n")]
    }
  }

  /// Schema `rondo-events/1`.
  package var json: [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("schema", "rondo-events/1")
      json.member("history", mark.history.withMilliseconds)
      json.member("kept", mark.isKept)
      json.member("oldest", history.count == 0 ? nil : history.firstID)
      json.member("newest", history.count == 0 ? nil : history.lastID)
      json.member("next", mark.next)
      json.member("more", mark.hasMore)
      json.member("lost", mark.hasLost)
      json.member("events") { json in json.array(events) { $1.write(to: &$0) } }
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }
}

extension Event {
  fileprivate func write(to json: inout JSONWriter) {
    var pools = self["pool"].map { [$0] } ?? []
    if kind.namesPools, let list = self["pools"], list != "-" { pools = list.split(separator: ",").map(String.init) }
    let named: Set<String> = ["node", "address", "check", "family", "reason", "by", "pool"]
    let details = fields.filter { !named.contains($0.key) && !($0.key == "pools" && kind.namesPools) }
    json.object { json in
      json.member("id", id)
      json.member("time", time.withMilliseconds)
      json.member("kind", kind.rawValue)
      json.member("level", level.word)
      json.member("text", sentence())
      json.member("from", from)
      json.member("to", to)
      for key in ["node", "address", "check", "family"] { json.member(key, self[key]) }
      json.member("pools") { json in json.array(pools) { $0.string($1) } }
      for key in ["reason", "by"] { json.member(key, self[key]) }
      json.member("details") { json in
        json.object { json in for field in details { json.member(field.key, field.value) } }
      }
    }
  }
}

extension EventKind {
  /// Whether `pools` of its line is a list of names; otherwise it is how many there are.
  fileprivate var namesPools: Bool {
    switch self {
    case .addressDown, .addressUp, .checkWarning, .checkWarningOver, .poolMembers: true
    default: false
    }
  }
}
