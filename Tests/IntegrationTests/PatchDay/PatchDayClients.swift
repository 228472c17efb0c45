// Clients of a patch day: each looks a name up at a resolver, connects to the address in the reply, and comes again later.

import DNS
import Foundation
import Linux
import Synchronization
import TestSupport

/// A connection that a client has begun.
struct Visit {
  /// When it began to connect, in seconds since 1970.
  let time: Double
  let node: IPAddress
  let port: UInt16
}

/// How busy clients are.
struct PatchDayLoad {
  /// How many there are, each with a thread of its own.
  let clients: Int
  /// Between two of a client's connections at most, in milliseconds.
  let longestPause: Int
}

/// Clients in a network namespace, until `finish`.
final class PatchDayClients: Sendable {
  private struct State {
    var visits: [Visit] = []
    var failures = 0
    var running = 0
    var isStopped = false
  }

  private let state: Mutex<State>

  /// - Parameter resolvers: where names are looked up, by turns at random.
  init(_ load: PatchDayLoad, on host: PatchDayHost, asking resolvers: [SocketEndpoint], seed: UInt64) {
    state = Mutex(State(running: load.clients))
    for number in 0..<load.clients {
      let client = Client(
        namespace: host.namespace.name, resolvers: resolvers, longestPause: load.longestPause,
        random: SeededGenerator(seed: seed &+ UInt64(number)))
      Foundation.Thread.detachNewThread { [self] in run(client) }
    }
  }

  private func run(_ client: consuming Client) {
    let isThere = client.enter()
    while isThere, !state.withLock({ $0.isStopped }) {
      let visit = client.visit()
      state.withLock { state in
        if let visit { state.visits.append(visit) } else { state.failures += 1 }
      }
      client.pause()
    }
    state.withLock { $0.running -= 1 }
  }

  /// Stops all of them; what they did, in order, and how often a name was not found or a node did not answer.
  func finish() throws -> (visits: [Visit], failures: Int) {
    state.withLock { $0.isStopped = true }
    try wait(for: "the end of the clients") { state.withLock { $0.running == 0 } }
    return state.withLock { ($0.visits.sorted { $0.time < $1.time }, $0.failures) }
  }
}

/// One of them.
private struct Client {
  let namespace: String
  let resolvers: [SocketEndpoint]
  let longestPause: Int
  var random: SeededGenerator

  /// So long a client waits for a reply or a greeting.
  private static let patience = Duration.seconds(1)

  /// Moves this thread, and no other, to the host of the clients; wraps `setns(2)`.
  func enter() -> Bool {
    let file = unsafe open("/run/netns/\(namespace)", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    // CLONE_NEWNET; the headers that Swift imports do not have the function, the library does.
    typealias SetNamespace = @convention(c) (CInt, CInt) -> CInt
    guard let symbol = unsafe dlsym(nil, "setns") else { return false }
    return unsafe unsafeBitCast(symbol, to: SetNamespace.self)(file, 0x4000_0000) == 0
  }

  mutating func pause() {
    sleep(for: .milliseconds(Int.random(in: 1...longestPause, using: &random)))
  }

  /// Nil if no address was found, or nobody answered there.
  mutating func visit() -> Visit? {
    let isMail = random.chance(0.5)
    let name = isMail ? "mail.it.example." : random.pick(["web.it.example.", "owa.it.example.", "mail.it.example."])
    // As a mail server does: the host's address may come with its MX record.
    let told = isMail && random.chance(0.3) ? lookUp("it.example. MX") : []
    let addresses = told.isEmpty ? lookUp("\(name) A") : told
    // Most take the first.
    guard let node = random.chance(0.8) ? addresses.first : addresses.randomElement(using: &random) else { return nil }
    let port = isMail ? Postfix.port : Nginx.port
    let time = Date().timeIntervalSince1970
    return connect(to: SocketEndpoint(node, port: port), isMail: isMail)
      ? Visit(time: time, node: node, port: port) : nil
  }

  private mutating func lookUp(_ question: String) -> [IPAddress] {
    let resolver = random.pick(resolvers)
    let identifier = UInt16.random(in: .min ... .max, using: &random)
    do {
      let client = try UDPClient(to: resolver, timeout: Client.patience)
      try client.send(Query(question).with { $0.identifier = identifier }.octets)
      let reply = try Message(client.receive())
      guard reply.identifier == identifier else { return [] }
      return (reply.answers + reply.additionals).filter { $0.type == "A" }.compactMap { IPAddress($0.data) }
    } catch {
      return []
    }
  }

  private func connect(to endpoint: SocketEndpoint, isMail: Bool) -> Bool {
    do {
      let connection = try ClientConnection(to: endpoint, timeout: Client.patience)
      if isMail {
        guard try connection.receive().starts(with: Array("220 ".utf8)) else { return false }
        try connection.send(Array("QUIT\r\n".utf8))
      } else {
        try connection.send(Array("GET /health HTTP/1.0\r\n\r\n".utf8))
      }
      return try !connection.receive().isEmpty
    } catch {
      return false
    }
  }
}
