// The sockets of health checks: starts what the monitor asks for, carries octets between the kernel and the dialogue.

internal import DNS
internal import Health
internal import Linux
internal import Model
internal import Policy
internal import Reporting

/// All probes under way.
struct Probes: ~Copyable {
  /// How a probe ended.
  struct End {
    var outcome: ProbeOutcome
    var notes = ProbeNotes()
  }

  /// What a look at a probe came to.
  enum PollResult {
    case end(End)
    /// It waits for this now.
    case stage(Stage)
  }

  /// A probe's connection and what it has come to.
  private final class Probe {
    var channel: ProbeChannel
    var dialogue: Dialogue
    /// What the kernel had no room for yet.
    var unsent: [UInt8] = []
    /// TLS that is to begin once all is sent; until then nothing is read, for what comes belongs to TLS.
    var demand: TLSDemand?
    /// What the connection waits for besides something to read.
    var interest = Epoll.Interest()
    let token: UInt64
    let transcript: ProbeTranscript?
    let endpoint: SocketEndpoint
    let source: IPAddress?
    /// Until when its connection may be kept for a polite end.
    let deadline: MonotonicTime
    /// Whether something is said, so that there is an end to be polite about.
    let isSilent: Bool
    /// For a check that asks for TLS.
    let tls: TLSContexts

    init(
      _ connect: consuming TCPConnect, to endpoint: SocketEndpoint, _ target: ProbeTarget, _ dialogue: Dialogue,
      _ tls: TLSContexts, token: UInt64, _ transcript: ProbeTranscript?
    ) {
      channel = .connecting(connect)
      self.dialogue = dialogue
      self.tls = tls
      self.token = token
      self.transcript = transcript
      self.endpoint = endpoint
      source = target.source
      deadline = MonotonicTime.now + target.plan.timeout
      isSilent = target.plan.kind.isSilent
    }

    /// Gives the connection away.
    func takeChannel() -> ProbeChannel {
      var taken = ProbeChannel.closed
      swap(&taken, &channel)
      return taken
    }

    /// Tells the dialogue what happened, and the transcript too.
    func advance(on event: Dialogue.Event) -> Dialogue.Step {
      let step = dialogue.advance(on: event)
      transcript?.record(.event(event))
      transcript?.record(.step(step))
      return step
    }
  }

  /// Octets read at once: no less than a TLS record holds, or some of it would wait where epoll does not see it.
  private static let readLimit = 16_384
  /// Reads in one look: a node that sends without end must not keep the others waiting.
  private static let readsPerPoll = 4

  private var live = ProbeTable<Probe>()
  private var programs: [ProbeID: CheckProgram] = [:]
  /// Programs that are being started.
  private var launches: [ProbeID: ProgramLaunch] = [:]
  /// The same for probes that were given up meanwhile: what comes of them is killed.
  private(set) var lateLaunches: [ProbeID: ProgramLaunch] = [:]
  private var launchThreads = LaunchThreads()
  /// Programs that were killed and have not ended yet: one that is stuck in the kernel, say in a file system that has
  /// gone, dies when it comes out, and nobody waits for that.
  private(set) var dying: [CheckProgram] = []
  /// What programs start with.
  var programStart: ProcessStart?
  /// Connections whose probe is over.
  private var farewells = Farewells()
  /// The name for SMTP; read once, for it does not change under a running host.
  private let hostName = completeHostName()
  /// Where what is said shall be written down; nil in the daemon.
  var transcript: ProbeTranscript?

  /// Begins a probe.
  ///
  /// - Parameter tls: for a check that asks for TLS.
  /// - Returns: its end if it is over at once.
  mutating func start(
    _ id: ProbeID, _ target: ProbeTarget, _ tls: TLSContexts, _ epoll: borrowing Epoll, token: UInt64,
    using random: inout some RandomNumberGenerator
  ) -> End? {
    if case .program(let plan) = target.plan.kind { return start(plan, as: id, target, epoll, token: token) }
    guard let endpoint = target.endpoint else { return nil }
    do throws(Errno) {
      let connect = try begin(target, to: endpoint)
      try epoll.add(connect, token: token, for: .writable)
      let local = try? connect.localEndpoint
      if let transcript, let local { transcript.record(.local(local)) }
      let dialogue = Dialogue(of: target.plan, in: circumstances(of: target, from: local?.address, using: &random))
      live[id] = Probe(connect, to: endpoint, target, dialogue, tls, token: token, transcript)
      return nil
    } catch {
      var dialogue = Dialogue(of: target.plan)
      let event = Probes.event(for: error, from: target.source)
      guard case .conclude(let outcome, let notes, _) = dialogue.advance(on: event) else { return nil }
      return End(outcome: outcome, notes: notes)
    }
  }

  /// Begins to connect. Where descriptors are short, no politeness is worth one.
  private mutating func begin(_ target: ProbeTarget, to endpoint: SocketEndpoint) throws(Errno) -> TCPConnect {
    do throws(Errno) {
      return try TCPConnect(to: endpoint, from: target.source, isSilent: target.plan.kind.isSilent)
    } catch  where !farewells.isEmpty && (error == .tooManyOpenFiles || error == .tooManyOpenFilesInSystem) {
      farewells.closeAll()
      return try TCPConnect(to: endpoint, from: target.source, isSilent: target.plan.kind.isSilent)
    }
  }

  /// A check that says nothing needs to know nothing, and there may be thousands of them.
  private func circumstances(
    of target: ProbeTarget, from source: IPAddress?, using random: inout some RandomNumberGenerator
  ) -> ProbeCircumstances {
    if target.plan.kind.isSilent { return ProbeCircumstances() }
    return ProbeCircumstances(
      of: target, at: UnixTime.now.milliseconds / 1_000, version: rondoVersion, hostName: hostName, source: source,
      using: &random)
  }

  private mutating func start(
    _ plan: ProgramPlan, as id: ProbeID, _ target: ProbeTarget, _ epoll: borrowing Epoll, token: UInt64
  ) -> End? {
    if let reason = obstacle(to: plan) { return End(outcome: .localFault(.programNotStarted(reason))) }
    do throws(Errno) {
      let command = CheckProgram.command(plan, for: target, startedAs: programStart)
      let launch = try ProgramLaunch(command, token: token)
      try epoll.add(launch.arrival, token: token, for: .readable)
      launch.begin(on: try launchThreads.idle())
      launches[id] = launch
      return nil
    } catch {
      return End(outcome: .localFault(.programNotStarted("\(plan.path) cannot be started: \(error)")))
    }
  }

  /// Why a program is not to be started now: otherwise each turn of a check might leave one more behind.
  private func obstacle(to plan: ProgramPlan) -> String? {
    if lateLaunches.values.contains(where: { $0.path == plan.path }) {
      return "an earlier start of \(plan.path) has not come to its end: look at the disk that it is on"
    }
    let most = HealthMonitor.maximumConcurrentPrograms
    if lateLaunches.count >= most { return "\(lateLaunches.count) earlier starts have not come to their end" }
    return dying.count >= most ? "\(dying.count) killed programs have not ended yet" : nil
  }

  /// Takes over a program that has been started, or what kept it from that.
  private mutating func proceed(with launch: ProgramLaunch, of id: ProbeID, _ epoll: borrowing Epoll) -> PollResult? {
    guard let result = launch.takeResult() else { return .stage(.programStart) }
    launches[id] = nil
    try? epoll.remove(launch.arrival)
    do throws(SpawnFailure) {
      let program = CheckProgram(try result.get())
      do throws(SpawnFailure) {
        try program.watch(epoll, token: launch.token)
      } catch {
        program.kill()
        dying.append(program)
        throw error
      }
      programs[id] = program
      return .stage(.program)
    } catch {
      return .end(End(outcome: .localFault(.programNotStarted(error.description))))
    }
  }

  /// Kills a program that has been started too late, if it has been.
  private mutating func endLateLaunch(of id: ProbeID, _ epoll: borrowing Epoll) {
    guard let launch = lateLaunches[id], let result = launch.takeResult() else { return }
    lateLaunches[id] = nil
    try? epoll.remove(launch.arrival)
    guard let process = try? result.get() else { return }
    let program = CheckProgram(process)
    try? program.watch(epoll, token: launch.token)
    program.kill()
    dying.append(program)
  }

  /// Looks what became of a probe whose socket has spoken; its socket is closed once that decides it.
  mutating func poll(_ id: ProbeID, _ epoll: borrowing Epoll) -> PollResult? {
    if let launch = launches[id] { return proceed(with: launch, of: id, epoll) }
    if let program = programs[id] {
      guard let outcome = program.takeOutcome() else { return .stage(.program) }
      if !program.firstLine.isEmpty { transcript?.record(.printed(program.firstLine)) }
      programs[id] = nil
      return .end(End(outcome: outcome))
    }
    guard let probe = live[id] else {
      if !farewells.proceed(with: id) {
        endLateLaunch(of: id, epoll)
        dying.removeAll { $0.hasEnded }
      }
      return nil
    }
    let step = Probes.proceed(with: probe)
    guard case .conclude(let outcome, let notes, let farewell) = perform(step, probe, epoll) else {
      return .stage(probe.dialogue.stage)
    }
    live[id] = nil
    part(from: probe, id, saying: farewell, epoll)
    return .end(End(outcome: outcome, notes: notes))
  }

  // MARK: Farewells

  /// Ends the connection of a probe that is over: politely, where something was said.
  private mutating func part(from probe: Probe, _ id: ProbeID, saying farewell: [UInt8], _ epoll: borrowing Epoll) {
    let channel = probe.takeChannel()
    switch channel.phase {
    case .plain, .secured: break
    case .connecting, .securing, .closed: return
    }
    // A farewell after half a command would not be understood.
    guard !probe.isSilent, probe.unsent.isEmpty else { return }
    let deadline = min(MonotonicTime.now + Farewells.patience, probe.deadline)
    farewells.say(farewell, on: channel, of: id, until: deadline, epoll, token: probe.token)
  }

  /// When `sweep` is due; nil if no connection is being ended.
  var nextDeadline: MonotonicTime? { farewells.nextDeadline }

  /// Closes connections that their nodes have not closed in time, and lets go of killed programs that have ended.
  mutating func sweep(at now: MonotonicTime) {
    farewells.sweep(at: now)
    // Those that epoll does not watch too.
    dying.removeAll { $0.hasEnded }
  }

  /// Closes the socket of a probe that is given up, or kills its program, if need be as soon as it has been started.
  mutating func abandon(_ id: ProbeID) {
    live[id] = nil
    if let program = programs.removeValue(forKey: id) {
      program.kill()
      // Epoll tells of its end under the same token.
      dying.append(program)
    }
    if let launch = launches.removeValue(forKey: id) { lateLaunches[id] = launch }
  }

  // MARK: A look

  private static func proceed(with probe: Probe) -> Dialogue.Step {
    probe.interest = Epoll.Interest()
    switch probe.channel.phase {
    case .connecting: return connect(probe)
    case .securing: return handshake(probe)
    case .plain, .secured: return converse(probe)
    case .closed: return .wait
    }
  }

  private static func connect(_ probe: Probe) -> Dialogue.Step {
    do throws(ChannelFailure) {
      switch try probe.channel.connect() {
      case .done: return probe.advance(on: .connected)
      case .waits(let interest): probe.interest = interest
      }
      return .wait
    } catch .system(.permissionDenied) {
      // A rule of this host would have forbidden the connection before anything was sent.
      return probe.advance(on: .failed(.prohibited))
    } catch {
      return probe.advance(on: event(for: error))
    }
  }

  private static func handshake(_ probe: Probe) -> Dialogue.Step {
    do throws(TLSFailure) {
      switch try probe.channel.handshake() {
      case .done:
        if let peer = probe.channel.peer {
          probe.transcript?.record(.agreed(version: peer.protocolVersion, cipher: peer.cipher))
        }
        return probe.advance(on: .secured(certificate: probe.channel.peer?.certificate ?? []))
      case .waits(let interest): probe.interest = interest
      }
      return .wait
    } catch {
      return probe.advance(on: event(for: error))
    }
  }

  /// Sends what is unsent and reads what there is.
  private static func converse(_ probe: Probe) -> Dialogue.Step {
    let end = flush(probe)
    guard end == .wait, probe.demand == nil else { return end }
    for _ in 0..<readsPerPoll {
      let event: Dialogue.Event
      do throws(ChannelFailure) {
        var octets = [UInt8](repeating: 0, count: readLimit)
        var elements = octets.mutableSpan
        var room = MutableRawSpan(_elements: &elements)
        switch try probe.channel.read(into: &room) {
        case .octets(let count): event = .received(Array(octets[..<count]))
        case .endOfStream: event = .closed
        case .waits(let interest):
          probe.interest.formUnion(interest)
          return .wait
        }
      } catch {
        event = Probes.event(for: error)
      }
      let step = probe.advance(on: event)
      if step != .wait { return step }
      if event == .closed { return .wait }
    }
    return .wait
  }

  /// Does what a step says, as far as the kernel lets it, and returns the last step that came of it.
  private func perform(_ first: Dialogue.Step, _ probe: Probe, _ epoll: borrowing Epoll) -> Dialogue.Step {
    var step = first
    // A step of TLS may lead to another; a conversation has few of them.
    for _ in 0..<8 {
      switch step {
      case .wait:
        guard let demand = probe.demand, probe.unsent.isEmpty else { return arm(probe, epoll) }
        probe.demand = nil
        step = beginTLS(demand, probe)
      case .send(let octets):
        probe.unsent += octets
        step = Probes.flush(probe)
      case .startTLS(let demand, let octets):
        probe.demand = demand
        step = .send(octets)
      case .reconnect: step = reconnect(probe, epoll)
      case .conclude: return step
      }
    }
    return arm(probe, epoll)
  }

  /// Opens another connection in the place of the one that there is.
  private func reconnect(_ probe: Probe, _ epoll: borrowing Epoll) -> Dialogue.Step {
    probe.unsent = []
    probe.demand = nil
    do throws(Errno) {
      let connect = try TCPConnect(to: probe.endpoint, from: probe.source)
      try epoll.add(connect, token: probe.token, for: .writable)
      if let transcript, let local = try? connect.localEndpoint { transcript.record(.local(local)) }
      probe.channel = .connecting(connect)
      return .wait
    } catch {
      return probe.advance(on: Probes.event(for: error, from: probe.source))
    }
  }

  private func beginTLS(_ demand: TLSDemand, _ probe: Probe) -> Dialogue.Step {
    guard let context = probe.tls.context(for: demand.verification) else {
      return probe.advance(on: .localFault(.tlsNotAvailable))
    }
    do throws(TLSFailure) {
      try probe.channel.secure(by: context.value, as: demand)
      return Probes.handshake(probe)
    } catch {
      return probe.advance(on: Probes.event(for: error))
    }
  }

  /// Has epoll tell of what the probe waits for.
  private func arm(_ probe: Probe, _ epoll: borrowing Epoll) -> Dialogue.Step {
    var interest = probe.interest
    switch probe.channel.phase {
    case .connecting: interest = .writable
    case .securing: break
    case .plain, .secured:
      if probe.demand == nil { interest.insert(.readable) }
      if probe.channel.phase == .plain, !probe.unsent.isEmpty { interest.insert(.writable) }
    case .closed: return .wait
    }
    do throws(Errno) {
      try probe.channel.watch(epoll, token: probe.token, for: interest)
      return .wait
    } catch {
      return probe.advance(on: Probes.event(for: error))
    }
  }

  /// Sends what is unsent, as far as the kernel has room for it; anything but `.wait` is the end of the probe.
  ///
  /// That the node or the network refuses it is no end yet: the node may have said why before it closed, and is read
  /// next. A fault of this host is one, for the node is not to be blamed for an answer to what was never sent.
  private static func flush(_ probe: Probe) -> Dialogue.Step {
    while !probe.unsent.isEmpty {
      do throws(ChannelFailure) {
        switch try probe.channel.write(probe.unsent) {
        case .octets(let sent): probe.unsent.removeFirst(sent)
        case .waits(let interest):
          probe.interest.formUnion(interest)
          return .wait
        case .endOfStream: probe.unsent = []
        }
      } catch {
        probe.unsent = []
        let event = event(for: error)
        if case .localFault = event { return probe.advance(on: event) }
      }
    }
    return .wait
  }

  /// What a failure of the connection means for the dialogue.
  private static func event(for failure: ChannelFailure) -> Dialogue.Event {
    switch failure {
    case .system(let error): event(for: error)
    case .tls(let failure): event(for: failure)
    }
  }

  private static func event(for failure: TLSFailure) -> Dialogue.Event {
    switch failure {
    case .socket(let error): event(for: error)
    case .closed: .closed
    case .setup(let reason): .localFault(.tlsNotSetUp(reason))
    case .protocolError(let reason): .tlsFailed(reason)
    case .certificate, .alert, .notTLS: .tlsFailed(failure.description)
    }
  }

  /// What it means that a connection could not be begun, where the check may say which address it comes from.
  private static func event(for error: Errno, from source: IPAddress?) -> Dialogue.Event {
    if error == .addressNotAvailable, let source { return .localFault(.sourceNotAvailable(source)) }
    return event(for: error)
  }

  /// Whose fault an error is: the node's, the network's, or this host's.
  ///
  /// An error that no peer and no router can cause is this host's, whatever it is: a node must not be taken out because,
  /// say, the limit of descriptors that epoll watches is reached (ENOSPC).
  private static func event(for error: Errno) -> Dialogue.Event {
    switch error {
    case .connectionRefused: .failed(.connectionRefused)
    case .connectionReset: .failed(.connectionReset)
    case .hostUnreachable, .hostDown: .failed(.noRouteToHost)
    case .networkUnreachable: .failed(.networkUnreachable)
    case .timedOut: .timedOut
    case .tooManyOpenFiles, .tooManyOpenFilesInSystem: .localFault(.outOfDescriptors)
    case .addressNotAvailable: .localFault(.noSourcePort)
    case .noBufferSpace, .noMemory: .localFault(.outOfMemory)
    case .notPermitted, .permissionDenied: .localFault(.notPermitted)
    default:
      error.isOfNetwork
        ? .failed(.networkError(code: error.rawValue)) : .localFault(.systemError(code: error.rawValue))
    }
  }
}
