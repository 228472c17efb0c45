// One TLS connection, as a client, in an epoll loop: no step waits.
//
//   handshake ─ wantsRead / wantsWrite: ask epoll, come again ─▶ done
//   write, read ─ as above ─▶ octets(n), in the end closed
//   shutdown ─ as above ─▶ done; or just let go of it

package import DNS
internal import Glibc

/// Whose name the peer's certificate must bear, where certificates are verified.
package enum TLSIdentity: Hashable, Sendable {
  /// This host name, a final dot left out; `*` stands for one whole label at the front (RFC 9525 §6.3).
  case host(String)
  /// This address.
  case address(IPAddress)
  /// Any: whoever has a certificate of an authority that we believe.
  case anyone
}

/// How far a handshake or a shutdown has come.
package enum TLSProgress: Hashable, Sendable {
  case done
  /// Come again when the socket is readable.
  case wantsRead
  /// Come again when the socket is writable.
  case wantsWrite
}

/// What one read or write came to.
package enum TLSTransfer: Hashable, Sendable {
  /// This many octets moved, at least one unless none was asked for.
  case octets(Int)
  /// Come again when the socket is readable; for a write too.
  case wantsRead
  /// Come again when the socket is writable; for a read too.
  case wantsWrite
  /// The peer has sent all that it wants to send, whether it said so (`close_notify`) or just closed the connection: whether
  /// anything is missing is for the protocol inside to tell.
  case closed
}

/// What is known of the peer after the handshake.
package struct TLSPeer: Hashable, Sendable {
  /// `TLSv1.2`, `TLSv1.3`
  package let protocolVersion: String
  /// `TLS_AES_256_GCM_SHA384`
  package let cipher: String
  /// The peer's own certificate in DER, not its issuers'; empty if it sent none. Not to be trusted beyond what was verified.
  package let certificate: [UInt8]
}

/// A TLS client's end of a TCP connection, which it owns; wraps an `SSL`.
///
/// For a level-triggered epoll. OpenSSL takes whole records (at most 16,384 octets) from the socket, of which epoll then
/// knows nothing: read until it is not `.octets`. After a thrown failure nothing more can be done than to let go of it.
package struct TLSSession: ~Copyable, Sendable {
  private let functions: OpenSSLFunctions
  private let handle: TLSSessionHandle
  private let connection: TCPConnection
  /// Whether a step failed: then OpenSSL asks not to be called again.
  private var hasFailed = false

  /// Prepares a session and sends nothing yet.
  ///
  /// `serverName` is sent to the server (SNI, RFC 6066 §3) so that it can choose a certificate, and is not verified; that is
  /// what `identity` says. Throws `.setup`, for instance for a name that is none.
  package init(
    _ context: borrowing TLSClientContext, over connection: consuming TCPConnection, serverName: String?,
    expecting identity: TLSIdentity
  ) throws(TLSFailure) {
    let functions = context.functions
    functions.clearErrors()
    let handle = try TLSSessionHandle(functions, context.handle)
    if let serverName { try handle.announce(TLSHostName(serverName)) }
    switch identity {
    case .anyone: break
    case .host(let name): try handle.expect(TLSHostName(name))
    case .address(let address): try handle.expect(address)
    }
    try handle.attach(to: connection.number)
    functions.clearErrors()
    // The end of the handshake and what is said next are sent one after the other, and neither may wait for an answer.
    // If the peer has closed by now, the handshake fails and says so.
    try? connection.sendWithoutDelay()
    self.functions = functions
    self.handle = handle
    self.connection = connection
  }

  /// Goes on with the handshake; wraps `SSL_do_handshake(3)`.
  package mutating func handshake() throws(TLSFailure) -> TLSProgress {
    // See `TLSSessionHandle.pointer`.
    let step = call { functions in unsafe functions.handshake(handle.pointer) }
    switch try pause(of: step) {
    case nil: return .done
    case .wantsRead: return .wantsRead
    case .wantsWrite: return .wantsWrite
    case .closed: throw failed(.closed)
    }
  }

  /// Reads what one record holds, at most what fits into `buffer`; wraps `SSL_read_ex(3)`.
  package mutating func read(into buffer: inout MutableRawSpan) throws(TLSFailure) -> TLSTransfer {
    if buffer.isEmpty { return .octets(0) }
    var count = 0
    let step = unsafe buffer.withUnsafeMutableBytes { (bytes) -> Step in
      // As above; OpenSSL writes at most as many octets as the span has, and says how many.
      call { functions in unsafe functions.read(handle.pointer, bytes.baseAddress, bytes.count, &count) }
    }
    try boundRenegotiations()
    do throws(TLSFailure) {
      return TLSTransfer(try pause(of: step), count)
    } catch .closed {
      return .closed
    }
  }

  /// Writes at most one record of `bytes`; wraps `SSL_write_ex(3)`.
  ///
  /// After `.wantsRead` or `.wantsWrite` the same octets must be offered again, at whatever address; more may follow them.
  package mutating func write(_ bytes: RawSpan) throws(TLSFailure) -> TLSTransfer {
    if bytes.isEmpty { return .octets(0) }
    var count = 0
    let step = unsafe bytes.withUnsafeBytes { (bytes) -> Step in
      // As above; OpenSSL reads no more octets than the span has.
      call { functions in unsafe functions.write(handle.pointer, bytes.baseAddress, bytes.count, &count) }
    }
    return TLSTransfer(try pause(of: step), count)
  }

  /// Writes of the array from `start` on.
  package mutating func write(_ bytes: [UInt8], from start: Int = 0) throws(TLSFailure) -> TLSTransfer {
    try write(bytes.octets.extracting(start..<bytes.count))
  }

  /// Says goodbye (`close_notify`); wraps `SSL_shutdown(3)`.
  ///
  /// `.wantsWrite`: not yet said. `.wantsRead`: said, and the peer has not answered; a caller that does not want to wait may
  /// let go of the session now. `.done`: both have said it, or there is nobody to say it to any more.
  package mutating func shutdown() -> TLSProgress {
    guard !hasFailed else { return .done }
    // As above. The first call says it and returns 0, the second looks for the answer.
    var step = call { functions in unsafe functions.shutdown(handle.pointer) }
    if step.result == 0 { step = call { functions in unsafe functions.shutdown(handle.pointer) } }
    switch try? pause(of: step) {
    case .wantsRead: return .wantsRead
    case .wantsWrite: return .wantsWrite
    case .closed, nil: return .done
    }
  }

  /// What is known of the peer; nil before the handshake is done.
  package var peer: TLSPeer? { handle.peer }

  /// Closes so that the peer sees a reset, what is unsent is thrown away, and no TIME_WAIT remains.
  package consuming func closeWithReset() { connection.resetOnClose() }
}

extension TLSSession: Pollable {
  package var number: Int32 { connection.number }
}

extension TLSSession {
  /// What a call of OpenSSL returned, and what it left in errno(3).
  private struct Step {
    let result: Int32
    let error: Errno
  }

  /// Why a call did not do all it was asked for, without having failed.
  fileprivate enum Pause {
    case wantsRead, wantsWrite, closed
  }

  /// Makes one call with clean tables: what earlier calls of this thread left there would be taken for its outcome.
  private borrowing func call(_ body: (OpenSSLFunctions) -> Int32) -> Step {
    functions.clearErrors()
    errno = 0
    let result = body(functions)
    return Step(result: result, error: .current)
  }

  /// Wraps `SSL_get_error(3)`: nil if the call has done its work.
  private mutating func pause(of step: Step) throws(TLSFailure) -> Pause? {
    guard step.result <= 0 else { return nil }
    // See `TLSSessionHandle.pointer`.
    let outcome = unsafe functions.outcome(handle.pointer, step.result)
    switch outcome {
    case OpenSSL.wantRead: return .wantsRead
    case OpenSSL.wantWrite: return .wantsWrite
    case OpenSSL.zeroReturn: return .closed
    default: throw failed(unsafe functions.failure(outcome: outcome, of: handle.pointer, step.error))
    }
  }

  /// A peer may ask for one renegotiation or two, for a client certificate; each costs both sides a handshake.
  private mutating func boundRenegotiations() throws(TLSFailure) {
    // As above. The count is of OpenSSL's own.
    guard unsafe functions.controlSession(handle.pointer, OpenSSL.controlRenegotiations, 0, nil) > 3 else { return }
    throw failed(.protocolError(reason: "the server renegotiates again and again"))
  }

  private mutating func failed(_ failure: TLSFailure) -> TLSFailure {
    hasFailed = true
    return failure
  }
}

extension TLSTransfer {
  fileprivate init(_ pause: TLSSession.Pause?, _ count: Int) {
    switch pause {
    case nil: self = .octets(count)
    case .wantsRead: self = .wantsRead
    case .wantsWrite: self = .wantsWrite
    case .closed: self = .closed
    }
  }
}
