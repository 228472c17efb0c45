// The one message we say in TLS, in two versions: a hello of TLS 1.2 that any server of the last fifteen years can answer,
// and one that offers TLS 1.3 as well, for servers that do not answer the first.
//
//   record      22 03 01 length                                              RFC 5246 §6.2.1
//    handshake   1 length                                                    §7.4
//     hello       03 03 │ random × 32 │ session id: 0 │ cipher suites │ 1 0 │ extensions     §7.4.1.2
//
// The first does not offer TLS 1.3, in which the certificate would be hidden from us. The second has three extensions more
// (RFC 8446 §4.2.1, §4.2.8, §4.2.9); its key share is 32 random octets, which X25519 takes as a public key: the answer
// tells what we want to know, and no secret is ever computed.

enum ClientHello {
  /// What is offered at most.
  enum Version: Hashable, Sendable {
    case tls12, tls13
  }

  /// Octets of `random`: those of the hello, then the key share.
  static let randomCount = 64

  private static let newCipherSuites: [UInt16] = [0x1301, 0x1302, 0x1303]
  /// Forward secret first; then what Windows Server before 2016 has; the last signals secure renegotiation (RFC 5746).
  private static let cipherSuites: [UInt16] = [
    0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8,  // ECDHE with AES-GCM and ChaCha20
    0x009E, 0x009F,  // DHE with AES-GCM
    0xC023, 0xC027, 0xC009, 0xC013, 0xC00A, 0xC014,  // ECDHE with AES-CBC
    0x009C, 0x009D, 0x003C, 0x002F, 0x0035,  // RSA key exchange
    0x00FF,
  ]
  /// x25519, P-256, P-384, P-521.
  private static let groups: [UInt16] = [0x001D, 0x0017, 0x0018, 0x0019]
  /// ECDSA, RSA-PSS and RSA PKCS #1 with SHA-256, -384, -512, Ed25519; SHA-1 last, for old certificates.
  private static let signatures: [UInt16] = [
    0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0807, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201,
  ]
  private static let x25519: UInt16 = 0x001D

  /// The record to send; `random` is brought to `randomCount` octets.
  static func record(serverName: String?, random: [UInt8], offering version: Version = .tls12) -> [UInt8] {
    let random = Array((random + [UInt8](repeating: 0, count: randomCount)).prefix(randomCount))
    let suites = (version == .tls13 ? newCipherSuites : []) + cipherSuites
    let extensions = extensions(serverName) + (version == .tls13 ? newExtensions(share: Array(random[32...])) : [])
    let hello =
      [0x03, 0x03] + random.prefix(32) + [0] + sized16(numbers(suites)) + [1, 0] + sized16(extensions)
    return [22, 0x03, 0x01] + sized16([1, 0] + sized16(hello))
  }

  private static func extensions(_ serverName: String?) -> [UInt8] {
    let name = serverName.map { name in fit(name) ? field(0, sized16([0] + sized16(Array(name.utf8)))) : [] } ?? []
    return name
      + field(10, sized16(numbers(groups)))
      + field(11, [1, 0])  // Uncompressed points (RFC 8422 §5.1.2)
      + field(13, sized16(numbers(signatures)))
      + field(23, [])  // Extended master secret (RFC 7627)
  }

  private static func newExtensions(share: [UInt8]) -> [UInt8] {
    field(43, [4] + numbers([0x0304, 0x0303]))  // Supported versions
      + field(45, [1, 1])  // Resumption with a key exchange of its own
      + field(51, sized16(numbers([x25519]) + sized16(share)))
  }

  /// Addresses are no server names (RFC 6066 §3).
  private static func fit(_ name: String) -> Bool {
    (1...253).contains(name.utf8.count) && name.utf8.allSatisfy { (0x21...0x7E).contains($0) }
      && !name.contains(":") && !name.utf8.allSatisfy { $0 == UInt8(ascii: ".") || $0 < 0x3A }
  }

  private static func field(_ type: UInt16, _ content: [UInt8]) -> [UInt8] { numbers([type]) + sized16(content) }

  /// The content behind its length in two octets; all that is sized here is far shorter than 64 KiB.
  private static func sized16(_ content: [UInt8]) -> [UInt8] { numbers([UInt16(content.count)]) + content }

  private static func numbers(_ values: [UInt16]) -> [UInt8] {
    values.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
  }
}
