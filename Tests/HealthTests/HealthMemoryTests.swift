// The last view over a restart: what is kept, and what is refused.

import DNS
import Model
import TestSupport
import Testing

@testable import Health

struct HealthMemoryTests {
  var random = SeededGenerator(seed: 3)
  static let savedAt: Int64 = 1_764_035_000
  static let text = """
    rondo-health 1
    saved 1764035000
    up\tex1\t192.0.0.1\ttcp:443\towa\t59\t0\t0\t0\t
    down\tex2\t192.0.0.2\ttcp:443\towa\t59\t0\t0\t0\tconnection refused
    end 2

    """

  /// Node 1 up, node 2 down, node 3 never heard; a minute old.
  mutating func monitor() -> HealthMonitor {
    var monitor = HealthMonitor(targets: [.node(1), .node(2), .node(3)], at: .at(.zero), using: &random)
    let outcomes: [ProbeOutcome] = [.success, .failure(.connectionRefused), .localFault(.noSourcePort)]
    while let next = monitor.nextDeadline, next < .at(.seconds(60)) {
      for (probe, target) in monitor.advance(to: next, using: &random).started {
        _ = monitor.conclude(probe, outcomes[target], at: next)
      }
    }
    return monitor
  }

  func read(_ text: String, after seconds: Int64 = 5) throws(HealthMemoryError) -> HealthMemory {
    try HealthMemory(octets: Array(text.utf8), readAt: Self.savedAt + seconds)
  }

  @Test("The view is written as text, without targets nobody has heard of")
  mutating func text() {
    let lines = HealthMemory(of: monitor(), at: .at(.seconds(60))).text(savedAt: Self.savedAt).split(separator: "\n")
    #expect(lines.count == 5)
    #expect(lines[3].hasPrefix("down\tex2\t192.0.0.2\ttcp:443\towa\t60\t"))
    #expect(lines[3].hasSuffix("\t0\t0\tconnection refused"))
    #expect(lines[4] == "end 2")
  }

  @Test("A restart takes up where the last view was: who was down stays out and is not waited for")
  mutating func restored() throws {
    let memory = try read(Self.text)
    let now = MonotonicTime.at(.seconds(3))
    var monitor = HealthMonitor(
      targets: [.node(1), .node(2), .node(3)], remembering: memory, at: now, using: &random)
    #expect((0..<3).map { monitor.judgement(at: $0).state } == [.up, .down, .unknown])
    #expect(now - monitor.judgement(at: 1).since == .seconds(64))
    let standing = monitor.status(at: 1, now: now)
    #expect(standing.origin == .memory && standing.reason == "connection refused (before the restart)")
    let probes = monitor.advance(to: now, using: &random).started
    _ = monitor.conclude(probes[0].probe, .success, at: now)
    #expect(!monitor.firstRoundIsOver)
    _ = monitor.conclude(probes[2].probe, .success, at: now)
    #expect(monitor.firstRoundIsOver, "node 2 may be silent for as long as it likes")
    #expect(monitor.conclude(probes[1].probe, .success, at: now) == nil, "one success of two")
    let again = HealthMemory(of: monitor, at: now).text(savedAt: Self.savedAt)
    #expect(again.contains("\tconnection refused\n"), "not once more that it was before a restart")
  }

  @Test("A second restart before the first result passes on what the first was left with, and its age")
  mutating func secondRestart() throws {
    let now = MonotonicTime.at(.seconds(3))
    let monitor = HealthMonitor(
      targets: [.node(1), .node(2)], remembering: try read(Self.text), at: now, using: &random)
    let later = now + .seconds(2)
    let text = HealthMemory(of: monitor, at: later).text(savedAt: Self.savedAt + 7)
    #expect(text.contains("down\tex2\t192.0.0.2\ttcp:443\towa\t66\t7\t0\t0\tconnection refused\n"))
    let again = HealthMonitor(
      targets: [.node(1), .node(2)], remembering: try read(text, after: 8), at: .at(.zero), using: &random)
    #expect((0..<2).map { again.judgement(at: $0).state } == [.up, .down])
    let tooLate = try HealthMemory(octets: Array(text.utf8), readAt: Self.savedAt + 7 + 595)
    let forgetful = HealthMonitor(targets: [.node(2)], remembering: tooLate, at: .at(.zero), using: &random)
    #expect(forgetful.judgement(at: 0).state == .unknown, "passing it on makes it no younger")
  }

  @Test("The first failure after a restart tells why from then on; a later one of another kind is shown beside it")
  mutating func reasonRenewed() throws {
    let target = ProbeTarget.node(2)
    var monitor = HealthMonitor(targets: [target], remembering: try read(Self.text), at: .at(.zero), using: &random)
    var now = MonotonicTime.at(.zero)
    var reasons: [String] = []
    for outcome in [ProbeOutcome.failure(.connectionReset), .failure(.connectionReset), .failure(.noRouteToHost)] {
      var started = monitor.advance(to: now, using: &random).started
      while started.isEmpty {
        now = try #require(monitor.nextDeadline)
        started = monitor.advance(to: now, using: &random).started
      }
      #expect(monitor.conclude(started[0].probe, outcome, at: now) == nil)
      let standing = monitor.status(at: 0, now: now)
      #expect(standing.origin == .checks)
      reasons.append(standing.reason)
    }
    #expect(reasons == ["connection reset", "connection reset", "connection reset; now no route to host"])
    #expect(monitor.judgement(at: 0).why == "connection reset; now no route to host")
    #expect(now - monitor.judgement(at: 0).since > .seconds(60), "it has been out all the while")
  }

  @Test("A target that was up before the restart and fails its first check is out before anything is answered")
  mutating func diedMeanwhile() throws {
    var monitor = HealthMonitor(targets: [.node(1)], remembering: try read(Self.text), at: .at(.zero), using: &random)
    let probe = try #require(monitor.advance(to: .at(.zero), using: &random).started.first?.probe)
    #expect(!monitor.firstRoundIsOver)
    #expect(monitor.conclude(probe, .failure(.connectionRefused), at: .at(.zero))?.to == .down)
  }

  @Test("A target that was up and is silent after the restart is out with its first timeout, if another host is heard")
  mutating func silentMeanwhile() throws {
    let memory = try read(Self.text.replacing("down", with: "up"))
    var monitor = HealthMonitor(targets: [.node(1), .node(2)], remembering: memory, at: .at(.zero), using: &random)
    let probes = monitor.advance(to: .at(.zero), using: &random).started
    _ = monitor.conclude(probes[1].probe, .success, at: .at(.milliseconds(1)))
    #expect(monitor.advance(to: .at(.seconds(2)), using: &random).changes.map(\.to) == [.down])
    #expect(monitor.firstRoundIsOver)
  }

  @Test("A host that starts cut off keeps the view from before the restart")
  mutating func startedIsolated() throws {
    let text = Self.text.replacing(
      "end 2", with: "up\tex3\t192.0.0.3\ttcp:443\towa\t59\t0\t0\t0\t\nend 3")
    let targets: [ProbeTarget] = [.node(1), .node(2), .node(3)]
    var monitor = HealthMonitor(targets: targets, remembering: try read(text), at: .at(.zero), using: &random)
    while let next = monitor.nextDeadline, next < .at(.seconds(60)) {
      #expect(monitor.advance(to: next, using: &random).changes.isEmpty)
    }
    #expect(monitor.firstRoundIsOver)
    #expect(monitor.reachability(.ipv4).isIsolated)
    #expect((0..<3).map { monitor.judgement(at: $0).state } == [.up, .down, .up])
  }

  @Test("Another port, address or name is another target")
  mutating func otherTarget() throws {
    let targets: [ProbeTarget] = [.node(2, .tcp(port: 25)), .node(2, check: "mta"), .node(4)]
    let monitor = HealthMonitor(targets: targets, remembering: try read(Self.text), at: .at(.zero), using: &random)
    #expect((0..<3).allSatisfy { monitor.judgement(at: $0).state == .unknown })
  }

  @Test("What was written comes back the same, hold-down and all", arguments: 1...50 as ClosedRange<UInt64>)
  mutating func roundTrip(seed: UInt64) throws {
    random = SeededGenerator(seed: seed)
    var monitor = HealthMonitor(targets: (0..<20).map { .node($0) }, at: .at(.zero), using: &random)
    while let next = monitor.nextDeadline, next < .at(.seconds(1_000)) {
      for (probe, _) in monitor.advance(to: next, using: &random).started {
        let isWell = next.nanoseconds / 40_000_000_000 % 2 == 0
        _ = monitor.conclude(probe, isWell ? .success : .failure(.connectionReset), at: next)
      }
    }
    let now = MonotonicTime.at(.seconds(1_000))
    let written = HealthMemory(of: monitor, at: now)
    let read = try HealthMemory(octets: Array(written.text(savedAt: 77).utf8), readAt: 77)
    #expect(read == written, "seed \(seed)")
    let again = HealthMonitor(
      targets: (0..<20).map { .node($0) }, remembering: read, at: .at(.seconds(5)), using: &random)
    for index in 0..<20 {
      #expect(again.judgement(at: index).state == monitor.judgement(at: index).state, "seed \(seed)")
      #expect(again.judgement(at: index).hold == monitor.judgement(at: index).hold, "seed \(seed)")
    }
  }

  @Test("Ten minutes are believed, no more; nor what was written in the future")
  func age() throws {
    #expect(try read(Self.text, after: 600).age == 600)
    #expect(throws: HealthMemoryError.tooOld(seconds: 601)) { try read(Self.text, after: 601) }
    #expect(throws: HealthMemoryError.fromTheFuture(seconds: 60)) { try read(Self.text, after: -60) }
    #expect(try read(Self.text, after: -5).age == 0)
  }

  @Test("A result that was old already when it was written counts with its age")
  func oldResult() throws {
    let text = Self.text.replacing("\t59\t0\t0\t0\tconnection", with: "\t900\t590\t0\t0\tconnection")
    #expect(try read(text, after: 10).judgements(at: .at(.zero)).count == 2)
    #expect(try read(text, after: 11).judgements(at: .at(.zero)).count == 1)
  }

  @Test(
    "What no version 1 has written is refused with its line",
    arguments: [
      ("rondo-health 1", "rondo-health 2", HealthMemoryError.unknownVersion),
      ("rondo-health 1\n", "", .unknownVersion),
      ("saved 1764035000", "saved yesterday", .malformed(line: 2)),
      ("up\tex1", "ill\tex1", .malformed(line: 3)),
      ("up\tex1", "unknown\tex1", .malformed(line: 3)),
      ("192.0.0.2", "192.0.0.256", .malformed(line: 4)),
      ("\t59\t0\t0\t0\tconn", "\t-9\t0\t0\t0\tconn", .malformed(line: 4)),
      ("\t59\t0\t0\t0\tconn", "\t99999999999\t0\t0\t0\tconn", .malformed(line: 4)),
      ("\t59\t0\t0\t0\tconn", "\t1000000000\t0\t0\t0\tconn", .malformed(line: 4)),
      ("\t59\t0\t0\t0\tconn", "\t59\t0\t0\t1000000000\tconn", .malformed(line: 4)),
      ("\tconnection", "\textra\tconnection", .malformed(line: 4)),
      ("end 2\n", "", .torn),
      ("end 2\n", "end 3\n", .torn),
      ("end 2\n", "end 2", .torn),
    ])
  func refused(old: String, new: String, error: HealthMemoryError) {
    #expect(throws: error) { try read(Self.text.replacing(old, with: new)) }
  }

  @Test("No octets make the reader do more than say no", arguments: 1...300 as ClosedRange<UInt64>)
  mutating func hostile(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    var octets = Array(Self.text.utf8)
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let at = Int.random(in: 0..<octets.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: octets[at] = UInt8.random(in: 0...255, using: &random)
      case 1: octets.remove(at: at)
      default: octets.insert(contentsOf: octets[at...].prefix(20), at: at)
      }
    }
    if let memory = try? HealthMemory(octets: octets, readAt: Self.savedAt) {
      _ = HealthMonitor(targets: [.node(1), .node(2)], remembering: memory, at: .at(.zero), using: &random)
    }
  }

  @Test("A file of any length is refused without being looked at")
  func tooLong() {
    #expect(throws: HealthMemoryError.tooLong) {
      try HealthMemory(octets: Array(repeating: 10, count: HealthMemory.mostOctets + 1), readAt: 0)
    }
  }
}
