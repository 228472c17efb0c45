// How much memory this process takes and may take.

internal import CLinux
internal import Glibc

/// The address space in use, in octets; nil where /proc does not tell.
package func addressSpaceInUse() -> Int? { statusField("VmSize:") }

/// The most address space that was in use at once, in octets; nil where /proc does not tell.
package func addressSpacePeak() -> Int? { statusField("VmPeak:") }

/// The line of /proc/self/status that begins with `name` (proc_pid_status(5)), in octets.
private func statusField(_ name: String) -> Int? {
  guard let octets = try? readFile("/proc/self/status", limit: 1 << 16) else { return nil }
  for line in String(decoding: octets, as: UTF8.self).split(separator: "\n") where line.hasPrefix(name) {
    let words = line.dropFirst(name.count).split(whereSeparator: \.isWhitespace)
    return words.first.flatMap { Int($0) }.map { $0 << 10 }
  }
  return nil
}

/// The limit on address space, in octets; nil for none. Wraps `getrlimit(2)` with RLIMIT_AS.
package func addressSpaceLimit() -> Int? {
  var limit = rlimit()
  // The kernel fills our structure in, or fails and leaves it.
  guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return nil }
  return limit.rlim_cur > UInt64(Int.max) ? nil : Int(limit.rlim_cur)
}

/// Whether so much more memory, in octets, can be had in one piece; it is given back at once. Wraps `mmap(2)`.
package func canReserve(_ octets: Int) -> Bool {
  // New memory, which overlaps no other, nothing is stored in, and nobody else knows.
  let memory = unsafe mmap(nil, max(octets, 1), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
  guard let memory = unsafe memory, Int(bitPattern: memory) != -1 else { return false }
  unsafe munmap(memory, max(octets, 1))
  return true
}

/// The limit on open files of this process, which `raiseDescriptorLimit` may reach at most. Wraps `getrlimit(2)`.
package func descriptorLimit() -> Int? { (try? DescriptorLimit.current).map { Int(clamping: $0.rlim_max) } }

/// Has the kernel end this process before others when memory runs out (proc_pid_oom_score_adj(5)).
package func offerToOutOfMemoryKiller() {
  // The string becomes a C string that outlives the call.
  let file = unsafe open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)
  guard file >= 0 else { return }
  // Refused, it is as likely to be ended as before.
  _ = unsafe write(file, "1000", 4)
  close(file)
}

/// How long a file is, in octets. Wraps `stat(2)`.
package func fileSize(_ path: String) throws(Errno) -> Int {
  var status = stat()
  // The kernel fills our structure in, or fails.
  try call("stat") { unsafe stat(path, &status) }
  return Int(status.st_size)
}
