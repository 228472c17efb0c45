// Who this process is, and how it becomes nobody in particular once its ports are open.

internal import CLinux
internal import Glibc

/// A user and the user's primary group.
package struct UserIdentity: Hashable, Sendable {
  package let userID: UInt32
  package let groupID: UInt32

  package init(userID: UInt32, groupID: UInt32) {
    self.userID = userID
    self.groupID = groupID
  }
}

extension UserIdentity {
  /// The user this process acts as; wraps `geteuid(2)` and `getegid(2)`.
  package static var current: UserIdentity { UserIdentity(userID: geteuid(), groupID: getegid()) }

  package var isRoot: Bool { userID == 0 }

  /// Looks a name up in the user database, nil if it is not there; wraps `getpwnam_r(3)`.
  package init?(name: String) throws(Errno) {
    var entry = unsafe passwd()
    var found: UnsafeMutablePointer<passwd>?
    var room = [CChar](repeating: 0, count: 16_384)
    // The call fills in structures of its caller's; nothing of them but two numbers is kept.
    let error = unsafe getpwnam_r(name, &entry, &room, room.count, &found)
    guard unsafe found != nil else {
      // Databases tell in several ways that there is no such name.
      guard [0, ENOENT, ESRCH].contains(error) else { throw Errno(rawValue: error) }
      return nil
    }
    unsafe self.init(userID: entry.pw_uid, groupID: entry.pw_gid)
  }

  /// The name that the file at `path` has for a user; nil if it has none or cannot be read.
  ///
  /// The other sources of `getpwuid(3)`, such as a directory server, may take minutes to answer when they are in trouble.
  package static func localName(of userID: UInt32, in path: String = "/etc/passwd") -> String? {
    guard let octets = try? readFile(path, limit: 4 << 20) else { return nil }
    let number = Array(String(userID).utf8)
    for line in octets.split(separator: UInt8(ascii: "\n")) {
      // name:password:number:…
      let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
      guard fields.count == 4, fields[2].elementsEqual(number), !fields[0].isEmpty else { continue }
      return String(decoding: fields[0], as: UTF8.self)
    }
    return nil
  }

  /// The user who logged in at the start of this session, whoever they have become since, as the kernel's audit knows it;
  /// nil if nobody did. Wraps `/proc/self/loginuid` of proc(5).
  package static var login: UInt32? {
    guard let octets = try? readFile("/proc/self/loginuid", limit: 64),
      let number = UInt32(String(decoding: octets.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)), number != .max
    else { return nil }
    return number
  }
}

/// Becomes `user` for good: no supplementary groups, then the group, then the user, then a look whether it is true.
///
/// The order matters: after the user has changed the groups cannot be. Wraps `setgroups(2)`, `setresgid(2)`,
/// `setresuid(2)`, which glibc carries out in all threads. Throws `.notPermitted` if root could be had back.
package func dropPrivileges(to user: UserIdentity) throws(Errno) {
  // Root's own groups would outlive the change.
  var group = user.groupID
  if UserIdentity.current.isRoot { try call { unsafe setgroups(1, &group) } }
  try call { setresgid(user.groupID, user.groupID, user.groupID) }
  try call { setresuid(user.userID, user.userID, user.userID) }

  var users: (real: UInt32, effective: UInt32, saved: UInt32) = (0, 0, 0)
  var groups: (real: UInt32, effective: UInt32, saved: UInt32) = (0, 0, 0)
  // Calls that fill in numbers of their caller's.
  try call { unsafe getresuid(&users.real, &users.effective, &users.saved) }
  try call { unsafe getresgid(&groups.real, &groups.effective, &groups.saved) }
  guard users == (user.userID, user.userID, user.userID), groups == (user.groupID, user.groupID, user.groupID) else {
    throw .notPermitted
  }
  if !user.isRoot, setuid(0) == 0 { throw .notPermitted }
}
