// The connection of one probe, from the first SYN to TLS.
//
//   connecting ──▶ plain ──secure──▶ securing ──▶ secured
//                                                        closed: in the middle of a change, and for ever after a failed one

internal import DNS
internal import Health
internal import Linux

/// What a step of a channel failed with.
enum ChannelFailure: Error {
  case system(Errno)
  case tls(TLSFailure)
}

/// How far a step has come that may have to wait for the socket.
enum ChannelStep: Equatable {
  case done
  case waits(for: Epoll.Interest)
}

/// What one read or write came to.
enum ChannelTransfer: Equatable {
  case octets(Int)
  case waits(for: Epoll.Interest)
  case endOfStream
}

/// A probe's connection; everything it does returns at once.
enum ProbeChannel: ~Copyable {
  case connecting(TCPConnect)
  case plain(TCPConnection)
  case securing(TLSSession)
  case secured(TLSSession)
  case closed

  enum Phase {
    case connecting, plain, securing, secured, closed
  }

  var phase: Phase {
    switch self {
    case .connecting: .connecting
    case .plain: .plain
    case .securing: .securing
    case .secured: .secured
    case .closed: .closed
    }
  }

  /// Looks whether the connection stands, from which moment on the channel is plain.
  mutating func connect() throws(ChannelFailure) -> ChannelStep {
    do throws(Errno) {
      switch consume self {
      case .connecting(let connect):
        let progress: TCPConnect.Progress
        do throws(Errno) {
          progress = try connect.progress()
        } catch {
          self = .closed
          throw error
        }
        guard progress == .connected else {
          self = .connecting(connect)
          return .waits(for: .writable)
        }
        self = .closed
        self = .plain(connect.connection())
      case let other: self = other
      }
      return .done
    } catch {
      throw .system(error)
    }
  }

  /// Prepares TLS over a plain connection; `handshake` then carries it out.
  mutating func secure(by context: borrowing TLSClientContext, as demand: TLSDemand) throws(TLSFailure) {
    switch consume self {
    case .plain(let connection):
      self = .closed
      let session = try TLSSession(
        context, over: connection, serverName: demand.serverName, expecting: TLSIdentity(demand.verification))
      self = .securing(session)
    case let other: self = other
    }
  }

  /// Goes on with the handshake, at whose end the channel is secured.
  mutating func handshake() throws(TLSFailure) -> ChannelStep {
    switch consume self {
    case .securing(var session):
      let progress: TLSProgress
      do throws(TLSFailure) {
        progress = try session.handshake()
      } catch {
        self = .closed
        throw error
      }
      switch progress {
      case .done:
        self = .secured(session)
        return .done
      case .wantsRead:
        self = .securing(session)
        return .waits(for: .readable)
      case .wantsWrite:
        self = .securing(session)
        return .waits(for: .writable)
      }
    case let other:
      self = other
      return .done
    }
  }

  /// What TLS tells of the node; nil where it does not stand.
  var peer: TLSPeer? {
    switch self {
    case .secured(let session): session.peer
    default: nil
    }
  }

  mutating func read(into room: inout MutableRawSpan) throws(ChannelFailure) -> ChannelTransfer {
    switch consume self {
    case .plain(let connection):
      let result = Result { () throws(Errno) in try connection.read(into: &room) }
      self = .plain(connection)
      return try ChannelTransfer(result)
    case .secured(var session):
      let result = Result { () throws(TLSFailure) in try session.read(into: &room) }
      self = .secured(session)
      return try ChannelTransfer(result)
    case let other:
      self = other
      return .endOfStream
    }
  }

  mutating func write(_ octets: [UInt8]) throws(ChannelFailure) -> ChannelTransfer {
    switch consume self {
    case .plain(let connection):
      let result = Result { () throws(Errno) in try connection.write(octets) }
      self = .plain(connection)
      return try ChannelTransfer(result)
    case .secured(var session):
      let result = Result { () throws(TLSFailure) in try session.write(octets) }
      self = .secured(session)
      return try ChannelTransfer(result)
    case let other:
      self = other
      return .endOfStream
    }
  }

  /// Says goodbye as far as the kernel has room for it, at once.
  mutating func part(saying farewell: [UInt8]) {
    if !farewell.isEmpty { _ = try? write(farewell) }
    switch consume self {
    case .secured(var session):
      _ = session.shutdown()
      self = .secured(session)
    case let other: self = other
    }
  }

  /// Tells epoll what the probe waits for.
  borrowing func watch(_ epoll: borrowing Epoll, token: UInt64, for interest: Epoll.Interest) throws(Errno) {
    switch self {
    case .connecting(let connect): try epoll.modify(connect, token: token, for: interest)
    case .plain(let connection): try epoll.modify(connection, token: token, for: interest)
    case .securing(let session): try epoll.modify(session, token: token, for: interest)
    case .secured(let session): try epoll.modify(session, token: token, for: interest)
    case .closed: break
    }
  }
}

extension ChannelTransfer {
  fileprivate init(_ result: Result<Transfer, Errno>) throws(ChannelFailure) {
    switch result {
    case .success(.octets(let count)): self = .octets(count)
    case .success(.wouldBlock): self = .waits(for: [])
    case .success(.endOfStream): self = .endOfStream
    case .failure(let error): throw .system(error)
    }
  }

  fileprivate init(_ result: Result<TLSTransfer, TLSFailure>) throws(ChannelFailure) {
    switch result {
    case .success(.octets(let count)): self = .octets(count)
    case .success(.wantsRead): self = .waits(for: .readable)
    case .success(.wantsWrite): self = .waits(for: .writable)
    case .success(.closed): self = .endOfStream
    case .failure(let failure): throw .tls(failure)
    }
  }
}

extension TLSIdentity {
  fileprivate init(_ verification: TLSDemand.Verification) {
    switch verification {
    case .none: self = .anyone
    case .system(let name), .authority(_, let name):
      // A check of a node that has no name is for its address.
      self = IPAddress(name).map { .address($0) } ?? .host(name)
    }
  }
}
