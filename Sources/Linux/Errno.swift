// Why a system call failed. Every call of this module that can fail throws one of these, typed.

internal import CLinux
internal import Glibc

/// An error number of the C library, `errno(3)`.
package struct Errno: Error, RawRepresentable, Hashable, Sendable {
  package let rawValue: Int32

  package init(rawValue: Int32) { self.rawValue = rawValue }

  /// Why the last failed call of this thread failed.
  static var current: Errno { Errno(rawValue: errno) }
}

extension Errno {
  /// EPERM
  package static let notPermitted = Errno(rawValue: EPERM)
  /// ENOENT
  package static let noSuchFileOrDirectory = Errno(rawValue: ENOENT)
  /// EINTR
  package static let interrupted = Errno(rawValue: EINTR)
  /// EAGAIN, on Linux the same as EWOULDBLOCK
  package static let wouldBlock = Errno(rawValue: EAGAIN)
  /// ENOMEM
  package static let noMemory = Errno(rawValue: ENOMEM)
  /// EACCES
  package static let permissionDenied = Errno(rawValue: EACCES)
  /// EEXIST
  package static let fileExists = Errno(rawValue: EEXIST)
  /// ENOTDIR
  package static let notDirectory = Errno(rawValue: ENOTDIR)
  /// ELOOP
  package static let tooManySymbolicLinks = Errno(rawValue: ELOOP)
  /// EISDIR
  package static let isDirectory = Errno(rawValue: EISDIR)
  /// EINVAL
  package static let invalidArgument = Errno(rawValue: EINVAL)
  /// ENFILE
  package static let tooManyOpenFilesInSystem = Errno(rawValue: ENFILE)
  /// EMFILE
  package static let tooManyOpenFiles = Errno(rawValue: EMFILE)
  /// EFBIG
  package static let fileTooLarge = Errno(rawValue: EFBIG)
  /// EROFS
  package static let readOnlyFileSystem = Errno(rawValue: EROFS)
  /// EPIPE
  package static let brokenPipe = Errno(rawValue: EPIPE)
  /// ENAMETOOLONG
  package static let nameTooLong = Errno(rawValue: ENAMETOOLONG)
  /// EAFNOSUPPORT
  package static let addressFamilyNotSupported = Errno(rawValue: EAFNOSUPPORT)
  /// EADDRINUSE
  package static let addressInUse = Errno(rawValue: EADDRINUSE)
  /// EADDRNOTAVAIL
  package static let addressNotAvailable = Errno(rawValue: EADDRNOTAVAIL)
  /// ENETUNREACH
  package static let networkUnreachable = Errno(rawValue: ENETUNREACH)
  /// ECONNABORTED
  package static let connectionAborted = Errno(rawValue: ECONNABORTED)
  /// ECONNRESET
  package static let connectionReset = Errno(rawValue: ECONNRESET)
  /// ENOSPC
  package static let noSpaceLeft = Errno(rawValue: ENOSPC)
  /// ENOBUFS
  package static let noBufferSpace = Errno(rawValue: ENOBUFS)
  /// ECHILD
  package static let noChild = Errno(rawValue: ECHILD)
  /// ENOSYS
  package static let notImplemented = Errno(rawValue: ENOSYS)
  /// ETIMEDOUT
  package static let timedOut = Errno(rawValue: ETIMEDOUT)
  /// ECONNREFUSED
  package static let connectionRefused = Errno(rawValue: ECONNREFUSED)
  /// EHOSTDOWN
  package static let hostDown = Errno(rawValue: EHOSTDOWN)
  /// EHOSTUNREACH
  package static let hostUnreachable = Errno(rawValue: EHOSTUNREACH)
  /// EINPROGRESS
  package static let inProgress = Errno(rawValue: EINPROGRESS)
  package static let alreadyInProgress = Errno(rawValue: EALREADY)
  package static let isConnected = Errno(rawValue: EISCONN)
}

extension Errno {
  /// Whether a TCP connection can fail with it by what the peer or the network does, which the kernel learns from a
  /// reset, from silence or by ICMP; all other errors come of this host's own rules and limits.
  package var isOfNetwork: Bool {
    switch rawValue {
    case ECONNREFUSED, ECONNRESET, ECONNABORTED, EPIPE, ETIMEDOUT, ENETUNREACH, EHOSTUNREACH, EHOSTDOWN, ENONET,
      ENOPROTOOPT, EMSGSIZE, EOPNOTSUPP, EPROTO:
      true
    default: false
    }
  }
}

extension Errno: CustomStringConvertible {
  /// The constant's name, `ECONNREFUSED`; wraps `strerrorname_np(3)`.
  package var name: String {
    // Null or a constant string of the C library, which lives as long as the process.
    unsafe strerrorname_np(rawValue).map { unsafe String(cString: $0) } ?? "E\(rawValue)"
  }

  /// The text in English whatever the locale, `Connection refused`; wraps `strerrordesc_np(3)`.
  package var description: String {
    // As above.
    unsafe strerrordesc_np(rawValue).map { unsafe String(cString: $0) } ?? "unknown error \(rawValue)"
  }
}
