// All sockets of the server, opened before anything else: what fails here fails with a sentence that tells how to
// fix it, and while root may still be needed.

internal import DNS
internal import Linux
internal import Reporting

/// The sockets of one listening address, as one worker has them.
final class ListeningSockets: Sendable {
  let udp: UDPSocket
  let tcp: TCPListener

  init(_ endpoint: SocketEndpoint) throws(Errno) {
    udp = try UDPSocket(boundTo: endpoint, port: .shared, .awaited)
    tcp = try TCPListener(
      boundTo: SocketEndpoint(endpoint.address, port: udp.localEndpoint.port), port: .shared, accepting: .spoken,
      .awaited)
  }
}

/// The server's sockets, and its signals.
final class OpenSockets: Sendable {
  /// For each worker, the sockets of each listening address.
  let workers: [[ListeningSockets]]
  private let status: Shared<TCPListener>?
  private let control: Shared<UnixListener>?
  let signals: SignalSource
  /// All that is listened at, for log and status.
  let names: [Listener]

  init(_ options: ServerOptions, _ rights: ServiceRights) throws(ServerFailure) {
    do throws(Errno) {
      // Those that end the process are taken by StopGuard.
      signals = try SignalSource(isInit ? [.hangUp, .childEnded] : [.hangUp])
    } catch {
      throw ServerFailure("signals cannot be taken: \(error)" + (error.remedy.map { "; \($0)" } ?? ""))
    }
    var names: [Listener] = []
    workers = try OpenSockets.listen(options.listening, threads: options.threads, &names)
    if let endpoint = options.status {
      let listener = try OpenSockets.opening(.status, "\(endpoint)") { () throws(Errno) in
        try TCPListener(boundTo: endpoint, .awaited)
      }
      let bound = try? listener.localEndpoint
      names.append(
        Listener(.status, "\(bound ?? endpoint)", awaiting: OpenSockets.awaited(endpoint)))
      status = Shared(listener)
    } else {
      status = nil
    }
    if let path = options.control {
      control = if let opened = rights.control { opened } else { try OpenSockets.openControl(path, as: rights.user) }
      names.append(Listener(.control, path))
    } else {
      control = nil
    }
    self.names = names
  }

  private static func openControl(_ path: String, as user: String?) throws(ServerFailure) -> Shared<UnixListener> {
    try opening(.control, path, as: user) { () throws(Errno) in
      try makeDirectory(parent(of: path))
      return Shared(try UnixListener(path: path))
    }
  }

  /// What is to become of the watch on a listener.
  enum Watching {
    case beginning, pausing, resuming
  }

  /// Watches status port and control socket for clients.
  func watchServices(
    _ epoll: borrowing Epoll, status statusToken: UInt64, control controlToken: UInt64, by watching: Watching
  ) throws(Errno) {
    if let status { try OpenSockets.watch(status.value, epoll, token: statusToken, by: watching) }
    if let control { try OpenSockets.watch(control.value, epoll, token: controlToken, by: watching) }
  }

  static func watch(
    _ listener: borrowing some Pollable & ~Copyable, _ epoll: borrowing Epoll, token: UInt64, by watching: Watching
  ) throws(Errno) {
    switch watching {
    case .beginning: try epoll.add(listener, token: token, for: .readable)
    case .pausing: try epoll.modify(listener, token: token, for: [])
    case .resuming: try epoll.modify(listener, token: token, for: .readable)
    }
  }

  func acceptStatus() throws(Errno) -> Accepted? { try status?.value.accept() }
  func acceptControl() throws(Errno) -> UnixConnection? { try control?.value.accept() }

  // MARK: DNS

  private static func listen(
    _ listening: ServerOptions.Listening, threads: Int, _ names: inout [Listener]
  ) throws(ServerFailure) -> [[ListeningSockets]] {
    var workers: [[ListeningSockets]] = Array(repeating: [], count: threads)
    for endpoint in try endpoints(listening) {
      try refuseIfTaken(endpoint)
      var bound = endpoint
      for worker in workers.indices {
        let sockets = try opening(.dnsUDP, "\(bound)") { () throws(Errno) in try ListeningSockets(bound) }
        // The first worker's sockets decide what port 0 becomes for the others.
        if worker == 0, let local = try? sockets.udp.localEndpoint { bound = local }
        workers[worker].append(sockets)
      }
      names.append(Listener(.dnsUDP, "\(bound)", awaiting: awaited(bound)))
      names.append(Listener(.dnsTCP, "\(bound)", awaiting: awaited(bound)))
    }
    return workers
  }

  /// The address that has to be this host's for anybody to reach the endpoint.
  private static func awaited(_ endpoint: SocketEndpoint) -> IPAddress? {
    endpoint.address.isWildcard ? nil : endpoint.address
  }

  private static func endpoints(_ listening: ServerOptions.Listening) throws(ServerFailure) -> [SocketEndpoint] {
    switch listening {
    case .at(let endpoints): return endpoints
    case .everywhere(let port):
      let all = AddressFamily.allCases.map { SocketEndpoint(.unspecified($0), port: port) }
      // A host may be without one of the families.
      let usable = all.filter { endpoint in
        do throws(Errno) {
          _ = try UDPSocket(boundTo: SocketEndpoint(endpoint.address, port: 0))
          return true
        } catch {
          return false
        }
      }
      guard !usable.isEmpty else { throw ServerFailure("this host has neither IPv4 nor IPv6") }
      return usable
    }
  }

  /// Makes sure that nobody else has the port: sharing it among our workers would otherwise let a second Rondo, started
  /// by mistake, take half of the queries.
  private static func refuseIfTaken(_ endpoint: SocketEndpoint) throws(ServerFailure) {
    try opening(.dnsUDP, "\(endpoint)") { () throws(Errno) in _ = try UDPSocket(boundTo: endpoint, .awaited) }
    try opening(.dnsTCP, "\(endpoint)") { () throws(Errno) in _ = try TCPListener(boundTo: endpoint, .awaited) }
  }

  // MARK: Failures

  static func opening<Value: ~Copyable>(
    _ service: Listener.Service, _ address: String, as user: String? = nil,
    _ open: () throws(Errno) -> Value
  ) throws(ServerFailure) -> Value {
    do throws(Errno) {
      return try open()
    } catch {
      let purpose =
        switch service {
        case .dnsUDP: "DNS over UDP"
        case .dnsTCP: "DNS over TCP"
        case .status: "the status port"
        case .control: "the control socket"
        }
      throw ServerFailure("cannot listen on \(address) for \(purpose): \(error); \(advice(error, service, user))")
    }
  }

  /// What to do about it.
  private static func advice(
    _ error: Errno, _ service: Listener.Service, _ user: String?
  ) -> String {
    let option =
      switch service {
      case .dnsUDP, .dnsTCP: "--listen ADDR:PORT"
      case .status: "--status ADDR:PORT"
      case .control: "--control PATH"
      }
    switch (error, service) {
    case (.addressInUse, .control): return "another rondo runs with this socket; stop it, or give this one \(option)"
    case (.addressInUse, .dnsUDP), (.addressInUse, .dnsTCP):
      return "another program has it (`ss -lunp` shows which; often systemd-resolved or dnsmasq); "
        + "stop it, or choose addresses with \(option)"
    case (.addressInUse, .status): return "another program has it; choose another with \(option)"
    case (.permissionDenied, .control), (.notPermitted, .control), (.readOnlyFileSystem, .control):
      let writer = user.map { "user \"\($0)\"" } ?? "this user"
      return "choose a folder that \(writer) may write with \(option), or --control none"
    case (.permissionDenied, _), (.notPermitted, _):
      return "ports below 1024 need root or CAP_NET_BIND_SERVICE; choose a higher one with \(option)"
    case (.addressNotAvailable, _): return "this host has no such address (`ip address` lists them)"
    default: return error.remedy ?? "choose another with \(option)"
    }
  }
}
