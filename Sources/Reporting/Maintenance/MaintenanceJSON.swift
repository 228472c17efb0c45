// Windows for programs: in `/status.json` with their nodes, and in `/maintenance.json` with those of the past fortnight.
//
// The schema is described in docs/status.md. Times are UTC; members are only ever added.

internal import Health
internal import Policy

extension PlannedWindow {
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("node", node)
      json.member("from", UnixTime(seconds: from).description)
      json.member("until", UnixTime(seconds: until).description)
      json.member("author", author)
      json.member("reason", reason.isEmpty ? nil : reason)
      json.member("force", isForced)
      json.member("held_back_since", heldBack.map { UnixTime(seconds: $0.since).description })
      json.member("held_back_because", heldBack?.reason)
    }
  }
}
