// TLS by the host's OpenSSL, against real servers and against peers that are none.

import DNS
import Linux
import TestSupport
import Testing

@Suite("TLS library")
struct TLSLibraryTests {
  @Test("OpenSSL 3 is found and says its version")
  func version() throws {
    #expect(try TLSLibrary().version.hasPrefix("OpenSSL 3."))
    // A second time is as good as the first.
    _ = try TLSLibrary()
  }

  @Test("A library that is not there is an error that names the package")
  func missing() {
    let error = #expect(throws: TLSLibraryError.self) {
      _ = try TLSLibrary(crypto: "libcrypto.so.3", ssl: "librondo-none.so.3")
    }
    guard case .missing("librondo-none.so.3", _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect("\(error!)".contains("librondo-none.so.3 cannot be loaded"))
    #expect("\(error!)".hasSuffix("install the Debian package libssl3 (on Debian 13: libssl3t64)"))
  }

  @Test("A library that is another one is an error that names the function")
  func wrong() {
    #expect(throws: TLSLibraryError.missingFunction("OPENSSL_init_ssl", file: "libm.so.6")) {
      _ = try TLSLibrary(crypto: "libcrypto.so.3", ssl: "libm.so.6")
    }
    let error = TLSLibraryError.missingFunction("SSL_new", file: "libssl.so.3")
    #expect("\(error)".contains("no function SSL_new") && "\(error)".contains("libssl3t64"))
  }
}

@Suite("TLS sessions", .enabled(if: opensslCommand != nil))
struct TLSSessionTests {
  let library: TLSLibrary
  let authority: TestAuthority

  init() throws {
    library = try TLSLibrary()
    authority = try TestAuthority.shared.get()
  }

  private func open(
    _ endpoint: SocketEndpoint, _ verification: TLSVerification, floor: TLSFloor = .tls12,
    serverName: String? = "mail.kreis.example", expecting identity: TLSIdentity = .host("mail.kreis.example")
  ) throws -> TLSSession {
    let context = try TLSClientContext(library, verifying: verification, floor: floor)
    return try TLSSession(
      context, over: connect(to: endpoint), serverName: serverName, expecting: identity)
  }

  /// What a handshake fails with.
  private func refusal(_ session: consuming TLSSession) throws -> TLSFailure {
    do {
      try session.finishHandshake()
    } catch let failure as TLSFailure {
      return failure
    }
    Issue.record("the handshake did not fail")
    throw Errno.invalidArgument
  }

  @Test(
    "A verified session carries octets both ways and ends in good order", arguments: [("1_2", "1.2"), ("1_3", "1.3")])
  func exchange(_ option: String, _ version: String) throws {
    let server = try TLSServer(.good, "-rev -tls\(option)")
    var session = try open(server.endpoint, .ca(file: authority.file))
    #expect(session.peer == nil)
    try session.finishHandshake()
    let seen = session.peer
    let peer = try #require(seen)
    #expect(peer.protocolVersion == "TLSv\(version)")
    #expect(peer.cipher.contains("_GCM_") || peer.cipher.contains("-GCM-") || peer.cipher.contains("CHACHA20"))
    #expect(peer.certificate == (try authority.der(.good)))

    try session.writeAll(Array("abc\n".utf8))
    #expect(try session.read { $0.last == UInt8(ascii: "\n") } == Array("cba\n".utf8))
    #expect(try session.write([], from: 0) == .octets(0))

    var progress = session.shutdown()
    while progress == .wantsRead {
      _ = try wait(for: .readable, of: session)
      progress = session.shutdown()
    }
    #expect(progress == .done)
  }

  @Test("More octets than records and buffers hold arrive whole", arguments: ["-tls1_2", "-tls1_3"])
  func bulk(_ option: String) throws {
    let file = try scratchPath("page")
    let page = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    try write(page, to: file)
    defer { try? removeFile(file) }
    // Sends the file as it is, and closes.
    let server = try TLSServer(.good, "-HTTP \(option)")
    var session = try open(server.endpoint, .ca(file: authority.file))
    try session.finishHandshake()
    try session.writeAll(Array("GET \(file) HTTP/1.0\r\n\r\n".utf8))
    let answer = try session.read()
    #expect(answer.count == page.count)
    #expect(answer == page)
  }

  @Test(
    "A certificate is verified by the names and addresses in it",
    arguments: [
      TLSIdentity.host("mail.kreis.example"), .host("MAIL.kreis.example."), .host("a.wild.example"),
      .address(IPAddress(ipv4: 127, 0, 0, 1)), .anyone,
    ])
  func names(_ identity: TLSIdentity) throws {
    let server = try TLSServer(.good)
    var session = try open(server.endpoint, .ca(file: authority.file), expecting: identity)
    try session.finishHandshake()
  }

  @Test(
    "A certificate for somebody else is refused and the reason says so",
    arguments: [
      (TLSIdentity.host("other.example"), "hostname mismatch"), (.host("a.b.wild.example"), "hostname mismatch"),
      (.host("wild.example"), "hostname mismatch"), (.host("127.0.0.1"), "hostname mismatch"),
      (.address(IPAddress(ipv4: 127, 0, 0, 2)), "IP address mismatch"),
    ])
  func mismatch(_ identity: TLSIdentity, _ reason: String) throws {
    let server = try TLSServer(.good)
    let failure = try refusal(open(server.endpoint, .ca(file: authority.file), expecting: identity))
    guard case .certificate(_, let text) = failure else {
      Issue.record("\(failure)")
      return
    }
    #expect(text.lowercased() == reason.lowercased())
    #expect("\(failure)" == "certificate refused: \(text)")
  }

  @Test(
    "A bad certificate is refused with what is wrong with it",
    arguments: [
      (TestAuthority.Certificate.expired, 10, "certificate has expired"), (.lonely, 18, "self-signed certificate"),
      (.other, 62, "hostname mismatch"), (.common, 62, "hostname mismatch"),
    ])
  func badCertificate(_ which: TestAuthority.Certificate, _ code: Int, _ reason: String) throws {
    let server = try TLSServer(which)
    let failure = try refusal(open(server.endpoint, .ca(file: authority.file)))
    #expect(failure == .certificate(code: code, reason: reason))
    // And accepted, and reported whole, without verification.
    var session = try open(server.endpoint, .none)
    try session.finishHandshake()
    #expect(session.peer?.certificate == (try authority.der(which)))
  }

  @Test("The system's authorities don't know ours")
  func system() throws {
    let server = try TLSServer(.good)
    guard case .certificate(_, let reason) = try refusal(open(server.endpoint, .system)) else {
      Issue.record("not refused for its certificate")
      return
    }
    #expect(reason.contains("issuer certificate"))
  }

  @Test("The system's authorities are read before the first session, which looks into no folder")
  func systemFolder() throws {
    let server = try TLSServer(.good)
    let folder = try scratchPath("authorities")
    try makeDirectory(folder)
    let certificate = try "\(folder)/\(authority.subjectHash()).0"
    try write(readFile(authority.file, limit: 65_536), to: certificate)
    // What is no certificate, and what has another name, is passed over.
    try write([0x78], to: "\(folder)/00000000.0")
    let context = try TLSClientContext(library, verifying: .system, systemFolders: ["/nowhere/at/all", folder])
    for path in [certificate, "\(folder)/00000000.0"] { try removeFile(path) }
    removeDirectory(folder)
    var session = try TLSSession(
      context, over: connect(to: server.endpoint), serverName: "mail.kreis.example",
      expecting: .host("mail.kreis.example"))
    try session.finishHandshake()
  }

  @Test("A certificate that the file itself names is good, though it signs nobody")
  func pinned() throws {
    for which in [TestAuthority.Certificate.good, .lonely] {
      let server = try TLSServer(which)
      var session = try open(server.endpoint, .ca(file: authority.certificate(which)))
      try session.finishHandshake()
    }
  }

  @Test("The server receives the name, and chooses its certificate by it")
  func serverName() throws {
    let (certificate, key) = (authority.certificate(.other), authority.key(.other))
    let server = try TLSServer(.good, "-rev -servername other.kreis.example -cert2 \(certificate) -key2 \(key)")
    let expected: [(String?, TestAuthority.Certificate)] = [
      ("other.kreis.example", .other), ("other.kreis.example.", .other), ("mail.kreis.example", .good), (nil, .good),
    ]
    for (name, which) in expected {
      var session = try open(server.endpoint, .none, serverName: name)
      try session.finishHandshake()
      #expect(session.peer?.certificate == (try authority.der(which)))
    }
  }

  @Test("TLS 1.0 is refused, unless it is asked for")
  func oldProtocol() throws {
    let server = try TLSServer(.good, "-rev -tls1 -cipher DEFAULT:@SECLEVEL=0")
    let failure = try refusal(open(server.endpoint, .none))
    #expect(
      failure
        == .protocolError(reason: "the server speaks only TLS before 1.2: enable TLS 1.2 there, or set verify=none"))
    var session = try open(server.endpoint, .ca(file: authority.file), floor: .tls10)
    try session.finishHandshake()
    #expect(session.peer?.protocolVersion == "TLSv1")
  }

  @Test("Many sessions, verified, refused and cut off, leave no memory and no descriptor behind")
  func leaks() throws {
    // More by RONDO_TLS_ROUNDS=10000.
    let rounds = environment("RONDO_TLS_ROUNDS").flatMap { Int($0) } ?? 300
    let server = try TLSServer(.good)
    let trusting = try TLSClientContext(library, verifying: .ca(file: authority.file))
    func session(_ context: borrowing TLSClientContext, _ name: String) throws -> TLSSession {
      try TLSSession(context, over: connect(to: server.endpoint), serverName: name, expecting: .host(name))
    }
    func once(_ round: Int) throws {
      switch round % 8 {
      case 0:
        let own = try TLSClientContext(library, verifying: .ca(file: authority.file))
        var refused = try session(own, "other.example")
        #expect(throws: TLSFailure.self) { try refused.finishHandshake() }
      case 1:
        var cut = try session(trusting, "mail.kreis.example")
        _ = try cut.handshake()
        cut.closeWithReset()
      default:
        var good = try session(trusting, "mail.kreis.example")
        try good.finishHandshake()
        #expect(good.peer?.certificate.isEmpty == false)
        try good.writeAll(Array("abc\n".utf8))
        _ = try good.read { $0.count == 4 }
        _ = good.shutdown()
      }
    }
    for round in 0..<100 { try once(round) }
    let descriptors = try openDescriptors()
    // Tests beside this one have memory and descriptors of their own, for a while: what grows by that stops growing. A
    // leak of 1 KB a session would be 2,500 pages of 10,000 sessions, each time.
    var least = Int.max
    for _ in 0..<3 where least >= 2_000 {
      let (memory, start) = (try residentPages(), MonotonicClock.now())
      for round in 0..<rounds { try once(round) }
      least = min(least, try residentPages() - memory)
      let each = (MonotonicClock.now() - start) / Int64(rounds * 1_000)
      standardError.writeLine("NOTE: \(rounds) TLS sessions grew the process by \(least) pages, \(each) µs each")
    }
    // The address sanitizer keeps what is freed.
    if !hasAddressSanitizer { #expect(least < 2_000) }
    try eventually("the descriptors to be closed") { try openDescriptors() < descriptors + 100 }
  }

  @Test("A server that wants to know us refuses by an alert with a name", arguments: ["-tls1_2", "-tls1_3"])
  func clientCertificate(_ option: String) throws {
    let server = try TLSServer(.good, "-rev -Verify 1 \(option)")
    var session = try open(server.endpoint, .none)
    let failure = #expect(throws: TLSFailure.self) {
      // By TLS 1.3 a client has finished before the server has judged it.
      try session.finishHandshake()
      _ = try session.read()
    }
    guard case .alert(_, let name)? = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(["handshake failure", "certificate required"].contains(name))
    #expect("\(failure!)" == "the server refused by the alert \"\(name)\"")
    #expect(session.shutdown() == .done)
  }

  @Test("A name that is none is no silent default", arguments: ["", ".", "a\u{0}b", "a b", "ä.example"])
  func badName(_ name: String) throws {
    let listener = try TCPListener(boundTo: SocketEndpoint(loopbacks[0], port: 0))
    #expect(throws: TLSFailure.setup(reason: "\"\(name)\" is no host name")) {
      _ = try open(listener.localEndpoint, .none, serverName: name, expecting: .anyone)
    }
    #expect(throws: TLSFailure.setup(reason: "\"\(name)\" is no host name")) {
      _ = try open(listener.localEndpoint, .none, serverName: nil, expecting: .host(name))
    }
  }

  @Test("A file of authorities that is not there, or has none in it, is named")
  func badAuthorities() throws {
    let absent = try scratchPath("absent.pem")
    #expect(throws: TLSFailure.setup(reason: "\(absent): No such file or directory")) {
      _ = try TLSClientContext(library, verifying: .ca(file: absent))
    }
    for file in ["/etc/passwd", authority.key(.good), "/tmp"] {
      let failure = #expect(throws: TLSFailure.self) { _ = try TLSClientContext(library, verifying: .ca(file: file)) }
      #expect("\(failure!)".hasPrefix("\(file): "))
      #expect("\(failure!)".count > file.count + 5)
    }
  }
}

@Suite("TLS peers that misbehave")
struct TLSHostileTests {
  /// A session, and the other end of its connection.
  private struct Pair: ~Copyable {
    var session: TLSSession
    let server: TCPConnection

    init() throws {
      let listener = try TCPListener(boundTo: SocketEndpoint(loopbacks[0], port: 0))
      let connection = try connect(to: listener.localEndpoint)
      let context = try TLSClientContext(TLSLibrary(), verifying: .none)
      let session = try TLSSession(context, over: connection, serverName: "x.example", expecting: .anyone)
      let server = try accept(from: listener).takeConnection()
      self.session = session
      self.server = server
    }

    mutating func failure(after octets: [UInt8]) throws -> TLSFailure? {
      _ = try server.write(octets)
      return #expect(throws: TLSFailure.self) { try session.finishHandshake() }
    }

    consuming func hangUp() -> TLSSession { session }
  }

  @Test("A server that says nothing, or stalls within a record, never holds us")
  func stalls() throws {
    var pair = try Pair()
    for octets: [UInt8] in [[], [0x16], [0x03, 0x03, 0x00], [0x7A, 0x02, 0x00]] {
      if !octets.isEmpty { _ = try pair.server.write(octets) }
      let start = MonotonicClock.now()
      #expect(try pair.session.handshake() == .wantsRead)
      #expect(MonotonicClock.now() - start < 5_000_000_000)
    }
    #expect(pair.session.peer == nil)
    #expect(pair.session.shutdown() == .done)
  }

  @Test(
    "A server that speaks something else is reported as such",
    arguments: [
      "220 mx.kreis.example ESMTP\r\n", "* OK IMAP4rev1 ready\r\n", "+OK POP3 ready\r\n",
      "HTTP/1.1 400 Bad Request\r\n\r\n",
    ])
  func plainText(_ greeting: String) throws {
    var pair = try Pair()
    let failure = try pair.failure(after: Array(greeting.utf8))
    #expect(failure == .notTLS)
    #expect(failure?.description == "the server does not speak TLS on this port")
  }

  @Test("A server that closes, or resets, in the middle is reported as such")
  func closes() throws {
    var pair = try Pair()
    #expect(try pair.session.handshake() == .wantsRead)
    try pair.server.finishSending()
    #expect(throws: TLSFailure.closed) { try pair.session.finishHandshake() }

    var other = try Pair()
    #expect(try other.session.handshake() == .wantsRead)
    other.server.resetOnClose()
    var session = other.hangUp()
    #expect(throws: TLSFailure.socket(.connectionReset)) { try session.finishHandshake() }
    #expect(throws: TLSFailure.self) { try session.finishHandshake() }
    #expect(session.shutdown() == .done)
  }

  @Test("A write to a connection that is gone is an error, and no signal ends the process")
  func brokenPipe() throws {
    let pair = try Pair()
    pair.server.resetOnClose()
    var session = pair.hangUp()
    _ = try wait(for: .peerFinished, of: session)
    let failure = #expect(throws: TLSFailure.self) { try session.finishHandshake() }
    #expect([.socket(.brokenPipe), .socket(.connectionReset)].contains(failure))
  }

  @Test("An alert is reported by its name")
  func alert() throws {
    var pair = try Pair()
    let failure = try pair.failure(after: [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28])
    #expect(failure == .alert(number: 40, name: "handshake failure"))

    var other = try Pair()
    let unrecognized = try other.failure(after: [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x70])
    #expect(unrecognized == .alert(number: 112, name: "unrecognized name"))
    var third = try Pair()
    guard case .alert(99, let name)? = try third.failure(after: [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x63]) else {
      Issue.record("no alert")
      return
    }
    #expect(name.contains("1099") || name.contains("error"))
  }

  @Test("Records of noise end in a failure, not in a crash", arguments: 0..<200)
  func noise(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let length = Int(random.next() % 400)
    let body = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    let type = UInt8([0x14, 0x15, 0x16, 0x17].randomElement(using: &random) ?? 0x16)
    // A ServerHello of random contents half of the time.
    let start: [UInt8] = seed % 2 == 0 ? [0x02, 0x00, UInt8(length >> 8), UInt8(length & 0xFF), 0x03, 0x03] : []
    let contents = start + body
    let record = [type, 0x03, 0x03, UInt8(contents.count >> 8), UInt8(contents.count & 0xFF)] + contents
    var pair = try Pair()
    _ = try pair.server.write(record)
    try pair.server.finishSending()
    #expect(throws: TLSFailure.self, "seed \(seed)") { try pair.session.finishHandshake() }
  }
}
