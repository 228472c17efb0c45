// A program that a test runs: what it writes, how it ends, and that it never outlives the test.

import Foundation
import Linux

/// A program that has ended.
struct Finished {
  /// The exit status, or minus the number of the signal that ended it.
  let status: Int32
  let output: String
  let errors: String
}

/// A program that runs; it and what it has started without another group of their own end with this value.
final class ChildProcess {
  private let program: String
  private let scratch: Scratch
  private var child: Linux.ChildProcess
  /// Nil while it runs.
  private var status: Int32?

  init(_ program: String, _ arguments: [String]) throws {
    self.program = program
    scratch = try Scratch()
    // Into files, not pipes: a pipe that nobody empties would stop the program. No descriptor of ours stays open in it,
    // least of all one by which another program's end is to be seen.
    let redirection = #"cd "$1" && exec >"$2" 2>"$3" </dev/null && shift 3 && exec "$@""#
    let folder = FileManager.default.currentDirectoryPath
    try scratch.write("", to: "errors")
    child = try Linux.ChildProcess(
      Linux.ChildProcess.Command(
        path: "/bin/sh",
        arguments: ["-c", redirection, "sh", folder, scratch.file("output"), scratch.file("errors"), program]
          + arguments,
        environment: ProcessInfo.processInfo.environment))
  }

  /// Runs a command by its words, the first of which is looked for where programs are, those for root included.
  convenience init(_ words: [String]) throws {
    try self.init("/usr/bin/env", ["PATH=\(Tool.folders.joined(separator: ":"))"] + words)
  }

  var isRunning: Bool {
    if status != nil { return false }
    guard let ending = try? child.takeEnding() else { return true }
    switch ending.status {
    case .exited(let code): status = code
    case .signalled(let number): status = -number
    }
    return false
  }

  var processID: Int32 { child.processID }

  /// What it has written to standard error up to now.
  var errors: String { text("errors") }

  /// What it has written to standard output up to now.
  var output: String { text("output") }

  private func text(_ name: String) -> String {
    String(decoding: FileManager.default.contents(atPath: scratch.file(name)) ?? Data(), as: UTF8.self)
  }

  func send(_ signal: Int32) { if isRunning { kill(processID, signal) } }

  /// Waits for the end; a program that does not come to one is killed, and the wait throws.
  func finish(within limit: Duration = patience) throws -> Finished {
    do {
      try wait(for: "the end of \(program)", within: limit) { !isRunning }
    } catch {
      child.kill()
      throw error
    }
    return Finished(status: status ?? -1, output: text("output"), errors: errors)
  }
}

/// A program of this host that tests may use, if it is installed.
struct Tool {
  let name: String
  private let path: String?

  init(_ name: String) {
    self.name = name
    path = Tool.folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  var isInstalled: Bool { path != nil }

  static let folders = "\(ProcessInfo.processInfo.environment["PATH"] ?? ""):/usr/sbin:/sbin"
    .split(separator: ":").map(String.init)

  static let dig = Tool("dig")
  static let kdig = Tool("kdig")
  static let drill = Tool("drill")
  static let curl = Tool("curl")

  @discardableResult
  func run(_ arguments: [String]) throws -> Finished { try start(arguments).finish() }

  func start(_ arguments: [String]) throws -> ChildProcess {
    guard let path else { throw DeadlinePassed(description: "\(name) is not installed") }
    return try ChildProcess(path, arguments)
  }
}
