// Why a TLS connection did not come to be, or ended badly, in words for an operator.

internal import Glibc

/// What a step of a TLS session failed with.
package enum TLSFailure: Error, Hashable, Sendable {
  /// The peer's certificate is not accepted: OpenSSL's `X509_V_ERR_…` code and its text, `certificate has expired`.
  case certificate(code: Int, reason: String)
  /// The peer refused by an alert (RFC 8446 §6.2): its number and its text, `handshake failure`.
  case alert(number: Int, name: String)
  /// The peer's octets are no TLS records.
  case notTLS
  /// The peer ended the connection in the middle.
  case closed
  /// The socket failed.
  case socket(Errno)
  /// The peer broke the protocol, or both sides have nothing in common: OpenSSL's text, `unsupported protocol`.
  case protocolError(reason: String)
  /// Nothing the peer did: a file that is not there, a name that is none, no memory.
  case setup(reason: String)
}

extension TLSFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .certificate(_, let reason): "certificate refused: \(reason)"
    case .alert(_, let name): "the server refused by the alert \"\(name)\""
    case .notTLS: "the server does not speak TLS on this port"
    case .closed: "the server closed the connection during the TLS exchange"
    case .socket(let error): error.description
    case .protocolError(let reason): "TLS protocol error: \(reason)"
    case .setup(let reason): reason
    }
  }
}

extension OpenSSLFunctions {
  /// An entry of the error queue: `err.h`'s ERR_GET_LIB, ERR_GET_REASON and ERR_SYSTEM_FLAG.
  private struct QueuedError {
    let code: UInt

    /// A number of errno(3), if it is the system's error.
    var systemError: Errno? {
      code & 0x8000_0000 == 0 ? nil : Errno(rawValue: Int32(truncatingIfNeeded: code & 0x7FFF_FFFF))
    }
    /// The reason, if it is libssl's.
    var sessionReason: UInt? {
      systemError == nil && (code >> 23) & 0xFF == OpenSSL.sslRoutines ? code & 0x7F_FFFF : nil
    }
  }

  /// Empties the error queue. What tells most is libssl's own first entry; failing that, the first, which is the cause.
  private func takeErrors() -> QueuedError? {
    var first: QueuedError?
    // The queue is a ring of 16.
    for _ in 0..<64 {
      let error = QueuedError(code: nextError())
      guard error.code != 0 else { break }
      if error.sessionReason != nil, first?.sessionReason == nil { first = error }
      first = first ?? error
    }
    clearErrors()
    return first
  }

  /// Empties the error queue and says what was in it; nil if nothing was.
  func takeReason() -> String? { takeErrors().map(text) }

  private func text(_ error: QueuedError) -> String {
    if let system = error.systemError { return system.description }
    return unsafe string(reasonText(error.code)) ?? "error \(error.code)"
  }

  /// What a failed call of `session` failed with, from `SSL_get_error(3)`, the error queue and errno(3).
  func failure(outcome: Int32, of session: OpaquePointer, _ errno: Errno) -> TLSFailure {
    guard let error = takeErrors() else {
      return outcome == OpenSSL.systemCall && errno.rawValue != 0 ? .socket(errno) : .closed
    }
    if let system = error.systemError { return .socket(system) }
    switch error.sessionReason {
    case OpenSSL.reasonVerifyFailed: return unsafe refusal(by: session)
    case OpenSSL.reasonWrongVersion: return .notTLS
    case OpenSSL.reasonUnexpectedEOF: return .closed
    case OpenSSL.reasonUnsupportedProtocol, OpenSSL.reasonAlertOffset + OpenSSL.alertProtocolVersion:
      return .protocolError(reason: "the server speaks only TLS before 1.2: enable TLS 1.2 there, or set verify=none")
    case OpenSSL.reasonLegacyRenegotiation:
      return .protocolError(
        reason: "the server lacks secure renegotiation (RFC 5746): update its TLS, or set verify=none")
    case .some(let reason) where reason > OpenSSL.reasonAlertOffset:
      return .alert(number: Int(reason - OpenSSL.reasonAlertOffset), name: alertName(error))
    default: return .protocolError(reason: text(error))
    }
  }

  /// `tlsv13 alert certificate required` is `certificate required`. `SSL_alert_desc_string_long(3)` does not know them all.
  private func alertName(_ error: QueuedError) -> String {
    let words = text(error).split(separator: " ")
    return words.drop { $0.hasPrefix("tlsv") || $0.hasPrefix("sslv") || $0 == "alert" }.joined(separator: " ")
  }

  /// What the verification of the peer's certificate came to.
  private func refusal(by session: OpaquePointer) -> TLSFailure {
    // The session lives, and the text is a constant of the library.
    let code = unsafe verifyResult(session)
    let reason = unsafe string(verifyText(code)) ?? "error \(code)"
    let hasNoIssuer = code == OpenSSL.verifyNoIssuer || code == OpenSSL.verifyNoIssuerOfLeaf
    return .certificate(code: code, reason: hasNoIssuer ? "\(reason); send the whole chain, or set verify=ca:" : reason)
  }
}
