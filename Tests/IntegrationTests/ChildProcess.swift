// A program that a test runs: what it writes, how it ends, and that it never outlives the test.

import Foundation

/// A program that has ended.
struct Finished {
  /// The exit status, or minus the number of the signal that ended it.
  let status: Int32
  let output: String
  let errors: String
}

/// A program that runs.
final class ChildProcess {
  private let process = Process()
  private let scratch: Scratch

  init(_ program: String, _ arguments: [String]) throws {
    scratch = try Scratch()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try ChildProcess.newFile(scratch.file("output"))
    process.standardError = try ChildProcess.newFile(scratch.file("errors"))
    try process.run()
  }

  deinit { if process.isRunning { send(SIGKILL) } }

  /// Into files, not pipes: a pipe that nobody empties would stop the program.
  private static func newFile(_ path: String) throws -> FileHandle {
    try Data().write(to: URL(fileURLWithPath: path))
    return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }

  var isRunning: Bool { process.isRunning }

  var processID: Int32 { process.processIdentifier }

  /// What it has written to standard error up to now.
  var errors: String { text("errors") }

  private func text(_ name: String) -> String {
    String(decoding: FileManager.default.contents(atPath: scratch.file(name)) ?? Data(), as: UTF8.self)
  }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits for the end; a program that does not come to one is killed, and the wait throws.
  func finish(within limit: Duration = patience) throws -> Finished {
    do {
      try wait(for: "the end of \(process.executableURL?.path ?? "?")", within: limit) { !process.isRunning }
    } catch {
      send(SIGKILL)
      throw error
    }
    let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    return Finished(status: status, output: text("output"), errors: errors)
  }
}

/// A program of this host that tests may use, if it is installed.
struct Tool {
  let name: String
  private let path: String?

  init(_ name: String) {
    self.name = name
    let folders = "\(ProcessInfo.processInfo.environment["PATH"] ?? ""):/usr/sbin:/sbin".split(separator: ":")
    path = folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  var isInstalled: Bool { path != nil }

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
