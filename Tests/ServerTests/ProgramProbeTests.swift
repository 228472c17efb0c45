// Programs of checks: started beside the control loop; when they are given up they are killed at once, and reaped when
// the kernel says that they have ended.

import DNS
import Foundation
import Health
import Linux
import Model
import Testing

@testable import Server

private func target(_ program: String, _ arguments: String...) -> ProbeTarget {
  ProbeTarget(
    node: "ex1", address: IPAddress(ipv4: 127, 0, 0, 1), check: "queue",
    plan: CheckPlan(
      kind: .program(ProgramPlan(path: program, arguments: arguments)), every: .seconds(5), timeout: .seconds(2),
      fall: 3, rise: 2))
}

/// Probes with the epoll that tells of them.
private struct Bench: ~Copyable {
  var epoll: Epoll
  var probes = Probes()
  var random = KeyedRandom()

  init() throws { epoll = try Epoll(capacity: 64) }

  static func id(_ number: Int) -> ProbeID { ProbeID(slot: UInt32(number), generation: 1) }

  mutating func start(_ number: Int, _ target: ProbeTarget) -> Probes.End? {
    probes.start(Self.id(number), target, TLSContexts(), epoll, token: Self.id(number).rawValue, using: &random)
  }

  /// Waits, and looks at what epoll tells, which it counts; `ends` gets what is over.
  mutating func turn(_ ends: inout [ProbeID: ProbeOutcome], limit: Duration = .seconds(60)) throws -> Int {
    let count = try epoll.wait(timeout: limit)
    for number in 0..<count {
      let id = ProbeID(rawValue: epoll.event(number).token)
      if case .end(let end) = probes.poll(id, epoll) { ends[id] = end.outcome }
    }
    return count
  }
}

/// A program whose start hangs: the kernel waits until nobody has a lease on its file any more.
private final class HungProgram {
  let path: String
  private let file: Int32

  init(_ folder: URL) throws {
    path = folder.appendingPathComponent("hung").path
    try Data("#!/bin/sh\nsleep 600\n".utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    // The kernel asks for the lease by this signal, which would end the process.
    _ = signal(SIGIO, SIG_IGN)
    file = unsafe open(path, O_RDWR | O_CLOEXEC)
    // F_SETLEASE, which needs that nobody else has the file open: a child of another test may, until it runs its program.
    let descriptor = file
    try #require(becomes { fcntl(descriptor, 1_024, Int32(F_WRLCK)) == 0 })
  }

  /// Has the kernel go on.
  func release() { _ = fcntl(file, 1_024, Int32(F_UNLCK)) }

  deinit { close(file) }
}

@Suite("Programs of checks", .serialized)
struct ProgramProbeTests {
  @Test("A program that is given up is waited for by epoll, not by whoever gave it up")
  func givenUp() throws {
    var bench = try Bench()
    var ends: [ProbeID: ProbeOutcome] = [:]
    #expect(bench.start(0, target("/bin/sleep", "600")) == nil)
    #expect(try bench.turn(&ends) == 1)
    bench.probes.abandon(Bench.id(0))
    #expect(bench.probes.dying.count == 1)
    #expect(try bench.turn(&ends) == 1)
    #expect(bench.probes.dying.count == 0)
    // Nothing is left that would be reported again and again.
    #expect(try bench.epoll.wait(timeout: .zero) == 0)
    #expect(ends.isEmpty)
  }

  @Test("A program that cannot be watched is killed, and its end is waited for by nobody")
  func unwatchable() throws {
    var bench = try Bench()
    #expect(bench.start(0, target("/bin/sleep", "600")) == nil)
    #expect(try bench.epoll.wait(timeout: .seconds(60)) == 1)
    // The first call lets go of the start.
    let faults = CallFaults(.init(.noMemory, in: "epoll_ctl", after: 1))
    let result = faults.during { bench.probes.poll(Bench.id(0), bench.epoll) }
    guard case .end(let end) = result else { return #expect(Bool(false), "it goes on") }
    #expect(end.outcome.description.hasPrefix("local: a program cannot be watched: "))
    #expect(faults.count == 1 && bench.probes.dying.count == 1)
    #expect(
      becomes {
        bench.probes.sweep(at: .now)
        return bench.probes.dying.isEmpty
      })
  }

  @Test("Programs are not started while too many killed ones have not ended")
  func manyDying() throws {
    var bench = try Bench()
    var ends: [ProbeID: ProbeOutcome] = [:]
    for number in 0..<HealthMonitor.maximumConcurrentPrograms {
      #expect(bench.start(number, target("/bin/sleep", "600")) == nil)
    }
    var started = 0
    while started < HealthMonitor.maximumConcurrentPrograms { started += try bench.turn(&ends) }
    for number in 0..<HealthMonitor.maximumConcurrentPrograms { bench.probes.abandon(Bench.id(number)) }
    let refused = bench.start(99, target("/bin/true"))
    #expect(refused?.outcome.description == "local: 16 killed programs have not ended yet")
    while bench.probes.dying.count > 0 { _ = try bench.turn(&ends) }
    #expect(bench.start(99, target("/bin/true")) == nil)
    while ends[Bench.id(99)] == nil { _ = try bench.turn(&ends) }
    #expect(ends[Bench.id(99)] == .success)
  }

  @Test("A program that is not there is a fault of this host")
  func missing() throws {
    var bench = try Bench()
    var ends: [ProbeID: ProbeOutcome] = [:]
    #expect(bench.start(0, target("/nonexistent/check")) == nil)
    while ends.isEmpty { _ = try bench.turn(&ends) }
    #expect(
      ends[Bench.id(0)]?.description
        == "local: /nonexistent/check: there is no such program, or the interpreter in its first line is missing")
    #expect(try bench.epoll.wait(timeout: .zero) == 0)
  }

  @Test("A start that hangs holds up nobody, is not begun again, and what comes of it is killed")
  func hungStart() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rondo-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let hung = try HungProgram(folder)
    var bench = try Bench()
    var ends: [ProbeID: ProbeOutcome] = [:]
    let begun = MonotonicClock.now()
    #expect(bench.start(0, target(hung.path)) == nil)
    #expect(bench.start(1, target("/bin/true")) == nil)
    while ends[Bench.id(1)] == nil { _ = try bench.turn(&ends) }
    #expect(ends == [Bench.id(1): .success])
    // The kernel would take the lease away after 45 s.
    #expect(MonotonicClock.now() - begun < 30_000_000_000)

    bench.probes.abandon(Bench.id(0))
    #expect(bench.probes.lateLaunches.count == 1)
    #expect(
      bench.start(2, target(hung.path))?.outcome.description
        == "local: an earlier start of \(hung.path) has not come to its end: look at the disk that it is on")
    hung.release()
    while bench.probes.lateLaunches.count + bench.probes.dying.count > 0 { _ = try bench.turn(&ends) }
    #expect(try bench.epoll.wait(timeout: .zero) == 0)
    #expect(bench.start(3, target("/bin/true")) == nil)
    while ends[Bench.id(3)] == nil { _ = try bench.turn(&ends) }
    #expect(ends == [Bench.id(1): .success, Bench.id(3): .success])
  }
}
