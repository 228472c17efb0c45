// Whose fault an error of a probe's socket is: the node's and the network's count against the node, this host's do not.

#if DEBUG
  import DNS
  import Foundation
  import Health
  import Linux
  import Model
  import Testing

  @testable import Server

  private let limit = Duration.seconds(2)

  /// What each error means, wherever on the way to an answer it occurs.
  private let outcomes: [(code: Int32, outcome: ProbeOutcome)] = [
    (ECONNREFUSED, .failure(.connectionRefused)),
    (ECONNRESET, .failure(.connectionReset)),
    (EHOSTUNREACH, .failure(.noRouteToHost)),
    (EHOSTDOWN, .failure(.noRouteToHost)),
    (ENETUNREACH, .failure(.networkUnreachable)),
    (EPIPE, .failure(.networkError(code: EPIPE))),
    (ECONNABORTED, .failure(.networkError(code: ECONNABORTED))),
    (ENOPROTOOPT, .failure(.networkError(code: ENOPROTOOPT))),
    (EPROTO, .failure(.networkError(code: EPROTO))),
    (EMFILE, .localFault(.outOfDescriptors)),
    (ENFILE, .localFault(.outOfDescriptors)),
    (ENOBUFS, .localFault(.outOfMemory)),
    (ENOMEM, .localFault(.outOfMemory)),
    (EPERM, .localFault(.notPermitted)),
    (EADDRNOTAVAIL, .localFault(.noSourcePort)),
    (EAFNOSUPPORT, .localFault(.systemError(code: EAFNOSUPPORT))),
    (EBADF, .localFault(.systemError(code: EBADF))),
    (EINVAL, .localFault(.systemError(code: EINVAL))),
    (EIO, .localFault(.systemError(code: EIO))),
    (ENETDOWN, .localFault(.systemError(code: ENETDOWN))),
    (ENODEV, .localFault(.systemError(code: ENODEV))),
    // epoll_ctl(2): the limit of watched descriptors, /proc/sys/fs/epoll/max_user_watches.
    (ENOSPC, .localFault(.systemError(code: ENOSPC))),
  ]

  /// A listener, and probes of it.
  private struct Bench: ~Copyable {
    private let listener: TCPListener
    /// The node's end of the connection.
    private var node: TCPConnection?
    private var epoll: Epoll
    private var probes = Probes()
    private var random = KeyedRandom()
    private let id = ProbeID(slot: 0, generation: 1)

    init() throws {
      let listener = try TCPListener(boundTo: SocketEndpoint(IPAddress(ipv4: 127, 0, 0, 1), port: 0))
      let epoll = try Epoll(capacity: 8)
      self.listener = listener
      self.epoll = epoll
    }

    /// Starts a probe while `faults` occur; nil if it goes on.
    mutating func start(
      _ kind: (UInt16) -> CheckPlan.Kind, from source: IPAddress? = nil, _ faults: CallFaults = CallFaults()
    ) throws -> ProbeOutcome? {
      let endpoint = try listener.localEndpoint
      let target = ProbeTarget(
        node: "ex1", address: endpoint.address, check: "service",
        plan: CheckPlan(kind: kind(endpoint.port), every: .seconds(5), timeout: limit, fall: 3, rise: 2),
        source: source)
      return faults.during {
        probes.start(id, target, TLSContexts(), epoll, token: id.rawValue, using: &random)?.outcome
      }
    }

    /// Waits until there is something to look at, and looks at it while `faults` occur; nil if the probe goes on.
    mutating func look(_ faults: CallFaults = CallFaults()) throws -> ProbeOutcome? {
      #expect(try epoll.wait(timeout: .seconds(60)) == 1)
      return faults.during { () -> ProbeOutcome? in
        guard case .end(let end) = probes.poll(id, epoll) else { return nil }
        return end.outcome
      }
    }

    /// Has the node take the connection and say something.
    mutating func answer(_ octets: [UInt8]) throws {
      guard let accepted = try listener.accept() else { throw Errno.timedOut }
      let connection = accepted.takeConnection()
      let sent = try connection.write(octets)
      #expect(sent == .octets(octets.count))
      node = consume connection
    }
  }

  private func web(_ port: UInt16) -> CheckPlan.Kind { .http(HTTPPlan(port: port, path: "/")) }

  @Suite("Errors of probes")
  struct ProbeErrorTests {
    @Test("At the start of a connection", arguments: ["socket", "connect", "epoll_ctl"])
    func start(_ call: String) throws {
      let more: [(code: Int32, outcome: ProbeOutcome)] = [
        (EACCES, .localFault(.notPermitted)), (EAGAIN, .localFault(.systemError(code: EAGAIN))),
      ]
      for (code, outcome) in outcomes + more {
        var bench = try Bench()
        #expect(try bench.start(web, CallFaults(.init(Errno(rawValue: code), in: call))) == outcome, "\(call) \(code)")
      }
    }

    @Test("Of a source address that this host does not have")
    func source() throws {
      var bench = try Bench()
      let source = IPAddress(ipv4: 127, 0, 0, 9)
      let faults = CallFaults(.init(.addressNotAvailable, in: "bind"))
      #expect(try bench.start(web, from: source, faults) == .localFault(.sourceNotAvailable(source)))
    }

    @Test("When the connection has come about, or not")
    func connection() throws {
      // By ICMPv6 a firewall says EACCES; what this host's own rules forbid has failed at the start.
      for (code, outcome) in outcomes + [(EACCES, .failure(.prohibited))] {
        var bench = try Bench()
        #expect(try bench.start(web) == nil)
        #expect(try bench.look(CallFaults(.init(Errno(rawValue: code), in: "connect"))) == outcome, "\(code)")
      }
    }

    @Test("When epoll is to watch for the answer")
    func watch() throws {
      for (code, outcome) in outcomes {
        var bench = try Bench()
        #expect(try bench.start(web) == nil)
        #expect(try bench.look(CallFaults(.init(Errno(rawValue: code), in: "epoll_ctl"))) == outcome, "\(code)")
      }
    }

    @Test("When the question is sent: the node's answer is awaited all the same, but not if this host is at fault")
    func send() throws {
      for (code, outcome) in outcomes {
        var bench = try Bench()
        #expect(try bench.start(web) == nil)
        let result = try bench.look(CallFaults(.init(Errno(rawValue: code), in: "send")))
        if case .localFault = outcome {
          #expect(result == outcome, "\(code)")
        } else {
          #expect(result == nil, "\(code)")
        }
      }
    }

    @Test("When the answer is read")
    func receive() throws {
      for (code, outcome) in outcomes {
        var bench = try Bench()
        #expect(try bench.start(web) == nil)
        #expect(try bench.look() == nil)
        try bench.answer([0])
        #expect(try bench.look(CallFaults(.init(Errno(rawValue: code), in: "recv"))) == outcome, "\(code)")
      }
    }

    @Test("The kernel's own time-out is one, and a signal or a false alarm is nothing")
    func others() throws {
      var late = try Bench()
      #expect(try late.start(web) == nil)
      let timedOut = CallFaults(.init(.timedOut, in: "connect"))
      #expect(try late.look(timedOut) == .failure(.noAnswer(within: limit)))

      for error in [Errno.interrupted, .wouldBlock] {
        var bench = try Bench()
        #expect(try bench.start(web, CallFaults(.init(.interrupted, in: "connect"))) == nil)
        #expect(try bench.look(CallFaults(.init(error, in: "send"))) == nil)
        try bench.answer(Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8))
        #expect(try bench.look(CallFaults(.init(error, in: "recv"))) == (error == .interrupted ? .success : nil))
      }
    }
  }
#endif
