// `rondo status`: what the running daemon says of itself on its status port.

import DNS
import Linux
internal import Reporting
import Server

/// Prints the status once, or until interrupted.
///
/// - Returns: the exit status of a monitoring plug-in, of the last status when there were several.
func status(_ options: StatusOptions) -> Int32 {
  switch options.repetition {
  case .once: return showStatus(options).exit
  case .watch: return watch(options)
  }
}

/// Shows the status every two seconds, also while no daemon answers, until a signal ends it or nobody reads any more.
private func watch(_ options: StatusOptions) -> Int32 {
  do throws(Errno) {
    let signals = try SignalSource()
    var epoll = try Epoll(capacity: 1)
    try epoll.add(signals, token: 0, for: .readable)
    while true {
      // Home, then clear to the end of the screen: no flicker, nothing left over.
      if isTerminal(1) { _ = show("\u{1B}[H\u{1B}[J") }
      let (status, hasReader) = showStatus(options)
      guard hasReader, try epoll.wait(timeout: .seconds(2)) == 0 else { return status }
    }
  } catch {
    _ = fail("cannot wait for signals: \(error)")
    return StatusExit.unknown
  }
}

/// Prints the status once; `hasReader` is false when nobody reads standard output any more.
private func showStatus(_ options: StatusOptions) -> (exit: Int32, hasReader: Bool) {
  let path = options.output == .json ? "/status.json" : "/status.txt"
  let response: (severity: Severity, body: [UInt8])
  do throws(Errno) {
    response = try fetch(path, from: options.endpoint)
  } catch {
    _ = fail("no status from \(options.endpoint): \(error); is the daemon running, and is its --status the same?")
    return (StatusExit.unknown, hasReader: true)
  }
  let exit = Int32(response.severity.rawValue)
  do throws(Errno) {
    try standardOutput.write(String(decoding: response.body, as: UTF8.self))
    return (exit, hasReader: true)
  } catch .brokenPipe {
    // The reader has seen enough, as in `rondo status | head`.
    return (exit, hasReader: false)
  } catch {
    _ = fail("cannot write to standard output: \(error)")
    return (StatusExit.unknown, hasReader: false)
  }
}
