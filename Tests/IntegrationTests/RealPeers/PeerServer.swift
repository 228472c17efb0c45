// A server of somebody else that a test runs: it can be stopped, frozen with all its processes, and thawed, and none of
// its processes outlives the test.

import DNS
import Foundation
import Linux

extension Tool {
  static let nginx = Tool("nginx")
  static let postfix = Tool("postfix")
  static let dovecot = Tool("dovecot")
  static let ip = Tool("ip")
  static let nft = Tool("nft")
}

/// Whether all of these are installed; those that are not are named once, for the list of what was skipped.
func areInstalled(_ tools: [Tool], for what: String) -> Bool {
  let missing = tools.filter { !$0.isInstalled }.map(\.name).joined(separator: ", ")
  if !missing.isEmpty { standardError.writeLine("NOTE: \(what): skipped, for \(missing) is missing") }
  return missing.isEmpty
}

/// The versions of TLS that a server speaks.
enum TLSVersions {
  /// What it does where nothing is said: 1.2 and 1.3.
  case usual
  case newestOnly
}

/// A server program in the foreground, and all that it starts.
final class PeerServer {
  private let process: ChildProcess

  /// - Parameter namespace: where it runs, instead of where the test does.
  init(_ command: [String], in namespace: Namespace? = nil) throws {
    process = try ChildProcess((namespace?.prefix ?? []) + command)
  }

  deinit { stop() }

  var errors: String { process.errors }
  var isRunning: Bool { process.isRunning }

  /// Like a machine that hangs: the kernel goes on accepting connections, and nobody says a word.
  func freeze() { signalAll(SIGSTOP) }
  func thaw() { signalAll(SIGCONT) }

  /// Like a crash; from here on connections are refused. Returns the moment of it.
  @discardableResult
  func stop() -> ContinuousClock.Instant {
    // Whoever is stopped starts nothing new while the others are looked for.
    freeze()
    let moment = ContinuousClock.now
    signalAll(SIGKILL)
    // Refused is only what nobody listens for any more.
    try? wait(for: "the end of a peer", within: .seconds(5)) { !process.isRunning }
    return moment
  }

  /// Has it read its configuration again.
  func reload() { process.send(SIGHUP) }

  private func signalAll(_ signal: Int32) {
    var told: Set<Int32> = []
    // Twice: the first round may have missed what was started during it.
    for _ in 0..<2 {
      for member in descendants(of: process.processID) where told.insert(member).inserted { kill(member, signal) }
    }
  }
}

/// A process and all that come of it, parents first.
private func descendants(of root: Int32) -> [Int32] {
  var children: [Int32: [Int32]] = [:]
  for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
    guard let number = Int32(name), let stat = FileManager.default.contents(atPath: "/proc/\(name)/stat"),
      // Behind the name, which may hold anything, stand the state and the parent.
      let end = stat.lastIndex(of: UInt8(ascii: ")"))
    else { continue }
    let fields = String(decoding: stat[end...], as: UTF8.self).split(separator: " ")
    guard fields.count > 2, let parent = Int32(fields[2]) else { continue }
    children[parent, default: []].append(number)
  }
  var found = [root]
  var next = 0
  while next < found.count {
    found += children[found[next]] ?? []
    next += 1
  }
  return found
}

/// Waits until a port accepts connections; within a namespace that is for whoever is there to see.
func waitForPort(_ port: UInt16, at address: IPAddress, of server: PeerServer) throws {
  try wait(for: "\(address) port \(port)") {
    guard server.isRunning else { throw DeadlinePassed(description: "a peer has ended: \(server.errors)") }
    return (try? ClientConnection(to: SocketEndpoint(address, port: port), timeout: .seconds(1))) != nil
  }
}
