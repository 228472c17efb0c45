// Waiting until nodes are quiet: a countdown on a terminal, a line now and then otherwise.
//
// The daemon is asked once a second, so that a node that is resumed meanwhile, or a daemon that restarts, changes what is
// shown at once.

import Linux
internal import Reporting
import Server

/// For so long a daemon may be away, as for a restart.
private let longestAbsence = 60
/// So often a line is printed where there is no terminal, in seconds.
private let lineInterval = 30

/// Returns once all nodes are quiet, with 0; with 1 when waiting does not help, or a signal ends it.
func waitUntilQuiet(_ nodes: [String], control: String) -> Int32 {
  var progress = QuietProgress(nodes, isTerminal: isTerminal(1))
  do throws(Errno) {
    let signals = try SignalSource()
    var epoll = try Epoll(capacity: 1)
    try epoll.add(signals, token: 0, for: .readable)
    // A daemon that never was there will not come.
    var absence = longestAbsence
    while true {
      do throws(QuietFailure) {
        let reply = try quietReply(nodes, control: control)
        absence = 0
        if let status = progress.note(reply) { return status }
      } catch {
        guard case .unreachable = error, absence < longestAbsence else {
          progress.end()
          return fail(error.message)
        }
        absence += 1
        progress.noteAbsence()
      }
      guard try epoll.wait(timeout: .seconds(1)) == 0 else {
        progress.end()
        return fail("stopped waiting; \(progress.names) will be quiet all the same: rondo quiet \(progress.arguments)")
      }
    }
  } catch {
    progress.end()
    return fail("cannot wait: \(error)")
  }
}

/// What has been printed, and what is next.
private struct QuietProgress {
  let names: String
  let arguments: String
  private let isTerminal: Bool
  private var isLineOpen = false
  private var last = ""
  /// How many more seconds nothing is printed while nothing changes.
  private var rest = 0

  init(_ nodes: [String], isTerminal: Bool) {
    names = nodes.joined(separator: ", ")
    arguments = nodes.joined(separator: " ")
    self.isTerminal = isTerminal
  }

  /// Shows a reply; returns the exit status if it is the last one.
  mutating func note(_ reply: QuietReply) -> Int32? {
    switch reply.outlook {
    case .quiet:
      end()
      return show(reply.text + "\n")
    case .stuck, .unknown:
      end()
      _ = show(reply.text + "\n")
      return fail("waiting does not help")
    case .served where !reply.isOut:
      end()
      _ = show(reply.text + "\n")
      return fail("not all of \(names) are drained: nothing to wait for")
    case .served: progress("waiting", "still handed out, since the pool has no other node")
    case .settling: progress("waiting", "the last answers are still being sent")
    case .held: progress("waiting", "secondaries have yet to fetch a newer zone; rondo quiet \(arguments) names them")
    case .waiting:
      progress("waiting", "quiet in \(spanText(seconds: reply.secondsLeft))", "\(reply.secondsLeft) s left")
    }
    return nil
  }

  mutating func noteAbsence() { progress("waiting", "the daemon does not answer at this moment") }

  /// - Parameter exact: what a terminal shows instead, for it changes each second.
  private mutating func progress(_ state: String, _ words: String, _ exact: String? = nil) {
    if isTerminal {
      // From the start of the line, and the rest of it cleared.
      _ = show("\r\u{1B}[K\(names): \(exact ?? words)")
      isLineOpen = true
      return
    }
    rest -= 1
    let kind = exact == nil ? words : state
    guard kind != last || rest <= 0 else { return }
    (last, rest) = (kind, lineInterval)
    _ = show("\(names): \(words)\n")
  }

  mutating func end() {
    if isLineOpen { _ = show("\r\u{1B}[K") }
    isLineOpen = false
  }
}
