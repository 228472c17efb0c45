// The process supervisor (systemd): its notifications, and whether it reads our standard error.

internal import CLinux
internal import Glibc

/// Sends a state such as `READY=1`, `RELOADING=1\nMONOTONIC_USEC=…`, `STOPPING=1`, `WATCHDOG=1` or `STATUS=…`.
///
/// One datagram to the Unix socket that `$NOTIFY_SOCKET` names, a path or after `@` an abstract name: the protocol of
/// `sd_notify(3)`. Returns false if no supervisor asked for it. Never waits: throws `.wouldBlock` if the supervisor has
/// not read what it was sent before.
@discardableResult
package func notifySupervisor(
  _ state: String, at path: String? = environment("NOTIFY_SOCKET")
) throws(Errno) -> Bool {
  guard let path, path.hasPrefix("/") || path.hasPrefix("@") else { return false }
  let socket = try FileDescriptor.unixSocket(type: SocketFlag.datagram, flags: SocketFlag.nonBlocking)
  try socket.connect(to: UnixAddress(path: path))
  _ = try socket.write(Array(state.utf8).octets)
  return true
}

/// Whether standard error goes to the systemd journal, which writes the time before each line by itself.
///
/// True if `$JOURNAL_STREAM`, `device:inode`, is what descriptor 2 is.
package var isConnectedToJournal: Bool {
  guard let stream = environment("JOURNAL_STREAM") else { return false }
  return isStandardError(stream)
}

/// Whether descriptor 2 is the file that `deviceAndInode` names, `device:inode`.
package func isStandardError(_ deviceAndInode: String) -> Bool {
  guard let file = try? FileIdentity(descriptor: STDERR_FILENO) else { return false }
  return deviceAndInode == "\(file.device):\(file.inode)"
}
