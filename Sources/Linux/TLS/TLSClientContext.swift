// What all TLS sessions of one kind share: whom we believe, and how old a protocol we speak.

internal import CLinux
internal import DNS
internal import Glibc

/// Whose signature makes a peer's certificate good.
package enum TLSVerification: Hashable, Sendable {
  /// Nobody's: any certificate will do, of any name and age.
  case none
  /// One of the host's certificate authorities (the Debian package `ca-certificates`).
  case system
  /// A certificate in this PEM file: an authority's, an intermediate's or the peer's own.
  case ca(file: String)
}

/// The oldest TLS that is spoken.
package enum TLSFloor: Hashable, Sendable {
  /// What browsers and Outlook take: TLS 1.2, keys of 112 bits of security, no SHA-1 signatures, secure renegotiation.
  case tls12
  /// TLS 1.0 and every key and cipher that OpenSSL still knows, with or without secure renegotiation (RFC 5746), for servers
  /// that cannot be renewed yet.
  case tls10
}

extension TLSFloor {
  /// Said always, for distributions compile in defaults of their own.
  fileprivate var ciphers: String {
    switch self {
    // Browsers no longer offer DHE. A server that prefers it, with parameters that OpenSSL finds too small, works for them.
    case .tls12: "DEFAULT:!DHE:@SECLEVEL=2"
    // Before TLS 1.2 everything is signed with SHA-1, which the usual security level refuses.
    case .tls10: "DEFAULT:@SECLEVEL=0"
    }
  }
}

/// Settings for many sessions; wraps an `SSL_CTX`.
///
/// Its files and the system's authorities are read once, when it is made: no session waits for a disk.
package struct TLSClientContext: ~Copyable, Sendable {
  let functions: OpenSSLFunctions
  let handle: TLSContextHandle
  package let verification: TLSVerification

  /// Throws `.setup`, for instance if the file of authorities is not there or has no certificate in it.
  ///
  /// - Parameter systemFolders: where the system's authorities are, if not where OpenSSL looks for them.
  package init(
    _ library: TLSLibrary, verifying verification: TLSVerification, floor: TLSFloor = .tls12,
    systemFolders: [String]? = nil
  ) throws(TLSFailure) {
    let functions = library.functions
    functions.clearErrors()
    let handle = try TLSContextHandle(functions)
    try handle.configure(floor)
    try handle.configure(verification)
    if verification == .system { try handle.trustSystem(in: systemFolders ?? functions.authorityFolders) }
    functions.clearErrors()
    self.functions = functions
    self.handle = handle
    self.verification = verification
  }
}

/// The owner of an `SSL_CTX`.
@safe
struct TLSContextHandle: ~Copyable {
  private let functions: OpenSSLFunctions
  // Never null, ours to free. That is the proof of each `unsafe` below.
  let pointer: OpaquePointer

  init(_ functions: OpenSSLFunctions) throws(TLSFailure) {
    guard let pointer = unsafe functions.newContext(functions.clientMethod()) else {
      throw .setup(reason: functions.takeReason() ?? "no TLS context")
    }
    self.functions = functions
    unsafe self.pointer = unsafe pointer
  }

  // Sessions hold a reference of their own.
  deinit { unsafe functions.freeContext(pointer) }

  fileprivate borrowing func configure(_ floor: TLSFloor) throws(TLSFailure) {
    let version = floor == .tls12 ? OpenSSL.tls12 : OpenSSL.tls10
    unsafe try require(functions.controlContext(pointer, OpenSSL.controlLowestVersion, version, nil) == 1)
    unsafe try require(functions.setCipherList(pointer, floor.ciphers) == 1)
    if floor == .tls10 {
      _ = unsafe functions.setContextOptions(pointer, OpenSSL.optionLegacyServer | OpenSSL.optionLegacyRenegotiation)
    }
    // Servers such as IIS ask for a client certificate only when they know the page: in TLS 1.2 by a renegotiation, in TLS
    // 1.3 by a request after the handshake. A browser without a certificate says so and goes on, and so do we.
    unsafe functions.setPostHandshakeAuthentication(pointer, 1)
    // A write may be repeated from another address, and memory is given back while nothing moves.
    let modes = OpenSSL.modePartialWrite | OpenSSL.modeMovingBuffer | OpenSSL.modeReleaseBuffers
    _ = unsafe functions.controlContext(pointer, OpenSSL.controlMode, modes, nil)
    // One record a call: a peer that sends session tickets without end does not hold us in a single read.
    _ = unsafe functions.controlContext(pointer, OpenSSL.controlClearMode, OpenSSL.modeAutoRetry, nil)
  }

  fileprivate borrowing func configure(_ verification: TLSVerification) throws(TLSFailure) {
    unsafe functions.setVerify(pointer, verification == .none ? OpenSSL.verifyNone : OpenSSL.verifyPeer, nil)
    switch verification {
    case .none, .system: break
    case .ca(let file):
      let copy = try TLSContextHandle.copy(of: file)
      // The string becomes a C string that outlives the call.
      guard unsafe functions.trustLocations(pointer, copy.path, nil) == 1 else {
        throw .setup(reason: "\(file): \(functions.takeReason() ?? "no certificates")")
      }
      // What the file names is believed even if it is no root.
      let parameters = unsafe functions.contextParameters(pointer)
      unsafe try require(functions.setVerifyFlags(parameters, OpenSSL.verifyPartialChain) == 1)
    }
  }

  /// Reads the system's authorities: OpenSSL's default file, and all files in `folders` that have the name of a hash.
  ///
  /// OpenSSL by itself would look into the folders during a handshake, for each issuer that it does not know yet. A file
  /// that is missing, forbidden or no certificate is left out. Any other error is a fault of this host, which must not
  /// be held against the nodes: then there is no context.
  fileprivate borrowing func trustSystem(in folders: [String]) throws(TLSFailure) {
    unsafe try require(functions.trustDefaultFile(pointer) == 1)
    for folder in folders {
      for name in try TLSContextHandle.authorities(in: folder).sorted() {
        let path = "\(folder)/\(name)"
        let copy: MemoryFile
        do throws(FileFailure) {
          copy = try MemoryFile(try readFile(path, limit: TLSContextHandle.mostOctets))
        } catch {
          switch error {
          case .system(let error) where !TLSContextHandle.isAbsence(error): throw .setup(reason: "\(path): \(error)")
          case .system, .notRegular, .tooLarge: continue
          }
        }
        // As above. What is no certificate is refused, and leaves errors that belong to nothing else.
        if unsafe functions.trustLocations(pointer, copy.path, nil) != 1 { functions.clearErrors() }
      }
    }
  }

  private static func authorities(in folder: String) throws(TLSFailure) -> [String] {
    do throws(Errno) {
      return try names(inFolder: folder, atMost: mostAuthorities).filter(isHash)
    } catch {
      guard isAbsence(error) else { throw .setup(reason: "\(folder): \(error)") }
      return []
    }
  }

  /// A folder or file that is not there for us, as opposed to a host that cannot read it now.
  private static func isAbsence(_ error: Errno) -> Bool {
    [.noSuchFileOrDirectory, .permissionDenied, .notDirectory, .tooManySymbolicLinks].contains(error)
  }

  /// More than any folder of authorities has.
  private static var mostAuthorities: Int { 10_000 }

  /// `4042bcee.0`, as openssl-rehash(1) calls a certificate by the hash of its subject.
  private static func isHash(_ name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 8, !parts[1].isEmpty else { return false }
    return parts[0].allSatisfy(\.isHexDigit) && parts[1].utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// More than any collection of authorities has, in octets.
  private static var mostOctets: Int { 16 << 20 }

  /// OpenSSL opens its files by name and waits for whatever it finds there; so it is given what was read before.
  private static func copy(of file: String) throws(TLSFailure) -> MemoryFile {
    do throws(FileFailure) {
      return try MemoryFile(try readFile(file, limit: mostOctets))
    } catch {
      throw .setup(reason: "\(file): \(error)")
    }
  }

  private borrowing func require(_ isDone: Bool) throws(TLSFailure) {
    guard isDone else { throw .setup(reason: functions.takeReason() ?? "OpenSSL refuses a setting") }
  }
}

// OpenSSL counts the references to it under a lock, and after `init` nothing changes it.
extension TLSContextHandle: @unchecked Sendable {}
