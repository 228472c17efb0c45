// Who this process is.

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
