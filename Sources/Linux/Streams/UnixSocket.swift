// Unix stream sockets: the control socket of a running daemon.

internal import CLinux
internal import Glibc

/// A non-blocking listener at a path in the file system, whose mode is the permission to connect.
package struct UnixListener: ~Copyable, Sendable {
  private let descriptor: FileDescriptor
  /// Where it listens.
  package let path: String
  private let place: SocketPlace
  private let file: FileIdentity

  /// Wraps `socket(2)`, `fchmod(2)`, `bind(2)`, `fchownat(2)`, `listen(2)`.
  ///
  /// A socket that a dead process left at `path` is removed. Throws `.addressInUse` if somebody answers there or if
  /// something else than a socket is there, `.nameTooLong` beyond 107 octets.
  ///
  /// - Parameter owner: whom to give the socket to, which root may do in a `TrustedFolder` alone.
  package init(path: String, mode: UInt32 = 0o660, owner: UserIdentity? = nil) throws(Errno) {
    // Clients connect by the path itself, so it has to fit.
    _ = try UnixAddress(path: path)
    let place = try SocketPlace(path)
    try place.removeStaleSocket()
    let socket = try FileDescriptor.unixSocket(flags: SocketFlag.nonBlocking)
    try Self.bind(socket, to: place, mode: mode)
    file = try Self.listen(socket, at: place, owner: owner)
    descriptor = socket
    self.path = path
    self.place = place
  }

  // Another process may have put its socket there meanwhile: that one stays.
  deinit {
    if (try? place.identity) == file { try? place.remove() }
  }

  /// The file has its mode from the start: the kernel gives it the mode of the socket, less the umask.
  private static func bind(
    _ socket: borrowing FileDescriptor, to place: borrowing SocketPlace, mode: UInt32
  ) throws(Errno) {
    let number = socket.number
    try call("fchmod") { fchmod(number, mode) }
    let before = umask(0)
    defer { _ = umask(before) }
    try socket.bind(to: try place.address)
  }

  private static func listen(
    _ socket: borrowing FileDescriptor, at place: borrowing SocketPlace, owner: UserIdentity?
  ) throws(Errno) -> FileIdentity {
    do throws(Errno) {
      let file = try place.identity
      if let owner { try place.give(to: owner) }
      let number = socket.number
      try call("listen") { Glibc.listen(number, 64) }
      return file
    } catch {
      try? place.remove()
      throw error
    }
  }

  /// The next connection that waits; nil when none does. Wraps `accept4(2)`.
  package func accept() throws(Errno) -> UnixConnection? {
    do throws(Errno) {
      let number = try call("accept4") {
        accept4(descriptor.number, nil, nil, SocketFlag.nonBlocking | SocketFlag.closeOnExec)
      }
      return UnixConnection(FileDescriptor(owning: number))
    } catch .wouldBlock {
      return nil
    } catch .connectionAborted {
      return nil
    }
  }
}

/// The folder of a socket, held open, and the socket's name in it.
///
/// What is made, given away and removed under the name is in this folder and no other, whatever becomes of the path.
private struct SocketPlace: ~Copyable {
  private let folder: FileDescriptor
  private let name: String
  private let path: String

  init(_ path: String) throws(Errno) {
    self.path = path
    name = path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    guard !name.isEmpty, name != ".", name != ".." else { throw .isDirectory }
    let parent = parent(of: path)
    // The string becomes a C string that outlives the call.
    folder = FileDescriptor(owning: try call("open") { unsafe open(parent, __O_PATH | O_DIRECTORY | O_CLOEXEC) })
  }

  /// By way of the open folder where the system shows it, for `bind(2)` and `connect(2)` know no folders.
  var address: UnixAddress {
    get throws(Errno) {
      let link = "/proc/self/fd/\(folder.number)"
      guard fileExists(link), let address = try? UnixAddress(path: "\(link)/\(name)") else {
        return try UnixAddress(path: path)
      }
      return address
    }
  }

  var identity: FileIdentity {
    get throws(Errno) { try FileIdentity(path: name, in: folder.number) }
  }

  /// Wraps `unlinkat(2)`.
  func remove() throws(Errno) {
    // As above.
    try call("unlinkat") { unsafe unlinkat(folder.number, name, 0) }
  }

  /// Wraps `fchownat(2)`; never follows a link.
  func give(to user: UserIdentity) throws(Errno) {
    // As above.
    try call("fchownat") { unsafe fchownat(folder.number, name, user.userID, user.groupID, AT_SYMLINK_NOFOLLOW) }
  }

  func removeStaleSocket() throws(Errno) {
    do throws(Errno) {
      guard try identity.isSocket else { throw .addressInUse }
      try FileDescriptor.unixSocket(flags: SocketFlag.nonBlocking).connect(to: try address)
    } catch .noSuchFileOrDirectory {
      return
    } catch .connectionRefused {
      return try remove()
    } catch .wouldBlock {
      // Its queue of connections is full: a busy process is a living one.
    }
    throw .addressInUse
  }
}

extension UnixListener: Pollable {
  package var number: Int32 { descriptor.number }
}

/// A non-blocking Unix stream connection.
package struct UnixConnection: ~Copyable, Sendable, StreamConnection {
  private let descriptor: FileDescriptor

  init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

  package var number: Int32 { descriptor.number }

  /// The process at the other end.
  package struct Peer: Hashable, Sendable {
    package let processID: Int32
    package let userID: UInt32
    package let groupID: UInt32
  }

  /// Who opened the connection, as the kernel knows it; wraps `getsockopt(2)` with SO_PEERCRED.
  package var peer: Peer {
    get throws(Errno) {
      let credentials = try descriptor.option(SOL_SOCKET, SO_PEERCRED, into: ucred())
      return Peer(processID: credentials.pid, userID: credentials.uid, groupID: credentials.gid)
    }
  }
}

/// The address of a Unix socket: a path, or after `@` a name in the abstract namespace.
struct UnixAddress {
  private var storage = sockaddr_un()
  private var length = socklen_t(0)

  /// Throws `.nameTooLong` beyond 107 octets, `.invalidArgument` for an empty path or one with a zero octet.
  init(path: String) throws(Errno) {
    var name = Array(path.utf8)
    guard !name.isEmpty, !name.contains(0) else { throw .invalidArgument }
    let offset = 2
    guard name.count <= MemoryLayout<sockaddr_un>.size - offset - 1 else { throw .nameTooLong }
    let isAbstract = name[0] == UInt8(ascii: "@")
    if isAbstract { name[0] = 0 }
    storage.sun_family = sa_family_t(AF_UNIX)
    // The length was checked above; the storage is zeros, so a path is followed by one.
    unsafe withUnsafeMutableBytes(of: &storage) { bytes in
      for (index, octet) in name.enumerated() { unsafe bytes[offset + index] = octet }
    }
    length = socklen_t(offset + name.count + (isAbstract ? 0 : 1))
  }

  /// Gives the address to a call such as `bind(2)`.
  func withPointer<Result>(
    _ body: (UnsafePointer<sockaddr>, socklen_t) throws(Errno) -> Result
  ) throws(Errno) -> Result {
    // The C interface takes every socket address as `sockaddr`, with its true length beside it.
    try unsafe withUnsafeBytes(of: storage) { (bytes) throws(Errno) in
      guard let start = bytes.baseAddress else { throw .invalidArgument }
      return try unsafe body(start.assumingMemoryBound(to: sockaddr.self), length)
    }
  }
}

extension FileDescriptor {
  /// A new Unix socket, closed on exec; wraps `socket(2)`.
  static func unixSocket(type: Int32 = SocketFlag.stream, flags: Int32 = 0) throws(Errno) -> FileDescriptor {
    FileDescriptor(owning: try call("socket") { Glibc.socket(AF_UNIX, type | flags | SocketFlag.closeOnExec, 0) })
  }

  /// Wraps `bind(2)`.
  func bind(to address: UnixAddress) throws(Errno) {
    _ = try unsafe address.withPointer { (address, length) throws(Errno) in
      // The address outlives the call.
      try call("bind") { unsafe Glibc.bind(number, address, length) }
    }
  }

  /// Wraps `connect(2)`.
  func connect(to address: UnixAddress) throws(Errno) {
    _ = try unsafe address.withPointer { (address, length) throws(Errno) in
      // As above.
      try call("connect") { unsafe Glibc.connect(number, address, length) }
    }
  }
}
