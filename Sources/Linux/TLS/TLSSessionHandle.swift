// The memory of one TLS session, what is set before the handshake, and what is known after it.

internal import CLinux
internal import DNS
internal import Glibc

/// The owner of an `SSL`.
@safe
struct TLSSessionHandle: ~Copyable {
  private let functions: OpenSSLFunctions
  // Never null, ours to free, used by one thread at a time. That is the proof of each `unsafe` that passes it.
  let pointer: OpaquePointer

  init(_ functions: OpenSSLFunctions, _ context: borrowing TLSContextHandle) throws(TLSFailure) {
    // The session takes a reference to the context.
    guard let pointer = unsafe functions.newSession(context.pointer) else {
      throw .setup(reason: functions.takeReason() ?? "no TLS session")
    }
    self.functions = functions
    unsafe self.pointer = unsafe pointer
    unsafe functions.setConnectState(pointer)
  }

  deinit { unsafe functions.freeSession(pointer) }

  /// Uses the descriptor `number`, which stays its owner's.
  func attach(to number: Int32) throws(TLSFailure) {
    guard unsafe functions.setDescriptor(pointer, number) == 1 else { throw refusal("no memory") }
  }

  /// Tells the server for whom the connection is.
  func announce(_ name: TLSHostName) throws(TLSFailure) {
    var text = name.octets + [0]
    let result = unsafe text.withUnsafeMutableBytes { bytes in
      // A C string that outlives the call, which copies it.
      unsafe functions.controlSession(
        pointer, OpenSSL.controlServerName, OpenSSL.nameTypeHost, bytes.baseAddress)
    }
    guard result == 1 else { throw refusal("no server name") }
  }

  /// Accepts only a certificate for `name`.
  func expect(_ name: TLSHostName) throws(TLSFailure) {
    let parameters = unsafe functions.sessionParameters(pointer)
    // A common name is no name of a server (RFC 9525 §2): a certificate that has nothing else no client of today takes.
    unsafe functions.setHostFlags(parameters, OpenSSL.hostNoPartialWildcards | OpenSSL.hostNoCommonName)
    let result = unsafe name.octets.withUnsafeBytes { bytes in
      // As many octets as said, which the call copies.
      unsafe functions.setHost(parameters, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    guard result == 1 else { throw refusal("no host name") }
  }

  /// Accepts only a certificate for `address`.
  func expect(_ address: IPAddress) throws(TLSFailure) {
    let octets = address.octets
    let parameters = unsafe functions.sessionParameters(pointer)
    // As above.
    guard unsafe functions.setAddress(parameters, octets, octets.count) == 1 else { throw refusal("no address") }
  }

  private func refusal(_ reason: String) -> TLSFailure { .setup(reason: functions.takeReason() ?? reason) }
}

// OpenSSL allows a session in any thread, one at a time, and there is one owner.
extension TLSSessionHandle: @unchecked Sendable {}

extension TLSSessionHandle {
  /// What is known of the peer; nil before the handshake is done.
  var peer: TLSPeer? {
    // Null until a cipher is agreed upon; the texts are constants.
    guard let cipher = unsafe functions.currentCipher(pointer) else { return nil }
    return unsafe TLSPeer(
      protocolVersion: functions.string(functions.protocolName(pointer)) ?? "TLS",
      cipher: functions.string(functions.cipherName(cipher)) ?? "", certificate: certificate)
  }

  /// The peer's certificate in DER; empty if there is none.
  private var certificate: [UInt8] {
    guard let certificate = unsafe functions.peerCertificate(pointer) else { return [] }
    // The call above took a reference for us.
    defer { unsafe functions.freeCertificate(certificate) }
    let length = unsafe functions.encodeCertificate(certificate, nil)
    guard length > 0 else { return [] }
    var octets = [UInt8](repeating: 0, count: Int(length))
    unsafe octets.withUnsafeMutableBufferPointer { buffer in
      // Writes as many octets as it said it would, and moves the pointer past them.
      var end = buffer.baseAddress
      _ = unsafe functions.encodeCertificate(certificate, &end)
    }
    return octets
  }
}

/// A host name as TLS wants it: ASCII, no final dot (RFC 6066 §3).
struct TLSHostName {
  let octets: [UInt8]

  /// Throws `.setup` for what cannot be one: an empty name would be no name to verify, and a zero octet an early end.
  init(_ name: String) throws(TLSFailure) {
    var octets = Array(name.utf8)
    if octets.last == UInt8(ascii: ".") { octets.removeLast() }
    guard (1...253).contains(octets.count), octets.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .setup(reason: "\"\(name)\" is no host name")
    }
    self.octets = octets
  }
}
