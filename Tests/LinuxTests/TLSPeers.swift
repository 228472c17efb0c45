// Real peers for the TLS tests: `openssl s_server`, and certificates that the `openssl` command makes.

import DNS
import Linux
import Testing

/// The `openssl` command, if this host has it.
let opensslCommand: String? = {
  let path = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first(where: fileExists)
  if path == nil {
    standardError.writeLine("NOTE: this host has no openssl command; the tests against real TLS servers are SKIPPED")
  }
  return path
}()

/// Certificates of a small world: an authority, a server with a good certificate, and some that are wrong.
///
/// Made anew for each test run, in a folder that goes with the process.
final class TestAuthority: Sendable {
  enum Certificate: String, CaseIterable {
    /// For `mail.kreis.example`, `*.wild.example` and 127.0.0.1.
    case good
    /// As `good`, until 2021.
    case expired
    /// For `other.kreis.example`.
    case other
    /// As `good`, signed by itself.
    case lonely
    /// With `mail.kreis.example` as its common name, and no other name.
    case common
  }

  let folder: String

  /// The one of this test run, made at its first use.
  static let shared = Result { try TestAuthority() }

  private init() throws {
    folder = try scratchPath("tls")
    try makeDirectory(folder, mode: 0o700)
    atExit {
      if let folder = try? TestAuthority.shared.get().folder { _ = try? run(shell("rm -r \(folder)")) }
    }
    try make("ca", subject: "Test CA", extensions: [])
    let names = "subjectAltName=DNS:mail.kreis.example,DNS:*.wild.example,IP:127.0.0.1"
    try make(.good, subject: "mail.kreis.example", extensions: [names])
    try make("expired", subject: "mail.kreis.example", extensions: [names])
    try outdate(.expired)
    try make(.other, subject: "other.kreis.example", extensions: ["subjectAltName=DNS:other.kreis.example"])
    try make(.common, subject: "mail.kreis.example", extensions: [])
    try make("lonely", subject: "mail.kreis.example", extensions: [names])
  }

  /// The authority's own certificate.
  var file: String { path("ca.pem") }
  func certificate(_ which: Certificate) -> String { path("\(which.rawValue).pem") }
  func key(_ which: Certificate) -> String { path("\(which.rawValue).key") }
  func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// By which OpenSSL finds the authority in a folder: `4042bcee`.
  func subjectHash() throws -> String {
    let ending = try run(shell("\(try #require(opensslCommand)) x509 -in \(file) -noout -hash"))
    return String(decoding: ending.firstLine, as: UTF8.self)
  }

  /// The certificate in DER, as the `openssl` command writes it.
  func der(_ which: Certificate) throws -> [UInt8] {
    try openssl("x509 -in \(certificate(which)) -outform DER -out \(path("\(which.rawValue).der"))")
    return try readFile(path("\(which.rawValue).der"), limit: 65_536)
  }

  private func make(_ which: Certificate, subject: String, extensions: [String]) throws {
    try make(
      which.rawValue, subject: subject,
      extensions: extensions + ["basicConstraints=critical,CA:FALSE"],
      issuer: "-CA \(file) -CAkey \(path("ca.key"))")
  }

  private func make(
    _ name: String, subject: String, extensions: [String], issuer: String = ""
  ) throws {
    try openssl(
      """
      req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 30 -subj "/CN=\(subject)" \
      -keyout \(path("\(name).key")) -out \(path("\(name).pem")) \(issuer) \
      \(extensions.map { "-addext \($0)" }.joined(separator: " "))
      """)
  }

  /// Signs the key of a certificate once more, with other dates: only `openssl ca` lets them be chosen.
  private func outdate(_ which: Certificate) throws {
    let settings = """
      [ca]
      default_ca = small
      [small]
      database = \(path("index"))
      serial = \(path("serial"))
      new_certs_dir = \(folder)
      default_md = sha256
      policy = any
      unique_subject = no
      x509_extensions = leaf
      [any]
      commonName = supplied
      [leaf]
      subjectAltName = DNS:mail.kreis.example
      """
    try write(Array(settings.utf8), to: path("ca.cnf"))
    try write([], to: path("index"))
    try write(Array("01\n".utf8), to: path("serial"))
    try openssl("req -new -key \(key(which)) -subj /CN=mail.kreis.example -out \(path("request.csr"))")
    try openssl(
      """
      ca -batch -notext -config \(path("ca.cnf")) -cert \(file) -keyfile \(path("ca.key")) -in \(path("request.csr")) \
      -startdate 20200101000000Z -enddate 20210101000000Z -out \(certificate(which))
      """)
  }

  private func openssl(_ arguments: String) throws {
    let ending = try run(shell("\(try #require(opensslCommand)) \(arguments) 2>\(path("log")) || cat \(path("log"))"))
    guard ending.firstLine.isEmpty else {
      Issue.record("openssl \(arguments): \(String(decoding: ending.firstLine, as: UTF8.self))")
      throw Errno.ioError
    }
  }
}

/// A running `openssl s_server` on a free port of 127.0.0.1.
struct TLSServer: ~Copyable {
  let endpoint: SocketEndpoint
  private let process: ChildProcess

  /// Starts one that sends back each line reversed (`-rev`), unless `options` say otherwise.
  init(_ which: TestAuthority.Certificate, _ options: String = "-rev") throws {
    let authority = try TestAuthority.shared.get()
    let log = try scratchPath("s_server")
    let (certificate, key) = (authority.certificate(which), authority.key(which))
    let process = try ChildProcess(
      shell(
        """
        exec \(try #require(opensslCommand)) s_server -accept 127.0.0.1:0 -cert \(certificate) -key \(key) \(options) \
        >\(log) 2>&1
        """))
    defer { try? removeFile(log) }
    var port: UInt16?
    try eventually("s_server prints its port") {
      let lines = String(decoding: (try? readFile(log, limit: 65_536)) ?? [], as: UTF8.self).split(separator: "\n")
      port = lines.first { $0.hasPrefix("ACCEPT ") }?.split(separator: ":").last.flatMap { UInt16($0) }
      return port != nil
    }
    endpoint = SocketEndpoint(IPAddress(ipv4: 127, 0, 0, 1), port: try #require(port))
    self.process = process
  }
}

/// A connection that stands.
func connect(to endpoint: SocketEndpoint) throws -> TCPConnection {
  let connect = try TCPConnect(to: endpoint)
  _ = try wait(for: .writable, of: connect)
  return try connect.finish()
}

extension TLSSession {
  /// Drives the handshake to its end by epoll.
  mutating func finishHandshake() throws {
    while true {
      switch try handshake() {
      case .done: return
      case .wantsRead: _ = try wait(for: .readable, of: self)
      case .wantsWrite: _ = try wait(for: .writable, of: self)
      }
    }
  }

  mutating func writeAll(_ bytes: [UInt8]) throws {
    var written = 0
    while written < bytes.count {
      switch try write(bytes, from: written) {
      case .octets(let count): written += count
      case .wantsRead: _ = try wait(for: .readable, of: self)
      case .wantsWrite: _ = try wait(for: .writable, of: self)
      case .closed: throw Errno.brokenPipe
      }
    }
  }

  /// Reads until `isEnough`, or to the end.
  mutating func read(until isEnough: ([UInt8]) -> Bool = { _ in false }) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4_000)
    while !isEnough(bytes) {
      var elements = chunk.mutableSpan
      var room = MutableRawSpan(_elements: &elements)
      switch try read(into: &room) {
      case .octets(let count): bytes += chunk[..<count]
      case .wantsRead: _ = try wait(for: .readable, of: self)
      case .wantsWrite: _ = try wait(for: .writable, of: self)
      case .closed: return bytes
      }
    }
    return bytes
  }
}
