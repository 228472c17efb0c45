// Standard error for the log, standard output for the commands: no buffer in between.

internal import Glibc

/// Descriptor 2: log lines and diagnostics.
package let standardError = StandardError()

/// Descriptor 1: what a command was asked for.
package let standardOutput = StandardOutput()

package struct StandardError: Sendable {
  /// Descriptor 2 opened a second time, without waiting; nil where that cannot be done.
  ///
  /// A description of our own: who shares descriptor 2 with us goes on as before. A file is appended to, for the new
  /// description knows nothing of what was written through the old one.
  private static let withoutWaiting: FileDescriptor? = {
    // The string becomes a C string that outlives the call.
    let number = unsafe open("/proc/self/fd/2", O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    return number < 0 ? nil : FileDescriptor(owning: number)
  }()

  /// Writes `text`, and waits for a slow reader: for a command that has something to say before it ends.
  package func write(_ text: String) {
    writeWhole(Array(text.utf8), to: STDERR_FILENO)
  }

  /// Writes a log line at once or not at all: what a full pipe does not take is lost, for a daemon must not stand still
  /// for its log.
  package func writeWithoutWaiting(_ line: [UInt8]) {
    // The journal's socket cannot be opened anew, but takes a flag with each message instead.
    let sent = unsafe line.octets.withUnsafeBytes {
      // The array's memory outlives the call and is as long as said.
      unsafe send(STDERR_FILENO, $0.baseAddress, $0.count, SocketFlag.doNotWait | SocketFlag.noSignal)
    }
    guard sent < 0, Errno.current.rawValue == ENOTSOCK else { return }
    switch Self.withoutWaiting {
    case .some(let descriptor): _ = try? line.write(from: 0, to: descriptor.number)
    case nil: if isWritable(STDERR_FILENO) { writeWhole(line, to: STDERR_FILENO) }
    }
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
      try call { unsafe Glibc.write(number, bytes.baseAddress, bytes.count) }
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
