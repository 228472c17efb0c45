// The binary under test: its commands run to their end, and the daemon as it runs.

import DNS
import Foundation
import Linux

/// `$RONDO_BINARY`, or the one that was built with the tests.
let rondoBinary: String = {
  if let path = ProcessInfo.processInfo.environment["RONDO_BINARY"] { return path }
  let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
  return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("rondo").path
}()

/// Runs a command of rondo to its end.
func rondo(_ arguments: String...) throws -> Finished { try ChildProcess(rondoBinary, arguments).finish() }

/// A daemon on ports that the kernel chose; it ends with the test.
final class RunningRondo {
  enum Stage: String {
    /// The sockets are open.
    case listening
    /// The first round of checks is over.
    case ready
  }

  let scratch: Scratch
  let process: ChildProcess
  let zoneFile: String
  /// The host it runs on, if that is not the test's.
  private let namespace: Namespace?
  var controlPath: String { scratch.file("control.sock") }
  private(set) var dns: [SocketEndpoint] = []
  private(set) var status = ""

  /// Starts `rondo serve` with the text as its only file, and variables such as `LD_PRELOAD=…` in its environment.
  init(
    _ zone: String, listen: [String] = ["\(freshLoopback()):0"], in scratch: Scratch? = nil,
    on namespace: Namespace? = nil, environment: [String] = [], through prefix: [String] = [],
    options: [String] = ["--threads", "2"], status: String = "127.0.0.1:0", state: String? = nil,
    upTo stage: Stage = .ready
  ) throws {
    let scratch = try scratch ?? Scratch()
    self.scratch = scratch
    self.namespace = namespace
    zoneFile = try scratch.write(zone, to: "test.zone")
    let arguments =
      ["serve"] + listen.flatMap { ["--listen", $0] } + ["--status", status]
      + ["--control", scratch.file("control.sock"), "--state", state ?? scratch.file("state")] + options + [zoneFile]
    process = try RunningRondo.listening((namespace?.prefix ?? []) + environment + prefix + [rondoBinary] + arguments)
    if stage == .ready { _ = try line { $0.contains(" ready zones=") } }
    dns = log.filter { $0.contains("service=dns-udp") }.compactMap { SocketEndpoint(logged: $0) }
    self.status = log.first { $0.contains("service=status") }.flatMap { value(of: "address", in: $0) } ?? ""
  }

  /// Starts a daemon and waits until its sockets are open.
  ///
  /// The port that the kernel gives for UDP may be taken for TCP by a stranger: then another is asked for.
  private static func listening(_ command: [String]) throws -> ChildProcess {
    for _ in 0..<5 {
      let process = try ChildProcess(command)
      // The control socket is logged last.
      try wait(for: "the sockets of rondo") {
        process.errors.contains(" listening service=control ") || !process.isRunning
      }
      if process.isRunning { return process }
      guard process.errors.contains("for DNS over UDP: "), process.errors.contains("already in use") else {
        throw DeadlinePassed(description: "rondo has ended: \(process.errors)")
      }
    }
    throw DeadlinePassed(description: "no free port for rondo in five attempts")
  }

  /// All lines of the log that are complete.
  var log: [String] {
    // What is behind the last end of a line is a line in the writing.
    process.errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast().filter { !$0.isEmpty }
      .map(String.init)
  }

  /// Waits for a line of the log.
  func line(where isWanted: (String) -> Bool) throws -> String {
    try wait(for: "a line of the log") {
      if let line = log.first(where: isWanted) { return line }
      guard process.isRunning else { throw DeadlinePassed(description: "rondo has ended: \(process.errors)") }
      return nil
    }
  }

  /// Ends it as a supervisor would.
  func stop() throws -> Finished {
    process.send(SIGTERM)
    return try process.finish()
  }

  // MARK: Asking

  /// The arguments that send dig, or kdig, to this daemon.
  func digTarget(_ index: Int = 0) -> [String] { ["@\(dns[index].address)", "-p", "\(dns[index].port)"] }

  func dig(_ arguments: String...) throws -> String { try dig(arguments) }

  func dig(_ arguments: [String]) throws -> String {
    try Tool.dig.run(digTarget() + ["+tries=1", "+time=10"] + arguments).output
  }

  /// The A records that dig is given, in the order of the answer.
  func addresses(_ name: String = "mail.it.example", _ options: String...) throws -> [String] {
    let command = ["dig"] + digTarget() + ["+short", "+tries=1", "+time=10"] + options + [name, "A"]
    return try runBeside(command).output.split(separator: "\n").map(String.init)
  }

  /// Runs a command on the same host.
  private func runBeside(_ command: [String]) throws -> Finished {
    try ChildProcess((namespace?.prefix ?? []) + command).finish()
  }

  func statusCommand(_ options: String...) throws -> Finished {
    try ChildProcess(rondoBinary, ["status", "--status", status] + options).finish()
  }

  func reloadCommand() throws -> Finished { try rondo("reload", "--control", controlPath) }

  func statusJSON() throws -> JSON {
    try JSON(parsing: runBeside(["curl", "-sS", "--max-time", "10", "http://\(status)/status.json"]).output)
  }
}

extension SocketEndpoint {
  /// The address in a `listening` line.
  init?(logged line: String) {
    guard let text = value(of: "address", in: line), let colon = text.lastIndex(of: ":"),
      let port = UInt16(text[text.index(after: colon)...]),
      let address = IPAddress(text[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]")))
    else { return nil }
    self.init(address, port: port)
  }
}

/// The value of a key in a line of the log, unless it is quoted.
func value(of key: String, in line: String) -> String? {
  line.split(separator: " ").first { $0.hasPrefix("\(key)=") }.map { String($0.dropFirst(key.count + 1)) }
}
