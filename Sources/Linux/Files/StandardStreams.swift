// Standard error for the log, standard output for the commands: no buffer in between.

internal import Glibc

/// Descriptor 2: log lines and diagnostics.
package let standardError = StandardError()

/// Descriptor 1: what a command was asked for.
package let standardOutput = StandardOutput()

package struct StandardError: Sendable {
  /// Writes `text`, and waits for a slow reader: for a command that has something to say before it ends.
  package func write(_ text: String) {
    writeWhole(Array(text.utf8), to: STDERR_FILENO)
  }

  /// Writes all of `octets`, and waits as long as the reader or the disk takes: for a thread that does nothing else.
  ///
  /// - Returns: how many were written; fewer than all after an error, such as a full disk or a reader that has gone.
  package func writeWaiting(_ octets: [UInt8]) -> Int {
    var written = 0
    while written < octets.count {
      do throws(Errno) {
        let more = try octets.write(from: written, to: STDERR_FILENO)
        guard more > 0 else { return written }
        written += more
      } catch .wouldBlock {
        // Another program that shares the pipe or terminal has made it non-blocking.
        waitUntilWritable(STDERR_FILENO)
      } catch {
        return written
      }
    }
    return written
  }

  /// Writes `text` and a line feed by one `write(2)`.
  package func writeLine(_ text: String) { write(text + "\n") }
}

package struct StandardOutput: Sendable {
  /// Writes all of `text`, and waits for a slow reader; wraps `write(2)`. Throws `.brokenPipe` and the like.
  package func write(_ text: String) throws(Errno) {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      do throws(Errno) {
        written += try bytes.write(from: written, to: STDOUT_FILENO)
      } catch .wouldBlock {
        // Somebody who shares the terminal or pipe has made it non-blocking.
        waitUntilWritable(STDOUT_FILENO)
      }
    }
  }

  /// Writes `text` and a line feed.
  package func writeLine(_ text: String) throws(Errno) { try write(text + "\n") }
}

/// Whether a descriptor is a terminal; wraps `isatty(3)`.
package func isTerminal(_ number: Int32) -> Bool { isatty(number) == 1 }

extension [UInt8] {
  /// Wraps one `write(2)` to a descriptor that nobody owns.
  fileprivate func write(from start: Int, to number: Int32) throws(Errno) -> Int {
    try unsafe octets.extracting(start..<count).withUnsafeBytes { (bytes) throws(Errno) in
      // The array's memory outlives the call and is as long as said.
      try call("write") { unsafe Glibc.write(number, bytes.baseAddress, bytes.count) }
    }
  }
}

private func writeWhole(_ bytes: [UInt8], to number: Int32) {
  var written = 0
  // A file or a terminal may take less than all without being full.
  while written < bytes.count {
    guard let more = try? bytes.write(from: written, to: number), more > 0 else { return }
    written += more
  }
}

private func waitUntilWritable(_ number: Int32) { _ = isWritable(number, within: 1_000) }

/// Whether a write would not wait now, or within so many milliseconds; wraps `poll(2)`.
private func isWritable(_ number: Int32, within milliseconds: Int32 = 0) -> Bool {
  var watched = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
  // The call reads and fills in one structure of its caller's; an error shows again at the next write.
  return unsafe poll(&watched, 1, milliseconds) > 0
}
