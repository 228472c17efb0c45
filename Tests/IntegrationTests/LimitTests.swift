// Limits from far too low to enough, one start after the other: each start serves, or ends with a sentence that names the
// limit. None hangs, and none ends in a trap.

import DNS
import Foundation
import Linux
import TestSupport
import Testing

private let zone = """
  $ORIGIN it.example.
  $NODE ex1 192.0.2.1
  $NODE ex2 192.0.2.2
  $CHECK program exec:/bin/true every=1s timeout=900ms
  $POOL access ex1 ex2 check=program
  @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
       1h NS  ns1
  ns1  1h A   192.0.2.53
  mail 60 ROTATE access

  """

/// What came of a start under a limit.
private enum StartResult: Equatable {
  case served
  /// With its last line.
  case refused(status: Int32, String)
}

/// A folder with a zone config file, for any user of this host, and a shell that sets a limit before it becomes rondo.
private struct LimitedHost {
  let scratch: Scratch
  let address = freshLoopback()
  let prefix: [String]
  private let binary: String

  /// - Parameter prefix: what the shell itself is started by.
  init(_ prefix: [String] = []) throws {
    scratch = try Scratch()
    self.prefix = prefix
    try scratch.write(zone, to: "test.zone")
    try setMode(of: scratch.path, to: 0o777)
    try setMode(of: scratch.file("test.zone"), to: 0o644)
    // Another user may not be let into the folder of the build.
    binary = scratch.file("rondo")
    try FileManager.default.copyItem(atPath: rondoBinary, toPath: binary)
    try setMode(of: binary, to: 0o755)
  }

  private func start(_ limit: String, _ arguments: [String]) throws -> ChildProcess {
    try ChildProcess(prefix + ["/bin/bash", "-c", "\(limit); exec \"$@\"", "bash", binary] + arguments)
  }

  /// Whether the program itself can be loaded; below that its words are the system's.
  func canLoad(_ limit: String) throws -> Bool {
    let end = try start(limit, ["version"]).finish()
    return end.status == 0 || end.errors.hasPrefix("rondo: ")
  }

  /// Starts a server; `use` is called while it serves.
  func serve(_ limit: String, use: (ChildProcess) throws -> Void = { _ in }) throws -> StartResult {
    let process = try start(
      limit,
      [
        "serve", "--threads", "1", "--listen", "\(address):5353", "--status", "\(address):8053", "--control",
        scratch.file("control.sock"), "--state", scratch.file("state"), scratch.file("test.zone"),
      ])
    try wait(for: "the start to come to something: \(limit)") {
      process.errors.contains(" ready ") || !process.isRunning
    }
    if process.isRunning {
      #expect(try answers(), "\(limit)")
      try use(process)
      process.send(SIGTERM)
      #expect(try process.finish().status == 0, "\(limit): \(process.errors)")
      return .served
    }
    let end = try process.finish()
    return .refused(status: end.status, end.errors.split(separator: "\n").last.map(String.init) ?? "")
  }

  func answers() throws -> Bool {
    let client = try UDPClient(to: SocketEndpoint(address, port: 5353), timeout: patience)
    try client.send(query("mail.it.example", id: 1))
    // With no room for both check programs at once one node may have no result yet.
    return try Reply(client.receive())?.addresses.isEmpty == false
  }

  func expectReload() throws {
    #expect(try rondo("reload", "--control", scratch.file("control.sock")).status == 0)
    #expect(try answers())
  }
}

@Suite("Limits that are too low")
struct LimitTests {
  /// Starts under each limit in turn until a few have served.
  private func climb(
    _ host: LimitedHost, _ limits: some Sequence<Int>, _ option: String, naming word: String,
    use: (ChildProcess) throws -> Void = { _ in }
  ) throws {
    var refused = 0
    var served = 0
    for limit in limits {
      switch try host.serve("ulimit \(option) \(limit)", use: use) {
      case .served: served += 1
      case .refused(let status, let sentence):
        refused += 1
        #expect(served == 0, "\(option) \(limit) is refused although less was enough: \(sentence)")
        #expect(status == 1 && sentence.hasPrefix("rondo: "), "\(option) \(limit): \(status) \(sentence)")
        #expect(sentence.contains(word), "\(option) \(limit): \(sentence)")
      }
      if served == 3 { break }
    }
    #expect(refused > 1 && served == 3, "\(option): \(refused) refused, \(served) served")
  }

  @Test("Address space: the sentence names LimitAS= and ulimit -v, and with enough of it reloads and checks go on")
  func addressSpace() throws {
    let host = try LimitedHost()
    let loadable = try stride(from: 8_192, to: 1 << 20, by: 4_096).first { try host.canLoad("ulimit -v \($0)") }
    let loaded = try #require(loadable)
    try climb(host, stride(from: loaded, to: loaded + (1 << 20), by: 16_384), "-v", naming: "ulimit -v") { _ in
      try host.expectReload()
    }
  }

  @Test("Descriptors: the sentence names LimitNOFILE= and ulimit -n")
  func descriptors() throws {
    let host = try LimitedHost()
    let loadable = try (4..<32).first { try host.canLoad("ulimit -n \($0)") }
    let loaded = try #require(loadable)
    try climb(host, loaded..<64, "-n", naming: "ulimit -n")
  }

  @Test(
    "Threads: the sentence names TasksMax= and ulimit -u; a check program that has no room is a local fault, and goes on",
    .enabled(if: UserIdentity.current.isRoot && Tool("setpriv").isInstalled))
  func threads() throws {
    // The limit counts the processes of one user, and root is exempt: a number that nobody else has.
    let number = "\(200_000 + processID % 100_000)"
    let host = try LimitedHost(["setpriv", "--reuid", number, "--regid", number, "--clear-groups"])
    var faults = 0
    try climb(host, 1..<64, "-u", naming: "ulimit -u") { process in
      if faults == 0 {
        // No room is left for the program, every second.
        try wait(for: "the local fault") { process.errors.contains(" check-cannot-run ") }
        faults += 1
      }
      try host.expectReload()
    }
    #expect(faults == 1)
  }
}
