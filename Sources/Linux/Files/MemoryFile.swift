// A file without a name, in memory, for a library that reads files by their path and nothing else.

internal import CLinux
internal import Glibc

/// Gone when this value is.
struct MemoryFile: ~Copyable {
  private let descriptor: FileDescriptor

  /// Wraps `memfd_create(2)`.
  init(_ octets: [UInt8]) throws(FileFailure) {
    do throws(Errno) {
      // The name is for those who look into /proc. MFD_CLOEXEC, which glibc's headers hide.
      let file = FileDescriptor(owning: try call("memfd_create") { unsafe memfd_create("rondo", 1) })
      try file.writeAll(octets.octets)
      descriptor = file
    } catch {
      throw .system(error)
    }
  }

  /// For `open(2)` in this process, from the beginning each time.
  var path: String { "/proc/self/fd/\(descriptor.number)" }
}
