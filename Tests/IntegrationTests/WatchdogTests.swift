// The supervisor's side: signs of life, a thread that is stopped, and an end in time all the same.

import Foundation
import Linux
import Testing

private let zone = """
  $ORIGIN it.example.
  @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
       1h NS  ns1
  ns1  1h A   192.0.2.53

  """

/// systemd's end of `$NOTIFY_SOCKET`.
private final class FakeSupervisor {
  private let process: ChildProcess
  let path: String

  init(in scratch: Scratch) throws {
    path = scratch.file("notify")
    let program = """
      use Socket; $| = 1; my ($s, $c);
      socket($s, AF_UNIX, SOCK_DGRAM, 0) && bind($s, sockaddr_un($ARGV[0])) or die $!;
      print "listening\\n";
      while (defined recv($s, my $state, 4096, 0)) { print "$state\\n" }
      """
    process = try ChildProcess(["perl", "-e", program, path])
    try wait(for: "the socket") { process.output.hasPrefix("listening\n") }
  }

  deinit { process.send(SIGKILL) }

  func count(_ state: String) -> Int { process.output.split(separator: "\n").count { $0 == state } }
}

/// Stops one thread of another process, as a debugger does, until this value goes.
private final class StoppedThread {
  private let process: ChildProcess

  /// Nil when this host does not allow it.
  init?(named name: String, of processID: Int32) throws {
    // ptrace(2): PTRACE_SEIZE, then PTRACE_INTERRUPT. Its number differs by architecture. Then the thread's end is waited for
    // (WNOHANG and __WALL), without which the kernel would keep the process from going.
    let program = """
      my ($pid, $name) = @ARGV; my ($tid) = grep { open(my $f, "<", "/proc/$pid/task/$_/comm"); my $c = <$f>; chomp $c; $c eq $name }
        map { m{([0-9]+)$} } glob "/proc/$pid/task/*";
      my $ptrace = `uname -m` =~ /x86_64/ ? 101 : 117; $| = 1;
      if (!$tid || syscall($ptrace, 0x4206, $tid + 0, 0, 0) || syscall($ptrace, 0x4207, $tid + 0, 0, 0)) { print "refused $!\\n"; exit }
      print "stopped\\n";
      while (-e "/proc/$pid/task/$tid") { waitpid($tid, 0x40000001); select undef, undef, undef, 0.02 }
      """
    process = try ChildProcess(["perl", "-e", program, "\(processID)", name])
    try wait(for: "the thread to stop") { process.output.hasSuffix("\n") }
    guard process.output == "stopped\n" else {
      standardError.writeLine("NOTE: no thread \(name) can be stopped here (\(process.output)); not tested")
      return nil
    }
  }

  deinit { process.send(SIGKILL) }
}

@Suite("Watchdog", .enabled(if: Tool.perl.isInstalled))
struct WatchdogTests {
  private func rondo(_ supervisor: FakeSupervisor, in scratch: Scratch) throws -> RunningRondo {
    try RunningRondo(
      zone, in: scratch, environment: ["NOTIFY_SOCKET=\(supervisor.path)", "WATCHDOG_USEC=2000000"],
      options: ["--threads", "1"])
  }

  @Test("Idle workers count as alive; one that is stopped ends the signs of life, and is named in the log")
  func stoppedWorker() throws {
    for name in ["udp-0-0", "tcp-0"] {
      let scratch = try Scratch()
      let supervisor = try FakeSupervisor(in: scratch)
      let rondo = try rondo(supervisor, in: scratch)
      try wait(for: "READY=1") { supervisor.count("READY=1") == 1 }
      try wait(for: "signs of life without a query") { supervisor.count("WATCHDOG=1") >= 4 }
      guard let stopped = try StoppedThread(named: name, of: rondo.process.processID) else { return }
      try withExtendedLifetime(stopped) {
        _ = try rondo.line { $0.contains(" worker-stuck worker=\(name)") }
        let count = supervisor.count("WATCHDOG=1")
        sleep(for: .seconds(2))
        #expect(supervisor.count("WATCHDOG=1") == count)
        try endsInTime(rondo)
      }
    }
  }

  @Test("A control loop that is stopped sends no sign of life, and SIGTERM ends the process within two seconds")
  func stoppedControl() throws {
    let scratch = try Scratch()
    let supervisor = try FakeSupervisor(in: scratch)
    let rondo = try rondo(supervisor, in: scratch)
    try wait(for: "signs of life") { supervisor.count("WATCHDOG=1") >= 2 }
    guard let stopped = try StoppedThread(named: "rondo", of: rondo.process.processID) else { return }
    try withExtendedLifetime(stopped) {
      let count = supervisor.count("WATCHDOG=1")
      sleep(for: .seconds(2))
      #expect(supervisor.count("WATCHDOG=1") <= count + 1)
      try endsInTime(rondo)
    }
  }

  private func endsInTime(_ rondo: RunningRondo) throws {
    let start = ContinuousClock.now
    rondo.process.send(SIGTERM)
    _ = try rondo.process.finish()
    #expect(ContinuousClock.now - start < .seconds(3), "two, and something for a machine under load")
  }

  @Test("A supervisor that does not read holds nothing up")
  func deafSupervisor() throws {
    let scratch = try Scratch()
    let program = """
      use Socket; $| = 1; my ($s, $c);
      socket($s, AF_UNIX, SOCK_DGRAM, 0) && bind($s, sockaddr_un($ARGV[0])) or die $!;
      socket($c, AF_UNIX, SOCK_DGRAM, 0) or die $!;
      for (1..1000) { defined send($c, "x", 0x40, sockaddr_un($ARGV[0])) or last }
      print "full\\n"; sleep 100;
      """
    let deaf = try ChildProcess(["perl", "-e", program, scratch.file("notify")])
    defer { deaf.send(SIGKILL) }
    try wait(for: "the full socket") { deaf.output == "full\n" }
    let rondo = try RunningRondo(
      zone, in: scratch, environment: ["NOTIFY_SOCKET=\(scratch.file("notify"))", "WATCHDOG_USEC=400000"])
    #expect(try rondo.reloadCommand().status == 0)
    try endsInTime(rondo)
  }
}
