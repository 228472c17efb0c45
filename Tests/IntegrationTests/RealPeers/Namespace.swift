// Network namespaces: hosts of their own for a test, joined by cables that can be pulled.

import DNS
import Foundation
import Linux
import Synchronization

/// A host with nothing but a loopback interface, until cables are plugged in; gone with the test.
final class Namespace {
  let name: String

  /// What to put before a command that is to run there.
  var prefix: [String] { ["ip", "netns", "exec", name] }

  init() throws {
    let number = namespacesMade.withLock { made in
      made += 1
      return made
    }
    name = "rondo-\(processID)-\(number)"
    try require(["ip", "netns", "add", name])
    try run("ip", "link", "set", "lo", "up")
    // Not a second for finding out that an address is nobody else's.
    try run("sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0")
  }

  deinit { _ = try? ChildProcess(["ip", "netns", "delete", name]).finish() }

  /// Runs a command there to its end; throws unless it succeeds.
  @discardableResult
  func run(_ command: String...) throws -> Finished { try require(prefix + command) }

  /// Waits until a server somewhere on a cable accepts connections.
  func awaitPort(_ port: UInt16, at address: IPAddress) throws {
    try wait(for: "\(address) port \(port)") {
      try ChildProcess(prefix + ["timeout", "1", "bash", "-c", "exec 3<>/dev/tcp/\(address)/\(port)"])
        .finish().status == 0
    }
  }

  /// Swallows this share of all that arrives by cable, without a word.
  func lose(percent: Int) throws {
    let rule = percent < 100 ? "numgen random mod 100 < \(percent) drop" : "drop"
    try run("nft", "table inet loss { chain input { type filter hook input priority 0; iif != lo \(rule); }; }")
  }

  func loseNothing() throws { try run("nft", "delete table inet loss") }

  /// Whether this host lets a test make namespaces.
  static let canBeMade: Bool = Tool("ip").isInstalled && (try? Namespace()) != nil

  /// Whether this host lets a test make namespaces and lose packets in them.
  static let arePossible: Bool = {
    guard areInstalled([.ip, .nft], for: "hosts in network namespaces") else { return false }
    do {
      let first = try Namespace()
      let second = try Namespace()
      _ = try Cable(from: first, to: second, number: 1)
      try second.lose(percent: 30)
      return true
    } catch {
      standardError.writeLine("NOTE: hosts in network namespaces: skipped, for they cannot be made here: \(error)")
      return false
    }
  }()
}

private let namespacesMade = Mutex(0)

@discardableResult
private func require(_ command: [String]) throws -> Finished {
  let result = try ChildProcess(command).finish()
  guard result.status == 0 else {
    throw DeadlinePassed(description: "\(command.joined(separator: " ")): \(result.errors)")
  }
  return result
}

/// A cable between two hosts. The ends have the addresses 10.n.0.1 and 10.n.0.2.
final class Cable {
  let farAddress: IPAddress
  private let nearAddress: String
  private let far: Namespace
  /// The network interface, on both ends.
  let device: String

  init(from near: Namespace, to far: Namespace, number: UInt8) throws {
    self.far = far
    farAddress = IPAddress(ipv4: 10, number, 0, 2)
    nearAddress = "10.\(number).0.1"
    device = "cable\(number)"
    try near.run("ip", "link", "add", device, "type", "veth", "peer", "name", device, "netns", far.name)
    try near.run("ip", "address", "add", nearAddress + "/24", "dev", device)
    try far.run("ip", "address", "add", "10.\(number).0.2/24", "dev", device)
    try near.run("ip", "link", "set", device, "up")
    try plug()
  }

  /// No reset, no refusal: what is sent to the other end is lost.
  func pull() throws { try far.run("ip", "link", "set", device, "down") }
  func plug() throws {
    try far.run("ip", "link", "set", device, "up")
    try far.run("ip", "route", "replace", "default", "via", nearAddress)
  }
}
