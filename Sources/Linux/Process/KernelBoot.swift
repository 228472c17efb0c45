// Which start of the kernel this is: the monotonic clock goes on from one process to the next, but not from one start to the
// next.

/// What tells this start of the kernel from others; empty if it cannot be read. Reads `/proc/sys/kernel/random/boot_id`.
package func kernelBoot() -> String {
  let octets = (try? readFile("/proc/sys/kernel/random/boot_id", limit: 256)) ?? []
  return String(decoding: octets.prefix { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self)
}
