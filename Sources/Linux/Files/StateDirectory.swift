// The folder that a daemon keeps its state in: its files are read, replaced, renamed and removed by name within it.
//
// Everything goes through one descriptor of the folder. A name never leaves the folder, a link in it is never followed,
// and only a regular file is read: a FIFO, a device or a socket under the name of a state file is an error, not a wait.

internal import CLinux
internal import Glibc

/// Why a file of the state directory cannot be used.
package enum StateFileError: Error, Hashable, Sendable, CustomStringConvertible {
  case system(Errno)
  /// A folder, a FIFO, a device or a socket.
  case notRegular
  case symbolicLink
  /// The file has more than so many octets.
  case tooLong(Int)
  /// The file has fewer than so many octets.
  case tooShort(Int)

  package var description: String {
    switch self {
    case .system(let error): error.description
    case .notRegular: "it is not a regular file"
    case .symbolicLink: "it is a symbolic link"
    case .tooLong(let limit): "it has more than \(limit) octets"
    case .tooShort(let length): "it has lost octets: there were \(length)"
    }
  }
}

/// An open folder; wraps `openat(2)` and its relatives.
package struct StateDirectory: ~Copyable {
  private let folder: FileDescriptor

  /// Wraps `open(2)` with O_DIRECTORY. The folder itself may be reached by a link, as systemd makes it for DynamicUser=.
  package init(_ path: String) throws(StateFileError) {
    do throws(Errno) {
      // The string becomes a C string that outlives the call.
      folder = FileDescriptor(owning: try call("open") { unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
    } catch {
      throw .system(error)
    }
  }

  /// The whole of a regular file.
  package func read(_ name: String, limit: Int) throws(StateFileError) -> [UInt8] {
    do throws(Errno) {
      let file = try open(name, O_RDONLY | O_NONBLOCK)
      guard try StateDirectory.isRegular(file) else { throw .invalidArgument }
      var octets: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 65_536)
      while true {
        var elements = chunk.mutableSpan
        var room = MutableRawSpan(_elements: &elements)
        let count = try file.read(into: &room)
        if count == 0 { return octets }
        guard octets.count + count <= limit else { throw .fileTooLarge }
        octets += chunk[..<count]
      }
    } catch .fileTooLarge {
      throw .tooLong(limit)
    } catch {
      throw reason(for: error)
    }
  }

  /// Replaces a file so that at every moment, even after a loss of power, the old or the new one is there whole.
  ///
  /// Writes a file beside it, syncs it, renames it, syncs the folder: `openat(2)`, `fsync(2)`, `renameat(2)`.
  package func replace(_ name: String, with octets: [UInt8], mode: UInt32 = 0o644) throws(StateFileError) {
    let temporary = StateDirectory.temporaryName(for: name)
    // What an earlier process with this number may have left.
    try? remove(temporary)
    do throws(Errno) {
      let file = try open(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
      try file.writeAll(octets.octets)
      // Not subject to the umask, as the mode of open(2) is.
      try call("fchmod") { fchmod(file.number, mode) }
      try call("fsync") { fsync(file.number) }
      // Strings become C strings that outlive the call.
      try call("renameat") { unsafe renameat(folder.number, temporary, folder.number, name) }
    } catch {
      try? remove(temporary)
      throw reason(for: error)
    }
    try syncFolder()
  }

  /// Writes a file that is not there yet: whatever has that name, a link to nowhere included, is left alone and is an
  /// error (`Errno.fileExists`). A file that cannot be written whole is removed again.
  ///
  /// Wraps `openat(2)` with O_EXCL, `fsync(2)`.
  package func create(_ name: String, with octets: [UInt8], mode: UInt32 = 0o644) throws(StateFileError) {
    let file = try openNew(name)
    do throws(Errno) {
      try file.writeAll(octets.octets)
      // As above.
      try call("fchmod") { fchmod(file.number, mode) }
      try call("fsync") { fsync(file.number) }
    } catch {
      try? remove(name)
      throw .system(error)
    }
    try syncFolder()
  }

  private func openNew(_ name: String) throws(StateFileError) -> FileDescriptor {
    do throws(Errno) {
      return try open(name, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
    } catch {
      throw .system(error)
    }
  }

  /// Appends to a file of which the first `length` octets count; what comes after them is cut off first.
  ///
  /// After a failure, the file has its first `length` octets and perhaps some of the others. Wraps `ftruncate(2)`,
  /// `write(2)`, `fsync(2)`.
  package func append(_ octets: [UInt8], to name: String, at length: Int) throws(StateFileError) {
    let size: Int
    do throws(Errno) {
      let file = try open(name, O_WRONLY | O_APPEND | O_NONBLOCK)
      size = try StateDirectory.size(ofRegular: file)
      if size >= length {
        if size > length { try call("ftruncate") { ftruncate(file.number, length) } }
        try file.writeAll(octets.octets)
        try call("fsync") { fsync(file.number) }
      }
    } catch {
      throw reason(for: error)
    }
    if size < length { throw .tooShort(length) }
  }

  /// Gives a file another name; a file that has that name already is left alone, and is an error.
  ///
  /// Wraps `renameat2(2)` with RENAME_NOREPLACE.
  package func rename(_ name: String, to other: String) throws(StateFileError) {
    do throws(Errno) {
      try renameKeeping(name, to: other)
    } catch {
      throw reason(for: error)
    }
    try syncFolder()
  }

  /// Has the folder's names survive a loss of power, as far as its file system can: some, such as FUSE, cannot sync a
  /// folder and say so by EINVAL.
  private func syncFolder() throws(StateFileError) {
    do throws(Errno) {
      try call("fsync") { fsync(folder.number) }
    } catch .invalidArgument {
      // The file is in place; nothing more can be done for it.
    } catch {
      throw .system(error)
    }
  }

  private func renameKeeping(_ name: String, to other: String) throws(Errno) {
    do throws(Errno) {
      // As above.
      try call("renameat2") {
        unsafe renameat2(folder.number, name, folder.number, other, StateDirectory.noReplacement)
      }
    } catch .invalidArgument, .notImplemented {
      // A file system or kernel without that flag, such as NFS: look first, and rename then.
      try renameAfterLooking(name, to: other)
    }
  }

  /// For where the kernel cannot look and rename at once: a file that somebody else makes in between is lost.
  func renameAfterLooking(_ name: String, to other: String) throws(Errno) {
    do throws(Errno) {
      _ = try kind(of: other)
    } catch .noSuchFileOrDirectory {
      // As above.
      try call("renameat") { unsafe renameat(folder.number, name, folder.number, other) }
      return
    }
    throw .fileExists
  }

  /// RENAME_NOREPLACE
  private static let noReplacement: UInt32 = 1

  /// Removes the temporary files that killed processes have left: those that `replace` makes for one of `names`.
  ///
  /// Only regular files whose whole name fits, and not more than a thousand of them. Wraps `readdir(3)`, `unlinkat(2)`.
  ///
  /// - Returns: how many were removed.
  @discardableResult
  package func sweepTemporaries(of names: [String]) throws(StateFileError) -> Int {
    let found: [String]
    do throws(Errno) {
      found = try Linux.names(inFolder: folder.number, atMost: StateDirectory.mostEntries).filter { candidate in
        names.contains { StateDirectory.isTemporary(candidate, of: $0) }
      }
    } catch {
      throw .system(error)
    }
    var removed = 0
    for name in found.prefix(StateDirectory.mostRemoved) where isRegular(name) {
      try remove(name)
      removed += 1
    }
    return removed
  }

  private static let mostEntries = 100_000
  private static let mostRemoved = 1_000

  /// `admin-states.4711.new`: the process number keeps two daemons apart that share a folder by mistake.
  package static func temporaryName(for name: String) -> String { "\(name).\(processID).new" }

  /// Whether `candidate` is a name that `temporaryName` gives in some process.
  package static func isTemporary(_ candidate: String, of name: String) -> Bool {
    guard candidate.hasPrefix("\(name)."), candidate.hasSuffix(".new") else { return false }
    let digits = candidate.utf8.dropFirst(name.utf8.count + 1).dropLast(4)
    return (1...10).contains(digits.count) && digits.allSatisfy { (0x30...0x39).contains($0) }
  }

  private func isRegular(_ name: String) -> Bool { (try? kind(of: name)) == S_IFREG }

  /// The file type bits of what has the name, of a link itself; wraps `fstatat(2)`.
  private func kind(of name: String) throws(Errno) -> mode_t {
    var status = stat()
    // The call fills in a structure of its caller's.
    try call("fstatat") { unsafe fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) }
    return status.st_mode & S_IFMT
  }

  /// Wraps `unlinkat(2)`.
  package func remove(_ name: String) throws(StateFileError) {
    do throws(Errno) {
      // As above.
      try call("unlinkat") { unsafe unlinkat(folder.number, name, 0) }
    } catch {
      throw .system(error)
    }
  }

  private func open(_ name: String, _ flags: Int32, mode: mode_t = 0) throws(Errno) -> FileDescriptor {
    guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "/")), name != "..", name != "." else {
      throw .noSuchFileOrDirectory
    }
    // As above.
    let number = try call("openat") { unsafe openat(folder.number, name, flags | O_NOFOLLOW | O_CLOEXEC, mode) }
    return FileDescriptor(owning: number)
  }

  /// What the errors of opening and renaming mean here.
  private func reason(for error: Errno) -> StateFileError {
    switch error.rawValue {
    case ELOOP: .symbolicLink
    // A socket, a FIFO without a reader, and what `read` has found to be no regular file.
    case ENXIO, ENODEV, EINVAL, EISDIR: .notRegular
    default: .system(error)
    }
  }

  /// How many octets a regular file has; an error for anything else. Wraps `fstat(2)`.
  private static func size(ofRegular file: borrowing FileDescriptor) throws(Errno) -> Int {
    var status = stat()
    let number = file.number
    // The call fills in a structure of its caller's.
    try call("fstat") { unsafe fstat(number, &status) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .invalidArgument }
    return Int(status.st_size)
  }

  /// Wraps `fstat(2)`.
  private static func isRegular(_ file: borrowing FileDescriptor) throws(Errno) -> Bool {
    var status = stat()
    let number = file.number
    // As above.
    try call("fstat") { unsafe fstat(number, &status) }
    return status.st_mode & S_IFMT == S_IFREG
  }
}
