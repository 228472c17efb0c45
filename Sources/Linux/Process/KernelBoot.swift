// Which start of the kernel this is: the monotonic clock goes on from one process to the next, but not from one start to the
// next.

/// What tells this start of the kernel from others, in hexadecimal digits; empty if it cannot be read. Reads
/// `/proc/sys/kernel/random/boot_id`.
///
/// - Parameter told: what is taken where `/proc` shows nothing but processes (`ProcSubset=pid`): systemd's `%b`.
package func kernelBoot(
  file: String = "/proc/sys/kernel/random/boot_id", told: String? = environment("RONDO_BOOT")
) -> String {
  let octets = (try? readFile(file, limit: 256)) ?? Array((told ?? "").utf8.prefix(256))
  // The kernel writes hyphens, systemd none.
  let digits = octets.filter { $0 != 0x2D }.prefix { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  return digits.count == 32 ? String(decoding: digits, as: UTF8.self) : ""
}
