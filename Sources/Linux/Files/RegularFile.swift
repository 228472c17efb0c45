// Reading a file that somebody has named: a regular one, of a bounded size, without ever waiting for another program.
//
// A FIFO without a writer, a terminal or a device would hold the thread that opens it, some devices act when they are
// opened, and some files never end. So the kind is looked at first, and again once the file is open.

internal import CLinux
internal import Glibc

/// Why a file cannot be read.
package enum FileFailure: Error, Hashable, Sendable {
  case system(Errno)
  case notRegular(FileKind)
  /// It has more octets than so many.
  case tooLarge(limit: Int)
}

/// What is not a regular file.
package enum FileKind: Hashable, Sendable {
  case folder, pipe, socket, characterDevice, blockDevice, other
}

/// The whole regular file at `path`, or at what a symbolic link there leads to; wraps `stat(2)`, `open(2)`, `read(2)`.
///
/// Reads at most `limit` octets, and one more to know that there are more.
package func readFile(_ path: String, limit: Int) throws(FileFailure) -> [UInt8] {
  let file = try openRegularFile(path, limit: limit)
  do throws(Errno) {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= limit {
      var elements = chunk.mutableSpan
      var room = MutableRawSpan(_elements: &elements)
      let read = try file.read(into: &room)
      if read == 0 { return bytes }
      bytes += chunk[..<read]
    }
  } catch {
    throw .system(error)
  }
  // Files such as those of /proc do not know their size.
  throw .tooLarge(limit: limit)
}

/// Throws what keeps `path`, or what a symbolic link there leads to, from being a regular file; wraps `stat(2)`.
func requireRegularFile(_ path: String) throws(FileFailure) {
  try naming { () throws(Errno) in try FileIdentity(path: path, following: true) }.requireRegular()
}

private func openRegularFile(_ path: String, limit: Int) throws(FileFailure) -> FileDescriptor {
  try requireRegularFile(path)
  let file = try naming { () throws(Errno) in
    // Without waiting, and without becoming the terminal's process, if it has been replaced meanwhile.
    let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    // The string becomes a C string that outlives the call.
    return FileDescriptor(owning: try call("open") { unsafe open(path, flags) })
  }
  let number = file.number
  let identity = try naming { () throws(Errno) in try FileIdentity(descriptor: number) }
  try identity.requireRegular()
  guard identity.size <= limit else { throw .tooLarge(limit: limit) }
  return file
}

private func naming<Value: ~Copyable>(_ body: () throws(Errno) -> Value) throws(FileFailure) -> Value {
  do throws(Errno) {
    return try body()
  } catch {
    throw .system(error)
  }
}

extension FileIdentity {
  fileprivate func requireRegular() throws(FileFailure) {
    if let kind = kindUnlessRegular { throw .notRegular(kind) }
  }
}

extension FileFailure: CustomStringConvertible {
  /// `Permission denied`, or `it is a pipe, and only regular files are read: save it to a file first`.
  package var description: String {
    switch self {
    case .system(let error): error.description
    case .notRegular(.pipe): "it is a pipe, and only regular files are read: save it to a file first"
    case .notRegular(let kind): "it is \(kind), and only regular files are read"
    case .tooLarge(let limit): "it has more than \(FileFailure.text(ofSize: limit))"
    }
  }

  private static func text(ofSize octets: Int) -> String {
    if octets >= 1 << 20, octets % (1 << 20) == 0 { return "\(octets >> 20) MiB" }
    if octets >= 1 << 10, octets % (1 << 10) == 0 { return "\(octets >> 10) KiB" }
    return "\(octets) octets"
  }
}

extension FileKind: CustomStringConvertible {
  package var description: String {
    switch self {
    case .folder: "a directory"
    case .pipe: "a pipe"
    case .socket: "a socket"
    case .characterDevice: "a device"
    case .blockDevice: "a disk device"
    case .other: "something else"
    }
  }
}
