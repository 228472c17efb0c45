// The names in a folder, whole or not at all: an error of the disk in the middle of it is no end of the folder.

internal import CLinux
internal import Glibc

/// The names in the folder at `path`, but for `.` and `..`; at most `limit` of them, in no order. Wraps `openat(2)` and `readdir(3)`.
func names(inFolder path: String, atMost limit: Int) throws(Errno) -> [String] {
  try names(inFolder: path, of: AT_FDCWD, atMost: limit)
}

/// The same of the open folder `number`, whose position stays as it is.
func names(inFolder number: Int32, atMost limit: Int) throws(Errno) -> [String] {
  try names(inFolder: ".", of: number, atMost: limit)
}

private func names(inFolder path: String, of parent: Int32, atMost limit: Int) throws(Errno) -> [String] {
  // The string becomes a C string that outlives the call. A description of its own, for the stream closes it.
  let number = try call("openat") { unsafe openat(parent, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
  guard let stream = unsafe fdopendir(number) else {
    let error = Errno.current
    close(number)
    throw error
  }
  defer { unsafe closedir(stream) }
  return try collectNames(atMost: limit) { () throws(Errno) in
    // The end of a folder and an error look alike but for this.
    errno = 0
    guard let entry = unsafe readdir(stream) else {
      guard errno == 0 else { throw .current }
      return nil
    }
    // An entry is valid until the next one is read; its name ends with a zero octet.
    return unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
      unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
    }
  }
}

/// The names that `next` returns until it returns nil, but for `.` and `..`.
func collectNames(atMost limit: Int, _ next: () throws(Errno) -> String?) throws(Errno) -> [String] {
  var names: [String] = []
  while names.count < limit, let name = try next() {
    if name != ".", name != ".." { names.append(name) }
  }
  return names
}
