// A shared library found at run time, so that the binary itself asks the host for nothing but libc.

internal import CLinux
internal import Glibc

/// A library that is loaded and stays loaded; wraps `dlopen(3)`.
@safe
struct SharedObject {
  let file: String
  // What the loader gave out. It is never given back: code of the library may be registered with the C library.
  private let handle: UnsafeMutableRawPointer

  /// Loads `file` from where the loader looks for libraries, with all that it needs, its names seen by nobody else.
  init(_ file: String) throws(TLSLibraryError) {
    // The string becomes a C string that outlives the call.
    guard let handle = unsafe dlopen(file, RTLD_NOW | RTLD_LOCAL) else {
      throw .missing(file: file, reason: Self.lastError)
    }
    self.file = file
    unsafe self.handle = unsafe handle
  }

  /// The function called `name`, which must have the C type that the caller expects; wraps `dlsym(3)`.
  ///
  /// `Function` is a `@convention(c)` type: a single pointer. Throws `.missingFunction`.
  @unsafe
  func function<Function>(_ name: String) throws(TLSLibraryError) -> Function {
    precondition(MemoryLayout<Function>.size == MemoryLayout<UInt>.size)
    // As above.
    guard let address = unsafe dlsym(handle, name) else { throw .missingFunction(name, file: file) }
    return unsafe unsafeBitCast(address, to: Function.self)
  }

  private static var lastError: String {
    // Null or a C string that lives until this thread's next call of the loader.
    unsafe dlerror().map { unsafe String(cString: $0) } ?? "unknown error"
  }
}
