// Folders, programs, and what a name stands for.

internal import CLinux
internal import Glibc

/// Makes a folder, unless there is one, and returns whether it did; wraps `mkdir(2)`.
@discardableResult
package func makeDirectory(_ path: String, mode: UInt32 = 0o755) throws(Errno) -> Bool {
  do throws(Errno) {
    // The string becomes a C string that outlives the call.
    try call("mkdir") { unsafe mkdir(path, mode) }
    return true
  } catch .fileExists {
    guard try FileIdentity(path: path, following: true).isDirectory else { throw .fileExists }
    return false
  }
}

/// Whether anything is at `path`; wraps `access(2)` with F_OK.
package func fileExists(_ path: String) -> Bool {
  // As above.
  unsafe access(path, F_OK) == 0
}

/// Throws what keeps this process from running the file at `path` as a program, such as `.noSuchFileOrDirectory`; whether
/// it is one shows only when it runs. Wraps `access(2)` with X_OK.
package func requireProgram(_ path: String) throws(FileFailure) {
  // Of a folder the right to execute means another thing.
  try requireRegularFile(path)
  do throws(Errno) {
    // As above.
    try call("access") { unsafe access(path, X_OK) }
  } catch {
    throw .system(error)
  }
}

/// Which file it is, whatever its names; wraps `stat(2)`.
struct FileIdentity {
  let device: UInt
  let inode: UInt
  /// In octets; 0 for what does not know.
  let size: Int
  private let mode: UInt32

  /// Of what is at `path`, itself or what it links to.
  init(path: String, in folder: Int32 = AT_FDCWD, following: Bool = false) throws(Errno) {
    var status = stat()
    // The call fills in a structure of its caller's.
    try call("fstatat") { unsafe fstatat(folder, path, &status, following ? 0 : AT_SYMLINK_NOFOLLOW) }
    self.init(status)
  }

  /// Of what is open under `number`.
  init(descriptor number: Int32) throws(Errno) {
    var status = stat()
    // As above.
    try call("fstat") { unsafe fstat(number, &status) }
    self.init(status)
  }

  private init(_ status: stat) {
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
    size = Int(status.st_size)
    mode = status.st_mode & S_IFMT
  }

  var isSocket: Bool { mode == S_IFSOCK }
  var isDirectory: Bool { mode == S_IFDIR }

  /// Nil for a regular file.
  var kindUnlessRegular: FileKind? {
    switch mode {
    case S_IFREG: nil
    case S_IFDIR: .folder
    case S_IFIFO: .pipe
    case S_IFSOCK: .socket
    case S_IFCHR: .characterDevice
    case S_IFBLK: .blockDevice
    default: .other
    }
  }
}

extension FileIdentity: Equatable {
  static func == (one: FileIdentity, other: FileIdentity) -> Bool {
    one.device == other.device && one.inode == other.inode
  }
}

/// The folder that holds `path`; `.` for a bare file name.
package func parent(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
