// A daemon in each state that a monitoring system can see, and the files that the project has for such systems.

import DNS
import Foundation
import TestSupport

/// A file of the project.
func projectFile(_ path: String) -> String {
  (1...4).reduce(URL(fileURLWithPath: #filePath)) { folder, _ in folder.deletingLastPathComponent() }
    .appendingPathComponent(path).path
}

/// What `rondo status` may exit with, and how a daemon gets there.
enum MonitoredState: Int32, CaseIterable {
  case ok = 0
  /// A node is forced.
  case warning
  /// Both nodes of a pool fail, and those of another do not.
  case critical
  /// The first checks hang.
  case starting

  /// As a plug-in words it.
  var word: String { ["OK", "WARNING", "CRITICAL", "UNKNOWN"][Int(rawValue)] }

  func daemon(_ nodes: MailNodes) throws -> RunningRondo {
    let check = self == .starting ? "exec:/bin/sleep 600 every=10m timeout=3m" : "tcp:\(nodes.port) every=1s"
    let dead = self == .critical ? "tcp:1 every=1s" : check
    let zone = """
      $ORIGIN it.example.
      \(nodes.directives)
      $CHECK port \(check)
      $CHECK other \(dead)
      $POOL access ex1 ex2 check=port
      $POOL store ex1 ex2 check=other
      @     1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
            1h NS  ns1
      ns1   1h A   192.0.2.53
      mail  60 ROTATE access
      store 60 ROTATE store

      """
    let rondo = try RunningRondo(
      zone, options: ["--threads", "1", "--start-wait", "60"], upTo: self == .starting ? .listening : .ready)
    if self == .warning { try rondo.command("force", "ex1", "up", "--reason", "a | b; \"c\" 'd' \\n e=f") }
    return rondo
  }
}

extension RunningRondo {
  /// Runs a command that takes the control socket, which has to work.
  func command(_ arguments: String...) throws {
    let result = try ChildProcess(rondoBinary, arguments + ["--control", controlPath]).finish()
    guard result.status == 0 else { throw DeadlinePassed(description: "\(arguments): \(result.errors)") }
  }

  func monitor(_ system: String) throws -> Finished {
    try rondo("monitor", system, "--status", status)
  }
}

/// Python as Debian has it, where its modules are.
let python = "/usr/bin/python3"

/// Whether it has a module; said aloud if not.
func pythonHas(_ module: String, package: String) -> Bool {
  let result = try? ChildProcess(python, ["-c", "import \(module)"]).finish()
  if result?.status == 0 { return true }
  standardErrorNote("\(package) is missing; what it reads is not tested")
  return false
}

func standardErrorNote(_ text: String) { FileHandle.standardError.write(Data("NOTE: \(text)\n".utf8)) }
