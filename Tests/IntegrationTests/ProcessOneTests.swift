// What Rondo hands to check programs, and what becomes of those that they leave behind.

import DNS
import Foundation
import Linux
import Testing

private func zone(checking program: String) -> String {
  """
  $ORIGIN it.example.
  $NODE ex1 127.0.0.2
  $NODE ex2 127.0.0.3
  $CHECK queue exec:\(program) every=500ms timeout=300ms
  $POOL access ex1 ex2 check=queue
  @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
       1h NS  ns1
  ns1  1h A   192.0.2.53
  mail 60 ROTATE access

  """
}

@Suite("Check programs and their surroundings")
struct ProcessOneTests {
  private func script(_ text: String, in scratch: Scratch) throws -> String {
    let path = try scratch.write("#!/bin/sh\n\(text)\n", to: "program")
    try setMode(of: path, to: 0o755)
    return path
  }

  @Test("As process 1 it reaps every orphan", .enabled(if: UserIdentity.current.isRoot && Tool("unshare").isInstalled))
  func orphans() throws {
    let scratch = try Scratch()
    // The shell is killed after the timeout, with both that it waits for.
    let file = try scratch.write(zone(checking: try script("sleep 5 | cat", in: scratch)), to: "test.zone")
    let outer = try ChildProcess([
      "unshare", "--pid", "--fork", "--kill-child", "--mount-proc", rondoBinary, "serve", "--listen",
      "\(freshLoopback()):0", "--status", "none", "--control", "none", "--state", "none", file,
    ])
    try wait(for: "process 1") { outer.errors.contains(" ready zones=") || !outer.isRunning }
    let inner = try #require(children(of: outer.processID).first)
    // Some twenty programs, and sixty processes, later.
    sleep(for: .seconds(5))
    #expect(children(of: inner).count(where: isZombie) <= 4)
    outer.send(SIGKILL)
    _ = try outer.finish()
  }

  @Test("A program has the limit of descriptors and the ignored signals that Rondo was started with")
  func start() throws {
    let scratch = try Scratch()
    // The limit is set as soon as it has been started.
    let program = try script(
      #"sleep 0.2; echo "$(ulimit -Sn) $(grep SigIgn /proc/self/status | tr '\t' ' ')""#, in: scratch)
    let file = try scratch.write(zone(checking: program), to: "test.zone")
    let probe = try ChildProcess(
      "/bin/sh", ["-c", #"ulimit -Sn 333; trap "" HUP; exec "$1" probe ex1 "$2""#, "sh", rondoBinary, file]
    ).finish()
    let words = probe.output.split(whereSeparator: \.isWhitespace)
    let index = try #require(words.firstIndex(of: "SigIgn:"))
    #expect(words[index - 1] == "333")
    // SIGHUP is number 1, SIGPIPE, which Rondo ignores itself, 13.
    let ignored = try #require(UInt64(words[index + 1], radix: 16))
    #expect(ignored & 1 == 1 && ignored & (1 << 12) == 0)
  }

  private func children(of process: Int32) -> [Int32] {
    let text = try? String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
    return (text ?? "").split(separator: " ").compactMap { Int32($0) }
  }

  private func isZombie(_ process: Int32) -> Bool {
    let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    return text?.contains(") Z ") ?? false
  }
}
