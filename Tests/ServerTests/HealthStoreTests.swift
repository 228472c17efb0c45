// When the last view goes to disk: a daemon that is killed after a calm hour must find a young one.

import DNS
import Foundation
import Health
import Linux
import Model
import Testing

@testable import Server

struct HealthStoreTests {
  /// One node that has been found well.
  private func monitor(at now: MonotonicTime) throws -> HealthMonitor {
    var random = KeyedRandom()
    let target = ProbeTarget(
      node: "ex1", address: IPAddress(ipv4: 192, 0, 2, 1), check: "web",
      plan: CheckPlan(kind: .tcp(port: 80), every: .seconds(5), timeout: .seconds(2), fall: 3, rise: 2))
    var monitor = HealthMonitor(targets: [target], at: now, using: &random)
    for case .start(let probe, _) in monitor.advance(to: now, using: &random) {
      _ = monitor.conclude(probe, .success, at: now)
    }
    return monitor
  }

  @Test("It is written at a change, a second apart at least, and every two minutes while nothing changes")
  func refreshed() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rondo-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let start = MonotonicTime(nanoseconds: 1_000_000_000)
    let monitor = try monitor(at: start)
    let writer = try StateWriter(directory: folder)
    var store = HealthStore(keptBy: writer)
    #expect(store.nextDeadline(after: start) == nil)
    store.markDirty()
    #expect(store.nextDeadline(after: start) == start)
    store.writeIfDue(monitor, at: start)
    store.markDirty()
    #expect(store.nextDeadline(after: start) == start + .seconds(1))
    let next = start + .seconds(1)
    store.writeIfDue(monitor, at: next)
    writer.finish(within: .seconds(10))
    #expect(store.nextDeadline(after: next) == next + .seconds(120))

    let file = folder + "/health"
    try FileManager.default.removeItem(atPath: file)
    store.writeIfDue(monitor, at: next + .seconds(119))
    writer.finish(within: .seconds(10))
    #expect(!fileExists(file))
    store.writeIfDue(monitor, at: next + .seconds(120))
    writer.finish(within: .seconds(10))
    #expect(String(decoding: try readFile(file, limit: 10_000), as: UTF8.self).contains("\nup\tex1\t192.0.2.1\t"))
  }

  @Test("Without a state directory nothing is ever due")
  func nowhere() throws {
    let now = MonotonicTime(nanoseconds: 1_000_000_000)
    var store = HealthStore(keptBy: nil)
    store.markDirty()
    store.write(try monitor(at: now), at: now)
    #expect(store.nextDeadline(after: now) == nil)
  }
}
