// The two local services: status over HTTP, orders over the control socket.

internal import Health
internal import Linux

extension Daemon {
  // MARK: Status

  mutating func acceptStatusConnections() {
    do throws(Errno) {
      while let accepted = try sockets.acceptStatus() {
        statusExchanges.add(accepted.take(), epoll, now: MonotonicClock.now()) { Token.status($0).rawValue }
      }
    } catch {
      statusExchanges.dropOldest()
      pauseListeners(because: error)
    }
  }

  mutating func serveStatus(_ number: UInt64) {
    let token = Token.status(number).rawValue
    guard let request = statusExchanges.proceed(with: number, epoll, token: token) else { return }
    let response =
      switch request {
      case .accepted(let request): StatusRouter.bytes(answering: request, from: report())
      case .rejected(let status): HTTPResponse(rejecting: status).bytes(answering: .get, at: .now)
      }
    statusExchanges.respond(response, to: number, epoll, token: token)
  }

  // MARK: Control

  mutating func acceptControlConnections() {
    do throws(Errno) {
      while let connection = try sockets.acceptControl() {
        controlExchanges.add(connection, epoll, now: MonotonicClock.now()) { Token.control($0).rawValue }
      }
    } catch {
      controlExchanges.dropOldest()
      pauseListeners(because: error)
    }
  }

  // MARK: Out of descriptors

  /// Takes no more clients of either service for a second: a listener whose accept fails stays readable, and to ask it
  /// again at once would be all that this thread does.
  private mutating func pauseListeners(because error: Errno) {
    log.write(.workerFault(worker: 0, fault: "accept", reason: error.description))
    listenersRest = MonotonicClock.now() + 1_000_000_000
    try? sockets.watchServices(
      epoll, status: Token.statusListener.rawValue, control: Token.controlListener.rawValue, by: .pausing)
  }

  mutating func resumeListeners(now: Int64) {
    guard let until = listenersRest, until <= now else { return }
    listenersRest = nil
    try? sockets.watchServices(
      epoll, status: Token.statusListener.rawValue, control: Token.controlListener.rawValue, by: .resuming)
  }

  mutating func serveControl(_ number: UInt64) {
    let token = Token.control(number).rawValue
    guard let command = controlExchanges.proceed(with: number, epoll, token: token) else { return }
    let response: ControlResponse =
      switch command {
      case .reload: reload()
      case .explain(let request): explain(request)
      case .order(let request): obey(request, from: author(of: request, on: number))
      case nil: ControlResponse(isDone: false, text: "unknown command; is it of another version?")
      }
    controlExchanges.respond(response.octets, to: number, epoll, token: token)
  }
}

extension Daemon {
  /// Who gives an order: what the command says of them, and the user that the kernel vouches for.
  private func author(of request: OrderRequest, on number: UInt64) -> String {
    request.author.description(userID: try? controlExchanges.exchange(number)?.connection.peer.userID)
  }
}

/// What an order came to: `ok` or `failed` on the first line, then text for the operator.
package struct ControlResponse: Sendable {
  package var isDone: Bool
  package var text: String

  package init(isDone: Bool, text: String) {
    self.isDone = isDone
    self.text = text
  }

  var octets: [UInt8] { Array(((isDone ? "ok" : "failed") + "\n" + text + "\n").utf8) }

  /// Reads a response back; nil when it is none.
  package init?(_ octets: [UInt8]) {
    let text = String(decoding: octets, as: UTF8.self)
    guard let lineEnd = text.firstIndex(of: "\n") else { return nil }
    switch text[..<lineEnd] {
    case "ok": isDone = true
    case "failed": isDone = false
    default: return nil
    }
    self.text = String(text[text.index(after: lineEnd)...].drop { $0 == "\n" })
    while self.text.hasSuffix("\n") { self.text.removeLast() }
  }
}
