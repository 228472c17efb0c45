// This process: its number, arguments, environment and end.

internal import CLinux
internal import Glibc

/// Wraps `getpid(2)`.
package var processID: Int32 { getpid() }

/// Whether this is process 1, as in a container: then every orphan becomes its child.
package var isInit: Bool { processID == 1 }

/// The words of the command line, the command's own name first.
package var commandLineArguments: [String] { CommandLine.arguments }

/// The name of this host, nil if it has none; wraps `gethostname(2)`.
package func hostName() -> String? {
  var name = [CChar](repeating: 0, count: 256)
  // Writes at most 255 octets, so that the last stays zero.
  let result = unsafe name.withUnsafeMutableBufferPointer { buffer in
    unsafe buffer.baseAddress.map { unsafe gethostname($0, buffer.count - 1) } ?? -1
  }
  guard result == 0, name.first != 0 else { return nil }
  return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// A variable of the environment, nil if it is not set; wraps `getenv(3)`. This process never changes its environment.
package func environment(_ name: String) -> String? {
  // Null or a C string that lives until somebody calls setenv, which nobody does.
  unsafe getenv(name).map { unsafe String(cString: $0) }
}

/// Lets this process have as many descriptors as the system grants it at most, and returns how many that is.
///
/// A thousand clients and as many checks need more than the usual 1,024. Wraps `getrlimit(2)` and `prlimit(2)`.
@discardableResult
package func raiseDescriptorLimit() throws(Errno) -> UInt64 {
  var limit = try DescriptorLimit.current
  limit.rlim_cur = limit.rlim_max
  try DescriptorLimit.set(limit)
  return UInt64(limit.rlim_cur)
}

/// Makes the process fit to live: descriptors 0–2 are open, so that the log is never written to a socket, a pipe whose
/// reader has gone is an error, not a signal, and memory is reserved in few pieces (`boundArenas`).
///
/// To be called before all else. Wraps `fcntl(2)`, `open(2)`, `signal(2)`.
///
/// - Returns: what the process was started with.
@discardableResult
package func prepareProcess() -> ProcessStart {
  boundArenas()
  let start = ProcessStart()
  for number in STDIN_FILENO...STDERR_FILENO where isClosed(number) {
    // The string becomes a C string that outlives the call; the lowest free number is the one that was missing.
    _ = unsafe open("/dev/null", O_RDWR)
  }
  _ = signal(SIGPIPE, SIG_IGN)
  return start
}

private func isClosed(_ number: Int32) -> Bool { fcntl(number, F_GETFD) < 0 }

/// Ends the process; wraps `exit(3)`.
package func exit(_ code: Int32) -> Never { Glibc.exit(code) }

/// Ends the process without anything that is done at an end; wraps `_exit(2)`.
package func exitAtOnce(_ code: Int32) -> Never { _exit(code) }
