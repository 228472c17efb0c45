// What systemd is sent: READY=1 and the like, by a thread that may wait for a supervisor that does not read.

internal import Linux

struct Supervisor: Sendable {
  private let outbox: Outbox?

  /// Without `$NOTIFY_SOCKET` nobody has asked, and there is no thread.
  init() throws(Errno) {
    guard environment("NOTIFY_SOCKET") != nil else {
      outbox = nil
      return
    }
    outbox = try Outbox(name: "notify", limits: Outbox.Limits(messages: 64, octets: 1 << 16)) { state in
      (try? notifySupervisor(String(decoding: state, as: UTF8.self))) != nil
    }
  }

  /// Never waits. If the supervisor cannot be reached, there is nobody else to report that to.
  func notify(_ state: String) { outbox?.add(Array(state.utf8)) }

  /// Waits until all is sent, `limit` at most.
  func drain(within limit: Duration) { outbox?.drain(within: limit) }
}
