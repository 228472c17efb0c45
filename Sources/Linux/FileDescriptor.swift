// An open file, socket or kernel object: one owner, closed at the end of the owner's life.

internal import CLinux
internal import Glibc

/// A descriptor that closes itself; wraps `close(2)`.
package struct FileDescriptor: ~Copyable, Sendable {
  /// The kernel's number for it, valid as long as this value lives.
  package let number: Int32

  /// Takes over the duty to close `number`.
  init(owning number: Int32) { self.number = number }

  // Nothing can be done about an error of close(2), and Linux has let go of the number even after EINTR.
  deinit { _ = Glibc.close(number) }
}

/// What has a descriptor that `Epoll` can watch.
package protocol Pollable: ~Copyable {
  /// The kernel's number for it, valid as long as this value lives.
  var number: Int32 { get }
}

extension FileDescriptor: Pollable {}

extension FileDescriptor {
  /// What one `read(2)` puts into `buffer`; 0 at the end of the file.
  func read(into buffer: inout MutableRawSpan) throws(Errno) -> Int {
    try unsafe buffer.withUnsafeMutableBytes { (bytes) throws(Errno) in
      // The span's memory outlives the call and is as long as said.
      try call("read") { unsafe Glibc.read(number, bytes.baseAddress, bytes.count) }
    }
  }

  /// How many octets one `write(2)` took of `bytes`.
  func write(_ bytes: RawSpan) throws(Errno) -> Int {
    try unsafe bytes.withUnsafeBytes { (bytes) throws(Errno) in
      // As above.
      try call("write") { unsafe Glibc.write(number, bytes.baseAddress, bytes.count) }
    }
  }

  /// Writes all of `bytes`, in as few `write(2)` as the kernel allows.
  func writeAll(_ bytes: RawSpan) throws(Errno) {
    var written = 0
    while written < bytes.byteCount {
      written += try write(bytes.extracting(written..<bytes.byteCount))
    }
  }
}

extension [UInt8] {
  /// The array's octets where they lie.
  var octets: RawSpan {
    @_lifetime(borrow self)
    get { RawSpan(_elements: span) }
  }
}
