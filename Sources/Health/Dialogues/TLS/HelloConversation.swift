// `tls:`: says hello as TLS 1.2 does, reads the answer and the certificate, and takes leave before anything is secret.
//
//   hello of TLS 1.2 ──answer──▶ certificate ──▶ judged by CertificateRules
//        │ an alert, or an end, instead
//        ▼ on a new connection
//   hello of TLS 1.3 ──answer──▶ the server speaks TLS 1.3 only; its certificate is hidden
//        └── anything else ──▶ failure, by what the first hello was answered
//
// A server that speaks TLS 1.3 only refuses the first hello in ways of its own: by alert 70, 40 or another, by a reset, by
// closing. From those alone "the client is too old" cannot be distinguished from "the server fails".

internal import Model

struct HelloConversation: Conversation {
  private enum MessageType {
    static let helloRequest: UInt8 = 0
    static let serverHello: UInt8 = 2
    static let certificate: UInt8 = 11
    static let serverKeyExchange: UInt8 = 12
    static let serverHelloDone: UInt8 = 14
  }

  private(set) var stage = Stage.serverHello
  private var reader = HandshakeReader()
  private let serverName: String?
  private let random: [UInt8]
  /// Why the hello of TLS 1.2 came to nothing; nil while it is the one that is under way.
  private var firstFailure: FailureReason?
  private let rules: CertificateRules
  private let civilSeconds: Int64

  init(_ plan: HelloPlan, _ circumstances: ProbeCircumstances) {
    serverName = plan.serverName ?? circumstances.names.firstToAskFor
    random = circumstances.random
    rules = CertificateRules(
      names: circumstances.names, onMissingName: plan.onMissingName, onExpiry: plan.onExpiry)
    civilSeconds = circumstances.civilSeconds
  }

  mutating func opened() -> Dialogue.Step {
    let version: ClientHello.Version = firstFailure == nil ? .tls12 : .tls13
    return .send(ClientHello.record(serverName: serverName, random: random, offering: version))
  }

  mutating func closed() -> Dialogue.Step { refused(.closedBefore(stage)) }

  mutating func broken(_ reason: FailureReason) -> Dialogue.Step { refused(reason) }

  mutating func receive(_ octets: ArraySlice<UInt8>) -> Dialogue.Step {
    for octet in octets {
      guard let finding = reader.feed(octet) else { continue }
      let step = conclude(finding)
      if step != .wait { return step }
    }
    return .wait
  }

  private mutating func conclude(_ finding: HandshakeReader.Finding) -> Dialogue.Step {
    switch finding {
    case .foreign(let octets): return .conclude(.failure(reported(.unexpected(stage, PeerText(octets)))))
    case .tooLong: return fail(.tooLong(stage))
    // Some servers warn that they do not know the name, and go on.
    case .alert(let alert, isFatal: false) where alert != .closeNotify: return .wait
    // To a client that offers at most TLS 1.2 this says: 1.3 or nothing.
    case .alert(.protocolVersion, _) where stage == .serverHello && firstFailure == nil: return hidden()
    case .alert(let alert, _): return refused(.tlsAlert(alert))
    case .message(MessageType.helloRequest, _): return .wait
    case .message(MessageType.serverHello, let body) where stage == .serverHello: return readHello(body[...])
    case .message(MessageType.certificate, let body) where stage == .certificate: return readCertificates(body[...])
    case .message(MessageType.serverKeyExchange, _) where stage == .certificate,
      .message(MessageType.serverHelloDone, _) where stage == .certificate:
      return fail(.certificateMissing)
    case .message(let type, _): return fail(.unexpected(stage, PeerText("handshake message \(type)")))
    }
  }

  private mutating func readHello(_ body: ArraySlice<UInt8>) -> Dialogue.Step {
    guard let hello = ServerHello(body) else { return fail(.unexpected(.serverHello, PeerText("cut short"))) }
    guard hello.version < 0x0304 else { return hidden() }
    stage = .certificate
    return .wait
  }

  /// The list of certificates (RFC 5246 §7.4.2); the first is the node's own.
  private func readCertificates(_ body: ArraySlice<UInt8>) -> Dialogue.Step {
    var fields = OctetReader(body)
    guard let list = fields.sized(by: 3) else { return fail(.certificateUnreadable) }
    guard !list.isEmpty else { return fail(.certificateMissing) }
    var certificates = OctetReader(list)
    guard let first = certificates.sized(by: 3), let certificate = Certificate(der: first) else {
      return fail(.certificateUnreadable)
    }
    let (outcome, notes) = rules.judge(certificate, at: civilSeconds)
    return .conclude(outcome, notes: notes, farewell: TLSAlert.farewell)
  }

  /// The server ends the connection instead of going on.
  private mutating func refused(_ reason: FailureReason) -> Dialogue.Step {
    guard stage == .serverHello, firstFailure == nil else { return .conclude(.failure(reported(reason))) }
    firstFailure = reason
    reader = HandshakeReader()
    return .reconnect
  }

  private func hidden() -> Dialogue.Step {
    .conclude(
      .success, notes: ProbeNotes(certificate: .hidden, warnings: [.certificateHidden]), farewell: TLSAlert.farewell)
  }

  private func fail(_ reason: FailureReason) -> Dialogue.Step {
    .conclude(.failure(reported(reason)), farewell: TLSAlert.farewell)
  }

  /// What the first hello was answered tells more than that the second was refused as well.
  private func reported(_ reason: FailureReason) -> FailureReason {
    stage == .serverHello ? firstFailure ?? reason : reason
  }
}

/// The version a server chose (RFC 5246 §7.4.1.3, RFC 8446 §4.2.1).
private struct ServerHello {
  private static let supportedVersions = 43

  private(set) var version: Int

  init?(_ body: ArraySlice<UInt8>) {
    var fields = OctetReader(body)
    guard let version = fields.number(octets: 2), fields.read(32) != nil, fields.sized(by: 1) != nil,
      fields.number(octets: 2) != nil, fields.number(octets: 1) != nil
    else { return nil }
    self.version = version
    guard let extensions = fields.sized(by: 2) else { return }
    var rest = OctetReader(extensions)
    while let type = rest.number(octets: 2), let content = rest.sized(by: 2) {
      guard type == ServerHello.supportedVersions else { continue }
      var value = OctetReader(content)
      self.version = value.number(octets: 2) ?? version
    }
  }
}
