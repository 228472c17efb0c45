// The user that a daemon becomes: looked up once at the start, by name or by number.

internal import CLinux
internal import Glibc

/// A user with all groups that the user belongs to, as `initgroups(3)` would set them.
package struct ServiceUser: Sendable {
  /// As the operator wrote it.
  package let name: String
  package let identity: UserIdentity
  /// The primary group first.
  let groups: [UInt32]

  /// Why there is no such user.
  package enum LookupError: Error, Hashable, Sendable {
    /// No user has the name.
    case unknown
    /// A number that the user database does not have: its group is not known.
    case unknownNumber
    /// A number that means something else to the kernel.
    case badNumber
    /// The user database cannot be read.
    case system(Errno)
  }

  /// `name`, the number of a user in the database, or `uid:gid` for a user who need not be in it.
  ///
  /// Wraps `getpwnam_r(3)`, `getpwuid_r(3)` and `getgrouplist(3)`, which may ask a directory server: for the start alone.
  package init(_ text: String) throws(LookupError) {
    name = text
    let numbers = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    if numbers.count == 2, let user = ServiceUser.number(numbers[0]), let group = ServiceUser.number(numbers[1]) {
      // All ones are "no change" to setresuid(2).
      guard user != .max, group != .max else { throw .badNumber }
      identity = UserIdentity(userID: user, groupID: group)
      groups = [group]
      return
    }
    let isNumber = ServiceUser.number(text[...]) != nil
    do throws(Errno) {
      guard let entry = try PasswordEntry(text) else { throw .noSuchFileOrDirectory }
      identity = entry.identity
      groups = try ServiceUser.groups(of: entry)
    } catch .noSuchFileOrDirectory {
      throw isNumber ? .unknownNumber : .unknown
    } catch {
      throw .system(error)
    }
    guard identity.userID != .max, identity.groupID != .max else { throw .badNumber }
  }

  /// Digits and nothing else; what is too large becomes all ones.
  fileprivate static func number(_ text: Substring) -> UInt32? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return UInt32(text) ?? .max
  }

  /// More groups than a user may have anywhere: Linux's own limit.
  private static let mostGroups = 65_536

  private static func groups(of entry: PasswordEntry) throws(Errno) -> [UInt32] {
    var capacity: Int32 = 64
    while true {
      var groups = [UInt32](repeating: 0, count: Int(capacity))
      var count = capacity
      // The call writes at most `count` numbers into the array, and sets it to how many there are.
      let result = unsafe getgrouplist(entry.name, entry.identity.groupID, &groups, &count)
      if result >= 0 { return Array(groups.prefix(Int(max(0, count)))) }
      guard count > capacity, count <= mostGroups else { throw .invalidArgument }
      capacity = count
    }
  }
}

/// What is used of a line in the user database.
private struct PasswordEntry {
  let name: String
  let identity: UserIdentity

  /// By name; failing that, by number. Nil if there is neither.
  init?(_ text: String) throws(Errno) {
    var entry = unsafe passwd()
    var found: UnsafeMutablePointer<passwd>?
    let room = UnsafeMutableBufferPointer<CChar>.allocate(capacity: 65_536)
    defer { unsafe room.deallocate() }
    guard let start = room.baseAddress else { throw .noMemory }
    // The calls fill in structures of their caller's, with strings that lie in the room and are copied before it goes.
    var error = unsafe getpwnam_r(text, &entry, start, room.count, &found)
    if unsafe found == nil, PasswordEntry.meansNone(error), let number = ServiceUser.number(text[...]), number != .max {
      error = unsafe getpwuid_r(number, &entry, start, room.count, &found)
    }
    guard unsafe found != nil else {
      guard PasswordEntry.meansNone(error) else { throw Errno(rawValue: error) }
      return nil
    }
    name = unsafe entry.pw_name.map { unsafe String(cString: $0) } ?? text
    identity = unsafe UserIdentity(userID: entry.pw_uid, groupID: entry.pw_gid)
  }

  /// Databases have several ways to say that there is no such user.
  private static func meansNone(_ error: Int32) -> Bool { [0, ENOENT, ESRCH].contains(error) }
}
