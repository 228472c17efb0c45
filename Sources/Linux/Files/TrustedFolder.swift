// Folders in which root may act for another user: no one else can put something different in the place of a name.
//
//   /        root, written by root alone
//   └─ var      likewise
//      └─ lib     likewise: `rondo` may be made here and given away by its descriptor
//
// Where a folder belongs to another user, that user decides what its names mean. Root does nothing there; the service
// acts with its own user's rights instead.

internal import CLinux
internal import Glibc

/// An open folder that is reached through folders that only root can change.
package struct TrustedFolder: ~Copyable {
  private let descriptor: FileDescriptor
  /// Whether others may make names here: a folder such as `/tmp`, in which each may remove only what is their own.
  package let isShared: Bool

  /// What an operator may write, followed link by link; more is a loop.
  private static var mostLinks: Int { 40 }

  /// Opens the folder at `path`, an absolute one or relative to the working folder; nil if it is missing or cannot be trusted.
  ///
  /// Every component belongs to root and cannot be written by others; in a folder with the sticky bit a name can be made
  /// by others, but not replaced. Symbolic links are followed where root alone could have made them, as `/var/run`.
  /// Wraps `openat(2)` with O_PATH and O_NOFOLLOW, `fstat(2)`, `readlinkat(2)`.
  package init?(_ path: String) {
    guard let path = TrustedFolder.absolute(path), let root = TrustedFolder.open("/", in: AT_FDCWD),
      var status = try? FileStatus(root), status.isKeptByRoot
    else { return nil }
    var current = root
    var names = TrustedFolder.components(of: path)
    var links = 0
    while let name = names.popLast() {
      guard let next = TrustedFolder.open(name, in: current.number), let found = try? FileStatus(next),
        found.userID == 0
      else { return nil }
      if found.isLink {
        links += 1
        guard links <= TrustedFolder.mostLinks, !status.isShared,
          let target = TrustedFolder.target(of: name, in: current), target.utf8.first != nil
        else { return nil }
        names += TrustedFolder.components(of: target)
        guard target.hasPrefix("/") else { continue }
        guard let root = TrustedFolder.open("/", in: AT_FDCWD), let top = try? FileStatus(root) else { return nil }
        current = root
        status = top
      } else {
        guard found.isKeptByRoot else { return nil }
        current = next
        status = found
      }
    }
    descriptor = current
    isShared = status.isShared
  }

  /// Makes the folder `name` in this one and gives it to `user`, unless something has that name.
  ///
  /// - Returns: whether it was made. Wraps `mkdirat(2)`, `fchown(2)`, `fchmod(2)`.
  package borrowing func makeFolder(
    _ name: String, for user: UserIdentity, mode: UInt32 = 0o755
  ) throws(Errno) -> Bool {
    let parent = descriptor.number
    do throws(Errno) {
      // The string becomes a C string that outlives the call.
      try call("mkdirat") { unsafe mkdirat(parent, name, 0o700) }
    } catch .fileExists {
      return false
    }
    // Not replaced meanwhile: nobody else may remove what is root's here.
    let number = try call("openat") { unsafe openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
    let folder = FileDescriptor(owning: number)
    guard try FileStatus(folder).userID == geteuid() else { throw .notPermitted }
    try call("fchmod") { fchmod(number, mode) }
    try call("fchown") { fchown(number, user.userID, user.groupID) }
    return true
  }

  /// Gives this folder itself to `user`, if no name in it is one that `isOurs` denies.
  ///
  /// - Returns: whether it was given. Wraps `fchown(2)`.
  package borrowing func give(to user: UserIdentity, ifAll isOurs: (String) -> Bool) throws(Errno) -> Bool {
    guard !isShared else { return false }
    let parent = descriptor.number
    // As above. O_PATH allows no fchown(2).
    let folder = FileDescriptor(
      owning: try call("openat") { unsafe openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
    let most = 1_000
    let found = try names(inFolder: folder.number, atMost: most + 1)
    guard found.count <= most, found.allSatisfy(isOurs) else { return false }
    try call("fchown") { fchown(folder.number, user.userID, user.groupID) }
    return true
  }

  // MARK: The walk

  private static func open(_ name: String, in folder: Int32) -> FileDescriptor? {
    // As above.
    let number = unsafe openat(folder, name, __O_PATH | O_NOFOLLOW | O_CLOEXEC)
    return number < 0 ? nil : FileDescriptor(owning: number)
  }

  /// The last one first, without those that say nothing.
  private static func components(of path: String) -> [String] {
    path.split(separator: "/").filter { $0 != "." }.map(String.init).reversed()
  }

  private static func absolute(_ path: String) -> String? {
    guard !path.isEmpty, !path.utf8.contains(0) else { return nil }
    if path.hasPrefix("/") { return path }
    // The C library allocates the text, for us to free.
    guard let folder = unsafe getcwd(nil, 0) else { return nil }
    defer { unsafe free(folder) }
    return unsafe String(cString: folder) + "/" + path
  }

  private static func target(of name: String, in folder: borrowing FileDescriptor) -> String? {
    var octets = [UInt8](repeating: 0, count: 4_096)
    let capacity = octets.count
    let number = folder.number
    let length = unsafe octets.withUnsafeMutableBytes { (octets) -> Int in
      // The call writes at most `capacity` octets.
      guard let start = unsafe octets.baseAddress?.assumingMemoryBound(to: CChar.self) else { return -1 }
      return unsafe readlinkat(number, name, start, capacity)
    }
    guard length > 0, length < capacity else { return nil }
    return String(decoding: octets.prefix(length), as: UTF8.self)
  }
}

/// What trust depends on, of an open file; wraps `fstat(2)`.
private struct FileStatus {
  let userID: UInt32
  private let mode: mode_t

  init(_ file: borrowing FileDescriptor) throws(Errno) {
    var status = stat()
    let number = file.number
    // The call fills in a structure of its caller's.
    try call("fstat") { unsafe fstat(number, &status) }
    userID = status.st_uid
    mode = status.st_mode
  }

  var isLink: Bool { mode & S_IFMT == S_IFLNK }
  /// Others may make names in this folder.
  var isShared: Bool { mode & 0o022 != 0 }
  /// A folder of root's in which no one else can replace what is root's.
  var isKeptByRoot: Bool { mode & S_IFMT == S_IFDIR && userID == 0 && (!isShared || mode & S_ISVTX != 0) }
}
