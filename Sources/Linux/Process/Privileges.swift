// How a daemon that was started by root becomes an ordinary user before it reads or writes anything.
//
//   root ──▶ becomeUser: the user's ids and groups, two capabilities ──▶ sockets are opened ──▶ giveUpCapabilities: none
//
// Files are read with the user's rights from the start: neither of the two capabilities opens a file. All of this is to
// be done before the first thread is started, for capabilities belong to a thread.

internal import CLinux
internal import Glibc

/// A right that a socket may need while it is opened; `capabilities(7)`.
private enum SocketCapability: UInt32, CaseIterable {
  /// CAP_NET_BIND_SERVICE: ports below 1024.
  case lowPorts = 10
  /// CAP_NET_ADMIN: socket buffers beyond the system's limit.
  case largeBuffers = 12
}

/// Becomes `user` for good and keeps no right but those that opening sockets takes.
///
/// Sets `no_new_privs`, empties the bounding, inheritable and ambient sets, sets the user's groups, then the group, then
/// the user, and verifies the result. Wraps `prctl(2)`, `setgroups(2)`, `setresgid(2)`, `setresuid(2)` and `capset(2)`.
///
/// Throws `.notPermitted` if this process may not become the user, or could become root again.
package func becomeUser(_ user: ServiceUser) throws(Errno) {
  let identity = user.identity
  try call("prctl") { prctl_np(PR_SET_NO_NEW_PRIVS, 1) }
  try emptyBoundingSet()
  _ = prctl_clear_ambient_capabilities()
  try call("prctl") { prctl_np(PR_SET_KEEPCAPS, 1) }
  // Root's own groups would outlive the change. A user other than root cannot set groups, and need not.
  if UserIdentity.current.isRoot { try call("setgroups") { unsafe setgroups(user.groups.count, user.groups) } }
  try call("setresgid") { setresgid(identity.groupID, identity.groupID, identity.groupID) }
  try call("setresuid") { setresuid(identity.userID, identity.userID, identity.userID) }
  try verify(identity)
  try keepCapabilities(SocketCapability.allCases.reduce(0) { $0 | 1 << UInt64($1.rawValue) })
  try call("prctl") { prctl_np(PR_SET_KEEPCAPS, 0) }
  if !identity.isRoot, setuid(0) == 0 { throw .notPermitted }
}

/// Gives up what `becomeUser` has kept. Wraps `capset(2)`.
package func giveUpCapabilities() throws(Errno) { try keepCapabilities(0) }

/// Closes every descriptor but 0, 1 and 2: what the caller of this program left open was opened with root's rights.
///
/// To be called before this process has opened anything. Wraps `close_range(2)`.
package func closeInheritedDescriptors() {
  guard close_range(3, .max, 0) < 0 else { return }
  // Before Linux 5.9. Descriptors above have never been seen in a process that has just been started.
  for number in 3..<Int32(65_536) { _ = close(number) }
}

private func verify(_ identity: UserIdentity) throws(Errno) {
  var users: (real: UInt32, effective: UInt32, saved: UInt32) = (0, 0, 0)
  var groups: (real: UInt32, effective: UInt32, saved: UInt32) = (0, 0, 0)
  // Calls that fill in numbers of their caller's.
  try call("getresuid") { unsafe getresuid(&users.real, &users.effective, &users.saved) }
  try call("getresgid") { unsafe getresgid(&groups.real, &groups.effective, &groups.saved) }
  guard users == (identity.userID, identity.userID, identity.userID),
    groups == (identity.groupID, identity.groupID, identity.groupID)
  else { throw .notPermitted }
}

/// Has no program that is started from here get a capability from its file. Wraps `prctl(2)` with PR_CAPBSET_DROP.
private func emptyBoundingSet() throws(Errno) {
  for capability in 0..<UInt(64) {
    // EINVAL: the kernel has no more of them.
    guard prctl_np(PR_CAPBSET_READ, capability) >= 0 else { return }
    do throws(Errno) {
      try call("prctl") { prctl_np(PR_CAPBSET_DROP, capability) }
    } catch .notPermitted {
      // Without CAP_SETPCAP, as in some containers: there no_new_privs alone keeps programs from gaining rights.
      return
    }
  }
}

/// Reduces the effective and permitted sets to what is in `mask` and was permitted before, the inheritable one to nothing.
private func keepCapabilities(_ mask: UInt64) throws(Errno) {
  var header = __user_cap_header_struct(version: UInt32(_LINUX_CAPABILITY_VERSION_3), pid: 0)
  let none = __user_cap_data_struct(effective: 0, permitted: 0, inheritable: 0)
  var sets = [none, none]
  // Version 3 has two structures of 32 capabilities each, which the calls fill in or read.
  try call("capget") { unsafe capget_np(&header, &sets) }
  for index in sets.indices {
    let kept = sets[index].permitted & UInt32(truncatingIfNeeded: mask >> UInt64(32 * index))
    sets[index] = __user_cap_data_struct(effective: kept, permitted: kept, inheritable: 0)
  }
  try call("capset") { unsafe capset_np(&header, &sets) }
}
