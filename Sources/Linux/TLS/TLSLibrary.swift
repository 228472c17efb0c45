// OpenSSL 3, if the host has it: what checks by TLS need beside the kernel.
//
//   TLSLibrary        found once, by dlopen(3)
//     └ TLSClientContext      one for each way to verify
//         └ TLSSession          one for each connection

internal import CLinux
internal import Glibc

/// The host's OpenSSL 3.
///
/// Costs nothing to copy. Load it once and keep it; loading it again is harmless, for instance after a package was
/// installed.
package struct TLSLibrary: Sendable {
  let functions: OpenSSLFunctions

  /// Loads `libcrypto.so.3` and `libssl.so.3`, and ignores SIGPIPE from now on.
  ///
  /// OpenSSL writes to sockets by `write(2)`; without the signal a write to a closed connection fails with EPIPE. Wraps
  /// `dlopen(3)`, `dlsym(3)`, `signal(2)`, `OPENSSL_init_ssl(3)`. The host's `openssl.cnf` is not read: what it demands of this
  /// host's own connections, such as `MinProtocol`, says nothing about the clients of a node.
  package init() throws(TLSLibraryError) {
    try self.init(crypto: "libcrypto.so.3", ssl: "libssl.so.3")
  }

  /// Loads libraries of other names.
  package init(crypto: String, ssl: String) throws(TLSLibraryError) {
    functions = try OpenSSLFunctions(crypto: SharedObject(crypto), ssl: SharedObject(ssl))
    _ = Glibc.signal(SIGPIPE, SIG_IGN)
    // No clean-up at exit, when other threads may still be at work.
    guard functions.initialize(OpenSSL.initNoAtExit | OpenSSL.initNoConfiguration, nil) == 1 else {
      throw .unusable(reason: functions.takeReason() ?? "it does not start")
    }
  }

  /// What it calls itself, `OpenSSL 3.0.19 27 Jan 2026`; wraps `OpenSSL_version(3)`.
  package var version: String { unsafe functions.string(functions.version(OpenSSL.versionText)) ?? "OpenSSL" }
}

/// Why there is no TLS on this host.
package enum TLSLibraryError: Error, Hashable, Sendable {
  /// The loader did not find the library, or something that it needs.
  case missing(file: String, reason: String)
  /// The library is not what its name says.
  case missingFunction(String, file: String)
  /// The library is there and does not start.
  case unusable(reason: String)
}

extension TLSLibraryError: CustomStringConvertible {
  /// What happened, and what to install.
  package var description: String {
    switch self {
    case .missing(let file, let reason):
      "\(file) cannot be loaded (\(reason)); install the Debian package \(Self.package)"
    case .missingFunction(let name, let file):
      "\(file) has no function \(name); install OpenSSL 3.0 or later, the Debian package \(Self.package)"
    case .unusable(let reason): "OpenSSL cannot be used: \(reason); reinstall the Debian package \(Self.package)"
    }
  }

  private static var package: String { "libssl3 (on Debian 13: libssl3t64)" }
}
