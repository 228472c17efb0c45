// A reload whose reading does not get on: a stopped trial of memory holds it up as a file system that hangs would.

import DNS
import Foundation
import Testing

@Suite("A reload that hangs")
struct SlowReloadTests {
  /// So many records that none is kept beside the table, and octets that have to be tried first.
  private let zone: String = {
    var text = """
      $ORIGIN it.example.
      $NODE ex1 192.0.2.1
      @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
           1h NS  ns1
      ns1  1h A   192.0.2.53
      mail 60 ROTATE ex1 check=none

      """
    let remark = String(repeating: "x", count: 360)
    for number in 0..<12_000 { text += "name-\(number) 60 A 192.0.2.7 ; \(remark)\n" }
    return text
  }()

  /// The child of a daemon that measures what reading takes.
  private func findTrial(of daemon: pid_t) throws -> pid_t? {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.first { pid in
      guard let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
        let command = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)
      else { return false }
      return status.contains("\nPPid:\t\(daemon)\n") && command.contains("internal-measure-load")
    }
  }

  @Test("Meanwhile signals become one reload, an explanation is not waited for, and answers go on")
  func hangs() throws {
    let rondo = try RunningRondo(zone)
    rondo.process.send(SIGHUP)
    let trial = try wait(for: "the trial of memory") { try findTrial(of: rondo.process.processID) }
    kill(trial, SIGSTOP)
    defer { kill(trial, SIGCONT) }
    for _ in 0..<20 {
      rondo.process.send(SIGHUP)
      usleep(20_000)
    }
    let explanation = try ChildProcess(
      rondoBinary, ["explain", "mail.it.example", "--control", rondo.controlPath]
    ).finish(within: .seconds(10))
    #expect(explanation.status == 1)
    #expect(explanation.errors.contains("they are being read at the moment: ask again"))
    #expect(try rondo.addresses() == ["192.0.2.1"])
    kill(trial, SIGCONT)
    // One more for all the signals, and then no other.
    // Each reads the files twice, in a trial and for good, beside whatever else this machine does.
    try wait(for: "two reloads", within: .seconds(600)) {
      guard rondo.process.isRunning else { throw DeadlinePassed(description: "rondo ended: \(rondo.process.errors)") }
      return rondo.log.count { $0.contains(" reload-ok ") } == 2
    }
    let command = try ChildProcess(rondoBinary, ["reload", "--control", rondo.controlPath])
    #expect(try command.finish(within: .seconds(600)).status == 0)
    #expect(rondo.log.count { $0.contains(" reload-ok ") } == 3)
  }
}
