// Programs that checks run: how they end, what they say, and that nothing of them is left behind.

import Linux
import Synchronization
import Testing

@Suite("Child processes", .serialized)
struct ChildProcessTests {
  @Test("An exit code is reported, with the first line of what was said", arguments: [0, 1, 2, 3, 255])
  func exitCode(_ code: Int32) throws {
    let ending = try run(shell("echo 'mail queue: 7'; echo more; exit \(code)"))
    #expect(ending.status == .exited(code))
    #expect(ending.status.description == "exit code \(code)")
    #expect(text(ending) == "mail queue: 7")
    #expect(!ending.isCutShort)
  }

  @Test("A program that says nothing has an empty first line")
  func silent() throws {
    let ending = try run(ChildProcess.Command(path: "/bin/true"))
    #expect(ending.status == .exited(0))
    #expect(ending.firstLine.isEmpty)
  }

  @Test("A first line without an end, with a carriage return, or after spaces is taken as it stands")
  func lines() throws {
    #expect(text(try run(shell("printf 'no end'"))) == "no end")
    #expect(text(try run(shell("printf 'dos line \\r\\nnext'"))) == "dos line")
    #expect(text(try run(shell("printf '  indented\\n'"))) == "  indented")
    #expect(text(try run(shell("printf '\\nsecond\\n'"))) == "")
    #expect(text(try run(shell("printf ' \\r '"))) == "")
  }

  @Test("A death by signal is reported by the signal's name")
  func signal() throws {
    let ending = try run(shell("kill -TERM $$"))
    #expect(ending.status == .signalled(15))
    #expect(ending.status.description == "SIGTERM")
  }

  @Test("Errors go where they were sent")
  func errors() throws {
    #expect(text(try run(shell("echo bad >&2; echo good"))) == "good")
    #expect(text(try run(shell("echo bad >&2; echo good", errors: .joined))) == "bad")
  }

  @Test("A program gets its arguments as they are, its own environment, and the root folder")
  func arguments() throws {
    let odd = ["a b", "", "$HOME", "ä\n'\""]
    let command = ChildProcess.Command(
      path: "/bin/sh", arguments: ["-c", "printf '%s|' \"$@\" | tr '\\n' N; pwd", "sh"] + odd,
      environment: ["PATH": "/usr/bin:/bin"])
    #expect(text(try run(command)) == "a b||$HOME|äN'\"|/")

    let variables = ["RONDO_NODE": "ex1", "RONDO_ADDRESS": "2001:db8::1"]
    let environment = try run(ChildProcess.Command(path: "/bin/sh", arguments: ["-c", "set"], environment: variables))
    #expect(environment.status == .exited(0))
    let first = try run(
      ChildProcess.Command(
        path: "/bin/sh", arguments: ["-c", "echo \"$RONDO_NODE $RONDO_ADDRESS $HOME$USER\""], environment: variables))
    #expect(text(first) == "ex1 2001:db8::1")
  }

  @Test("No signal is blocked or ignored in a program, it leads its group, and its input is /dev/null")
  func cleanStart() throws {
    // The test's own process ignores SIGPIPE, and blocks signals in this thread.
    let masks = Shared(Mutex<String?>(nil))
    try Thread.start(name: "spawner") {
      let ending = try? run(shell("grep -E '^Sig(Blk|Ign)' /proc/self/status | cut -f 2 | tr '\\n' ' '"))
      masks.value.withLock { $0 = ending.flatMap(text) }
    }.join()
    let numbers = (masks.value.withLock { $0 } ?? "").split(separator: " ").compactMap { UInt64($0, radix: 16) }
    // 32 and 33 are glibc's own.
    #expect(numbers.map { $0 & 0x7FFF_FFFF } == [0, 0])

    let group = try run(shell("cut -d ' ' -f 1,5 /proc/$$/stat"))
    let fields = text(group)?.split(separator: " ") ?? []
    #expect(fields.count == 2 && fields[0] == fields[1])
    #expect(text(try run(shell("readlink /proc/self/fd/0"))) == "/dev/null")
  }

  @Test("A program has no descriptor of ours")
  func descriptors() throws {
    let listener = try EventCounter()
    // A careless library's descriptor, open across exec.
    let careless = try inheritableDescriptor()
    defer { closeDescriptor(careless) }
    let ending = try run(shell("cd /proc/self/fd && echo *", path: "/bin"))
    // The shell reads the folder by one more.
    #expect(text(ending)?.split(separator: " ").prefix(3) == ["0", "1", "2"])
    #expect((text(ending)?.split(separator: " ").count ?? 99) <= 4)
    _ = listener.number
  }

  @Test("What a program prints beyond the bound is not read, and that is reported")
  func hugeOutput() throws {
    let long = try run(shell("head -c 3000 /dev/zero | tr '\\0' x"))
    #expect(long.firstLine == [UInt8](repeating: UInt8(ascii: "x"), count: ChildProcess.longestLine))
    #expect(!long.isCutShort)

    var child = try ChildProcess(shell("exec yes"))
    sleep(for: .milliseconds(50))
    #expect(try child.takeEnding() == nil)
    child.kill()
    let ending = try wait(for: &child)
    #expect(ending.status == .signalled(9))
    #expect(ending.status.description == "SIGKILL")
    #expect(text(ending) == "y")
    #expect(ending.isCutShort)
  }

  @Test("A kill ends what the program has started too")
  func grandchildren() throws {
    var child = try ChildProcess(shell("sleep 100 & echo $!; sleep 100; true"))
    try eventually("the shell has started its child") { children(of: child.processID).count == 2 }
    let started = children(of: child.processID)
    child.kill()
    let ending = try wait(for: &child)
    #expect(ending.status == .signalled(9))
    #expect(started.contains(Int32(text(ending) ?? "") ?? -1))
    try eventually("nobody of the group runs") { started.allSatisfy { !isRunning($0) } }
    #expect(!exists(child.processID))
  }

  @Test("What a program leaves running when it ends is killed, and does not delay its ending")
  func leftovers() throws {
    let ending = try run(shell("sleep 100 & echo $!"))
    #expect(ending.status == .exited(0))
    let left = try #require(Int32(text(ending) ?? ""))
    try eventually("the leftover is gone") { !isRunning(left) }
  }

  @Test("A program that is let go of is killed and reaped, with what it has started")
  func letGo() throws {
    func startAndForget() throws -> [Int32] {
      let child = try ChildProcess(shell("sleep 100 & sleep 100; true"))
      try eventually("the shell has started its child") { children(of: child.processID).count == 2 }
      return [child.processID] + children(of: child.processID)
    }
    let group = try startAndForget()
    #expect(!exists(group[0]))
    try eventually("nobody of the group runs") { group.allSatisfy { !isRunning($0) } }
  }

  @Test(
    "A file that is not there, not executable, not a program, or not absolute is named",
    arguments: [
      ("/nonexistent/check", Errno.noSuchFileOrDirectory), ("/etc/passwd", .permissionDenied), ("/", .permissionDenied),
      ("bin/true", .invalidArgument), ("", .invalidArgument), ("/bin/tr\u{0}ue", .invalidArgument),
    ])
  func missing(_ path: String, _ error: Errno) {
    #expect(throws: SpawnFailure(step: .program(path), error: error)) {
      _ = try ChildProcess(ChildProcess.Command(path: path))
    }
  }

  @Test("The message for a missing program names it")
  func message() {
    let failure = SpawnFailure(step: .program("/opt/check"), error: .noSuchFileOrDirectory)
    #expect("\(failure)" == "/opt/check: there is no such program, or the interpreter in its first line is missing")
    #expect(
      "\(SpawnFailure(step: .program("/opt/check"), error: .permissionDenied))".hasPrefix("/opt/check cannot be run"))
    #expect("\(SpawnFailure(step: .watch, error: .notImplemented))".contains("Linux 5.4"))
  }

  @Test("Hundreds of programs, good and bad, leave no descriptor open and no zombie")
  func leaks() throws {
    _ = try run(shell("exit 1"))
    let before = try openDescriptors()
    var pids: [Int32] = []
    for round in 0..<200 {
      switch round % 4 {
      case 0: _ = try run(shell("echo x; exit 3"))
      case 1: _ = try? ChildProcess(ChildProcess.Command(path: "/nonexistent"))
      case 2: pids.append(try ChildProcess(shell("exec sleep 100")).processID)
      default:
        var child = try ChildProcess(shell("exec sleep 100"))
        child.kill()
        _ = try wait(for: &child)
        pids.append(child.processID)
      }
    }
    // Other tests open and close theirs meanwhile; 200 leaked ones would show.
    #expect(try openDescriptors() < before + 100)
    #expect(pids.allSatisfy { !exists($0) })
  }

  @Test("An ending is reported once")
  func once() throws {
    var child = try ChildProcess(shell("exit 4"))
    #expect(try wait(for: &child).status == .exited(4))
    #expect(try child.takeEnding() == nil)
    child.kill()
  }
}

/// What the shell is to do.
func shell(_ script: String, path: String = "/usr/bin:/bin", errors: ChildProcess.Errors = .discarded)
  -> ChildProcess.Command
{
  ChildProcess.Command(path: "/bin/sh", arguments: ["-c", script], environment: ["PATH": path], errors: errors)
}

/// Runs a program to its end, which has to come soon.
func run(_ command: ChildProcess.Command) throws -> ChildProcess.Ending {
  var child = try ChildProcess(command)
  return try wait(for: &child)
}

/// Waits for a program's ending by epoll.
func wait(for child: inout ChildProcess) throws -> ChildProcess.Ending {
  _ = try wait(for: .readable, of: child)
  return try #require(try child.takeEnding())
}

/// Waits until `condition` holds; throws `.timedOut` if it does not soon.
func eventually(_ what: String, _ condition: () throws -> Bool) throws {
  let end = MonotonicClock.now() + 20_000_000_000
  while try !condition() {
    guard MonotonicClock.now() < end else {
      Issue.record("never: \(what)")
      throw Errno.timedOut
    }
    sleep(for: .milliseconds(5))
  }
}

private func text(_ ending: ChildProcess.Ending) -> String? { String(validating: ending.firstLine, as: UTF8.self) }

/// Whether the kernel knows the process, be it as a zombie.
private func exists(_ pid: Int32) -> Bool { fileExists("/proc/\(pid)") }

/// Whether a process does anything: it is there and no zombie, which only its new parent can reap.
private func isRunning(_ pid: Int32) -> Bool {
  guard let status = try? readFile("/proc/\(pid)/stat", limit: 4_096) else { return false }
  let fields = String(decoding: status, as: UTF8.self).split(separator: ")").last ?? ""
  return !fields.hasPrefix(" Z") && !fields.hasPrefix(" X")
}

private func children(of pid: Int32) -> [Int32] {
  let list = (try? readFile("/proc/\(pid)/task/\(pid)/children", limit: 4_096)) ?? []
  return String(decoding: list, as: UTF8.self).split(separator: " ").compactMap { Int32($0) }
}
