// What the tests must know of files and the module does not return: modes, sockets left behind, signals.

import Glibc
import Linux

/// Errors that only tests name.
extension Errno {
  static let ioError = Errno(rawValue: EIO)
  static let noSpace = Errno(rawValue: ENOSPC)
  static let messageTooLong = Errno(rawValue: EMSGSIZE)
}

/// Removes a file, not a folder.
func removeFile(_ path: String) throws {
  // The string becomes a C string that outlives the call.
  guard unsafe unlink(path) == 0 else { throw Errno(rawValue: errno) }
}

/// The permission bits of what is at `path`.
func fileMode(of path: String) throws -> UInt32 {
  var status = stat()
  // The call fills in a structure of its caller's.
  guard unsafe lstat(path, &status) == 0 else { throw Errno(rawValue: errno) }
  return status.st_mode & 0o7777
}

/// Makes a file of these octets, or replaces what is in it.
func write(_ octets: [UInt8], to path: String, mode: UInt32 = 0o644) throws {
  // The string becomes a C string that outlives the call.
  let number = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
  guard number >= 0 else { throw Errno(rawValue: errno) }
  defer { close(number) }
  // The array's memory outlives the call and is as long as said.
  let written = unsafe octets.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
  guard written == octets.count, fchmod(number, mode) == 0 else { throw Errno(rawValue: errno) }
}

/// Binds a Unix socket to `path` and closes it without removing the path, as a killed process does.
func leaveStaleSocket(at path: String) throws {
  let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(number) }
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  let result = unsafe withUnsafeMutableBytes(of: &address) { bytes in
    // The callers' paths are short; the address is zeros beyond.
    for (index, octet) in path.utf8.enumerated() { unsafe bytes[2 + index] = octet }
    return unsafe bytes.withMemoryRebound(to: sockaddr.self) { address in
      unsafe bind(number, address.baseAddress, socklen_t(MemoryLayout<sockaddr_un>.size))
    }
  }
  guard result == 0 else { throw Errno(rawValue: errno) }
}

/// Removes an empty folder.
func removeDirectory(_ path: String) {
  // The string becomes a C string that outlives the call.
  unsafe rmdir(path)
}

/// Sends a signal to the calling thread.
func raiseHangUp() { raise(SIGHUP) }

/// How many of SIGHUP, SIGTERM, SIGSEGV the calling thread has blocked.
func blockedSignals() -> [Bool] {
  var mask = sigset_t()
  // The call fills in a set of its caller's.
  unsafe pthread_sigmask(SIG_BLOCK, nil, &mask)
  return [SIGHUP, SIGTERM, SIGSEGV].map { unsafe sigismember(&mask, $0) == 1 }
}

/// The calling thread's name as the kernel keeps it.
func threadName() -> String {
  guard let bytes = try? readFile("/proc/thread-self/comm", limit: 100) else { return "" }
  return String(decoding: bytes.dropLast(), as: UTF8.self)
}

/// How `$JOURNAL_STREAM` would name what is open under `number`.
func deviceAndInode(of number: Int32) throws -> String {
  var status = stat()
  // The call fills in a structure of its caller's.
  guard unsafe fstat(number, &status) == 0 else { throw Errno(rawValue: errno) }
  return "\(status.st_dev):\(status.st_ino)"
}

/// A Unix datagram socket such as a supervisor listens on.
final class NotificationReceiver {
  private let number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
  private let path: String

  init(at path: String) throws {
    self.path = path
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let isAbstract = path.hasPrefix("@")
    let length = socklen_t(2 + path.utf8.count + (isAbstract ? 0 : 1))
    let result = unsafe withUnsafeMutableBytes(of: &address) { bytes in
      // The callers' paths are short; the address is zeros beyond.
      for (index, octet) in path.utf8.enumerated() { unsafe bytes[2 + index] = octet }
      if isAbstract { unsafe bytes[2] = 0 }
      return unsafe bytes.withMemoryRebound(to: sockaddr.self) { unsafe bind(number, $0.baseAddress, length) }
    }
    guard result == 0 else { throw Errno(rawValue: errno) }
  }

  deinit {
    close(number)
    try? removeFile(path)
  }

  func receive() throws -> String {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe recv(number, $0.baseAddress, $0.count, 0) }
    guard count >= 0 else { throw Errno(rawValue: errno) }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}

/// A descriptor that is not closed on exec.
func inheritableDescriptor() throws -> Int32 {
  let number = dup(2)
  guard number >= 0 else { throw Errno(rawValue: errno) }
  return number
}

func closeDescriptor(_ number: Int32) { close(number) }

/// How many descriptors this process has open.
func openDescriptors() throws -> Int {
  guard let folder = unsafe opendir("/proc/self/fd") else { throw Errno(rawValue: errno) }
  // The folder is open until the end of this function.
  defer { unsafe closedir(folder) }
  var count = 0
  while unsafe readdir(folder) != nil { count += 1 }
  return count
}

/// Whether an address sanitizer keeps freed memory for a while, and looks for leaks by itself.
var hasAddressSanitizer: Bool {
  // The string becomes a C string that outlives the call; null means this process and all it has loaded.
  unsafe dlsym(nil, "__asan_init") != nil
}

/// How many pages of memory this process has in use.
func residentPages() throws -> Int {
  let fields = String(decoding: try readFile("/proc/self/statm", limit: 4_096), as: UTF8.self).split(separator: " ")
  guard fields.count > 1, let pages = Int(fields[1]) else { throw Errno.ioError }
  return pages
}

/// A number that a TCP socket is set to.
func tcpOption(_ option: Int32, of number: Int32, level: Int32 = Int32(IPPROTO_TCP)) throws -> Int32 {
  var value: Int32 = 0
  var size = socklen_t(4)
  // The call fills in a number of its caller's.
  guard unsafe getsockopt(number, level, option, &value, &size) == 0 else { throw Errno(rawValue: errno) }
  return value
}

func keepAliveOptions(of number: Int32) throws -> [Int32] {
  [
    try tcpOption(SO_KEEPALIVE, of: number, level: SOL_SOCKET), try tcpOption(TCP_KEEPIDLE, of: number),
    try tcpOption(TCP_KEEPINTVL, of: number), try tcpOption(TCP_KEEPCNT, of: number),
  ]
}

/// Has `body` run at the end of the process.
func atExit(_ body: @escaping @convention(c) () -> Void) { atexit(body) }

/// Wraps `mkfifo(3)`.
func makePipe(_ path: String) throws {
  // The string becomes a C string that outlives the call.
  guard unsafe mkfifo(path, 0o600) == 0 else { throw Errno(rawValue: errno) }
}
