// `rondo events`: what has happened, from the status port of the running daemon.
//
//   /events.txt?after=ID ─▶ print ─▶ more there? ask at once ─▶ --follow? ask again in a second
//
// The daemon says in a field of each response where the next request goes on (`EventMark`).

import DNS
import Linux
internal import Reporting
import Server

/// Prints events once, or until interrupted.
func events(_ options: EventsOptions) -> Int32 {
  let since: UnixTime?
  do throws(UsageError) {
    since = try options.since.map { (since) throws(UsageError) in
      UnixTime(seconds: try since.resolve(at: WallClock.now(), in: hostOffset))
    }
  } catch {
    standardError.writeLine(error.message)
    return UsageError.exitStatus
  }
  var reader = EventReader(options, since: since)
  switch options.repetition {
  case .once: return reader.printAll().exit
  case .follow: return follow(&reader)
  }
}

/// Asks every second, also while no daemon answers, until a signal ends it or nobody reads any more.
private func follow(_ reader: inout EventReader) -> Int32 {
  do throws(Errno) {
    let signals = try SignalSource()
    var epoll = try Epoll(capacity: 1)
    try epoll.add(signals, token: 0, for: .readable)
    while true {
      let (exit, goesOn) = reader.printAll()
      guard goesOn else { return exit }
      guard try epoll.wait(timeout: .seconds(1)) == 0 else { return ExitStatus.done }
    }
  } catch {
    return fail("cannot wait for signals: \(error)")
  }
}

/// Reads the history page by page, and knows where it is.
private struct EventReader {
  private let options: EventsOptions
  private let since: UnixTime?
  /// Where the last response ended; nil before the first.
  private var mark: EventMark?
  private var isSilent = false

  init(_ options: EventsOptions, since: UnixTime?) {
    self.options = options
    self.since = since
  }

  /// Prints what there is that was not printed before.
  ///
  /// - Returns: how the command would end now, and whether it may go on.
  mutating func printAll() -> (exit: Int32, goesOn: Bool) {
    while true {
      let response: StatusResponse
      do throws(Errno) {
        response = try StatusResponse(to: path, from: options.endpoint)
      } catch {
        return noteSilence(error)
      }
      guard let next = EventMark(inHead: response.head) else {
        let text =
          String(decoding: response.body, as: UTF8.self).split(whereSeparator: \.isNewline).first ?? "no events"
        _ = fail("the daemon at \(options.endpoint) does not answer as expected: \(text)")
        return (StatusExit.unknown, goesOn: false)
      }
      if isSilent { note("the daemon answers again") }
      isSilent = false
      if let mark, mark.history != next.history {
        // Numbers of before mean nothing in it: all of it is new.
        note("the daemon has begun a new history; what happened while it was not asked may be missing")
        self.mark = EventMark(history: next.history, next: 0, hasMore: true, hasLost: false, isKept: next.isKept)
        continue
      }
      if mark == nil, !next.isKept {
        note("the daemon has no state directory (--state none): only events since its start are known")
      }
      if mark != nil, next.hasLost { note("events before this one were lost: there were more than the daemon keeps") }
      mark = next
      do throws(Errno) {
        try standardOutput.write(String(decoding: response.body, as: UTF8.self))
      } catch .brokenPipe {
        return (ExitStatus.done, goesOn: false)
      } catch {
        return (fail("cannot write to standard output: \(error)"), goesOn: false)
      }
      if !next.hasMore { return (ExitStatus.done, goesOn: true) }
    }
  }

  private mutating func noteSilence(_ error: Errno) -> (exit: Int32, goesOn: Bool) {
    if !isSilent {
      let patience =
        options.repetition == .follow ? "waiting for it" : "is the daemon running, and is its --status the same?"
      _ = fail("no answer from \(options.endpoint): \(error); \(patience)")
    }
    isSilent = true
    return (StatusExit.unknown, goesOn: true)
  }

  private func note(_ text: String) { standardError.writeLine("rondo: \(text)") }

  private var path: String {
    var query = EventQuery(node: options.node, limit: EventQuery.mostEvents)
    if let mark {
      query.after = mark.next
    } else if let since {
      query.after = 0
      query.since = since
    } else if options.repetition == .follow {
      query.limit = 10
    } else {
      query.after = 0
    }
    return "/events.\(options.output == .json ? "jsonl" : "txt")?\(query.text)"
  }
}
