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

  /// The name of a user, nil if the user database has none for the number or cannot be read; wraps `getpwuid_r(3)`.
  package static func name(of userID: UInt32) -> String? {
    var entry = unsafe passwd()
    var found: UnsafeMutablePointer<passwd>?
    var room = [CChar](repeating: 0, count: 16_384)
    return unsafe room.withUnsafeMutableBufferPointer { room in
      // The name lies in the room, and is copied before that goes.
      guard let start = room.baseAddress, unsafe getpwuid_r(userID, &entry, start, room.count, &found) == 0,
        unsafe found != nil, let name = unsafe entry.pw_name
      else { return nil }
      return unsafe String(cString: name)
    }
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
