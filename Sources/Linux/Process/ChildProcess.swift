// A program that is run for a health check: started without a fork, watched by epoll, ended with all it has started.
//
//   init ──▶ running ──(pidfd readable)──▶ takeEnding: how it ended, its first line
//               └─ kill ─────────────────────▲
//
// Its standard output is a pipe that is read only when it has ended: the kernel's 65,536 octets are the bound, and a program
// that prints more waits there until it is killed. So there is one descriptor to watch, and no output that can keep us busy.

internal import CLinux
internal import Glibc

/// A running program in a process group of its own.
///
/// What it starts in turn and does not move to another group ends with it: a check leaves nothing behind. When this value
/// dies before `takeEnding` has returned the ending, all is killed and waited for, a second at most.
package struct ChildProcess: ~Copyable, Sendable {
  /// Readable when the program has ended: its pidfd.
  private let descriptor: FileDescriptor
  private let output: FileDescriptor
  /// Its number, and its group's; nobody else's as long as it is not reaped.
  package let processID: Int32
  private var isReaped = false

  /// How many octets of the first line are kept.
  package static var longestLine: Int { 512 }

  /// Starts a program.
  ///
  /// It gets the arguments and environment of `command` and nothing else from us: the signals and limits of its `start`, its
  /// folder, `/dev/null` to read from, no descriptor but 0, 1 and 2, no ambient capability. Waits until the kernel has read
  /// the file: on a disk or a file system that hangs, for as long as that hangs. Wraps `posix_spawn(3)`, `pidfd_open(2)`,
  /// `prctl(2)`.
  package init(_ command: Command) throws(SpawnFailure) {
    // Ignored, which a parent may have left us, it would have the kernel forget how children end.
    _ = signal(SIGCHLD, SIG_DFL)
    // Rights that a supervisor gave to this process, such as that to low ports, are not for what it starts. It keeps them.
    _ = prctl_clear_ambient_capabilities()
    let pipe = try SpawnFailure.naming(.pipe) { () throws(Errno) in try Pipe() }
    let pid = try SpawnFailure.naming(.program(command.path)) { () throws(Errno) in
      try spawn(command, output: pipe.input)
    }
    do throws(Errno) {
      descriptor = FileDescriptor(owning: try call("pidfd_open") { pidfd_open_np(pid, 0) })
    } catch {
      endGroup(pid)
      _ = try? waitFor(P_PID, pid, WEXITED)
      throw SpawnFailure(step: .watch, error: error)
    }
    output = pipe.takeOutput()
    processID = pid
  }

  deinit {
    guard !isReaped else { return }
    endGroup(processID)
    // Longer only for a program that is stuck in the kernel; it is reaped by init when this process ends.
    var watch = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
    // The kernel writes into our structure.
    _ = unsafe poll(&watch, 1, 1_000)
    _ = try? waitFor(ChildProcess.byDescriptor, descriptor.number, WEXITED | WNOHANG)
  }

  /// Ends the program and all that it has started, at once; its ending is reported as usual. Wraps `kill(2)` with SIGKILL.
  package func kill() {
    guard !isReaped else { return }
    endGroup(processID)
  }

  /// How the program ended; nil while it runs. Tells it once, and then nothing more is to be watched.
  ///
  /// What it has started and left running is killed. Wraps `waitid(2)`.
  package mutating func takeEnding() throws(Errno) -> Ending? {
    guard !isReaped else { return nil }
    guard try waitFor(Self.byDescriptor, descriptor.number, WEXITED | WNOHANG | WNOWAIT) != nil else { return nil }
    // Not reaped yet, its number cannot be another group's.
    endGroup(processID)
    let status = try waitFor(Self.byDescriptor, descriptor.number, WEXITED | WNOHANG)
    isReaped = true
    guard let status else { throw .noChild }
    let (firstLine, isCut) = try readFirstLine()
    return Ending(status: status, firstLine: firstLine, isCutShort: isCut)
  }

  /// What the pipe holds up to the first line's end, and whether it was so full that the program had to wait.
  private func readFirstLine() throws(Errno) -> ([UInt8], isCut: Bool) {
    var bytes = [UInt8](repeating: 0, count: Pipe.capacity)
    var count = 0
    do throws(Errno) {
      var elements = bytes.mutableSpan
      var room = MutableRawSpan(_elements: &elements)
      count = try output.read(into: &room)
    } catch .wouldBlock {
      // Empty, and somebody beyond our reach holds the other end.
    }
    let line = bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }.prefix(Self.longestLine)
    let end = line.lastIndex { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: " ") }
    return (Array(end.map { line[...$0] } ?? []), count > Pipe.capacity - Pipe.page)
  }

  /// P_PIDFD, which glibc's headers hide.
  private static var byDescriptor: idtype_t { idtype_t(3) }
}

extension ChildProcess: Pollable {
  /// The pidfd, readable when the program has ended.
  package var number: Int32 { descriptor.number }
}

extension ChildProcess {
  /// What to run.
  package struct Command: Hashable, Sendable {
    /// The program's file, an absolute path; no search takes place.
    package var path: String
    /// Its arguments after its own name.
    package var arguments: [String]
    /// Its whole environment.
    package var environment: [String: String]
    package var errors: Errors
    package var folder: Folder
    /// Blocked and ignored signals and the limit of descriptors; nil for no such signal and the limit that holds now.
    package var start: ProcessStart?

    package init(
      path: String, arguments: [String] = [], environment: [String: String] = [:], errors: Errors = .discarded,
      folder: Folder = .root, start: ProcessStart? = nil
    ) {
      self.path = path
      self.arguments = arguments
      self.environment = environment
      self.errors = errors
      self.folder = folder
      self.start = start
    }
  }

  /// Where standard error goes.
  package enum Errors: Hashable, Sendable {
    /// To `/dev/null`.
    case discarded
    /// To where standard output goes.
    case joined
  }

  /// The folder that a program starts in.
  package enum Folder: Hashable, Sendable {
    /// `/`
    case root
    /// That of this process, even if the user that it has become could not enter it.
    case inherited
  }

  /// How a program ended.
  package struct Ending: Hashable, Sendable {
    package let status: Status
    /// The first line of its output, without its end and spaces there, at most `longestLine` octets; as it came, not escaped.
    package let firstLine: [UInt8]
    /// The program printed so much, 60 KB or more, that it may have had to wait for a reader until it was killed.
    package let isCutShort: Bool
  }

  /// What the kernel reports of an ending.
  package enum Status: Hashable, Sendable {
    /// By itself, with this exit code, 0–255.
    case exited(Int32)
    /// By this signal.
    case signalled(Int32)
  }
}

extension ChildProcess.Status {
  /// Whether it is how a program ends for which there is no memory: killed by the kernel, or by itself when an allocation
  /// has failed, which Swift answers with a trap and C with `abort(3)`.
  package var isThatOfLackingMemory: Bool {
    guard case .signalled(let number) = self else { return false }
    return [SIGKILL, SIGILL, SIGTRAP, SIGABRT].contains(number)
  }
}

extension ChildProcess.Status: CustomStringConvertible {
  /// `exit code 2`, `SIGKILL`; wraps `sigabbrev_np(3)`.
  package var description: String {
    switch self {
    case .exited(let code): "exit code \(code)"
    // Null or a constant string of the C library.
    case .signalled(let number):
      unsafe sigabbrev_np(number).map { unsafe "SIG\(String(cString: $0))" } ?? "signal \(number)"
    }
  }
}

/// Why a program was not started.
package struct SpawnFailure: Error, Hashable, Sendable {
  /// What was being done.
  package enum Step: Hashable, Sendable {
    /// Making the pipe for its output.
    case pipe
    /// Starting the program of this path.
    case program(String)
    /// Watching it, which needs Linux 5.4.
    case watch
  }

  package let step: Step
  package let error: Errno

  package init(step: Step, error: Errno) {
    self.step = step
    self.error = error
  }

  static func naming<Result: ~Copyable>(
    _ step: Step, _ body: () throws(Errno) -> Result
  ) throws(SpawnFailure) -> Result {
    do throws(Errno) {
      return try body()
    } catch {
      throw SpawnFailure(step: step, error: error)
    }
  }
}

extension SpawnFailure: CustomStringConvertible {
  package var description: String {
    switch step {
    case .pipe: "no pipe for a program's output: \(error)"
    case .program(let path):
      error == .noSuchFileOrDirectory
        ? "\(path): there is no such program, or the interpreter in its first line is missing"
        : "\(path) cannot be run: \(error)"
    case .watch:
      error == .notImplemented
        ? "a program cannot be watched: pidfd_open(2) needs Linux 5.4" : "a program cannot be watched: \(error)"
    }
  }
}

/// Kills a process group and its leader, which is not reaped, even if it has moved to another group.
///
/// A process that is not ours to kill, or dead already, is passed over.
private func endGroup(_ leader: Int32) {
  _ = Glibc.kill(-leader, SIGKILL)
  _ = Glibc.kill(leader, SIGKILL)
}

/// How a child ended; nil if it has not and `options` say not to wait. Wraps `waitid(2)`.
private func waitFor(_ kind: idtype_t, _ number: Int32, _ options: Int32) throws(Errno) -> ChildProcess.Status? {
  var record = unsafe siginfo_t()
  // The kernel fills in the caller's structure, or leaves it as zeros if there is nothing to tell; for a child the union
  // holds these two numbers.
  try call("waitid") { unsafe waitid(kind, id_t(number), &record, options) }
  guard unsafe record._sifields._sigchld.si_pid != 0 else { return nil }
  let status = unsafe record._sifields._sigchld.si_status
  return unsafe record.si_code == Int32(CLD_EXITED) ? .exited(status) : .signalled(status)
}

/// Reaps the children of this process that it has not started itself: as process 1 of a container it inherits every orphan.
///
/// To be called on the main thread, which starts no program: the kernel gives orphans to it, and keeps apart the children
/// of each thread for as long as the thread lives. Programs are started by other threads, which live as long as the
/// process, and are left to whoever watches them. Reaps 256 at most, so that other work has its turn. Wraps `waitid(2)`
/// with P_ALL and __WNOTHREAD.
///
/// - Returns: whether there may be more, to be asked for again.
package func reapOrphans() -> Bool {
  for _ in 0..<256 {
    guard (try? waitFor(P_ALL, 0, WEXITED | WNOHANG | ofThisThread)) != nil else { return false }
  }
  return true
}

/// __WNOTHREAD
private let ofThisThread: Int32 = 0x2000_0000
