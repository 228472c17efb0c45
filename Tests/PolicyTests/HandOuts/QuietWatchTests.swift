import DNS
import Health
import Testing

@testable import Policy

@Suite("Nodes that become quiet")
struct QuietWatchTests {
  private func time(_ seconds: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: seconds * 1_000_000_000) }

  @Test("A node is reported when its last copy has expired, and before that when it is known how long that lasts")
  func once() {
    var watch = QuietWatch()
    #expect(watch.nextLook == nil)
    watch.follow(["ex1"], at: time(10))
    #expect(watch.nextLook == time(10))
    #expect(watch.step(to: time(10)) { _ in NodeQuiet(.settling) }.isEmpty)
    #expect(watch.nextLook == time(10) + .milliseconds(100))
    #expect(watch.step(to: time(11)) { _ in NodeQuiet(.notYet(at: time(70))) }.map(\.node) == ["ex1"])
    #expect(watch.nextLook == time(70))
    // That second is not over.
    let second = time(70) + .milliseconds(900)
    #expect(watch.step(to: time(70)) { _ in NodeQuiet(.notYet(at: second)) }.isEmpty)
    #expect(watch.nextLook == second)
    // It was handed out once more meanwhile.
    #expect(watch.step(to: second) { _ in NodeQuiet(.notYet(at: time(90))) }.map(\.node) == ["ex1"])
    #expect(watch.nextLook == time(90))
    #expect(watch.step(to: time(90)) { _ in NodeQuiet(.notYet(at: time(90) + .milliseconds(20))) }.isEmpty)
    #expect(watch.step(to: time(91)) { _ in NodeQuiet(.quiet(since: time(90))) }.map(\.node) == ["ex1"])
    watch.follow(["ex1"], at: time(100))
    #expect(watch.nextLook == nil)
    #expect(watch.step(to: time(200)) { _ in NodeQuiet(.quiet(since: time(90))) }.isEmpty)
  }

  @Test("A node that is resumed is reported no more, and drained again it is reported again")
  func resumed() {
    var watch = QuietWatch()
    watch.follow(["ex1", "ex2"], at: time(0))
    watch.follow(["ex2"], at: time(1))
    #expect(watch.step(to: time(5)) { _ in NodeQuiet(.quiet(since: time(4))) }.map(\.node) == ["ex2"])
    watch.follow(["ex1", "ex2"], at: time(6))
    #expect(watch.step(to: time(6)) { _ in NodeQuiet(.quiet(since: time(4))) }.map(\.node) == ["ex1"])
  }

  @Test("A node that was out at the start is reported if it becomes quiet only then")
  func start() {
    var watch = QuietWatch(["ex1", "ex2"], at: time(10))
    watch.follow(["ex1", "ex2"], at: time(10))
    #expect(watch.nextLook == time(10))
    let first = watch.step(to: time(10)) { node in
      NodeQuiet(node == "ex1" ? .quiet(since: time(4)) : .notYet(at: time(70)))
    }
    #expect(first.map(\.node) == ["ex2"], "ex1 has been quiet since before the start")
    #expect(watch.nextLook == time(70))
    #expect(watch.step(to: time(70)) { _ in NodeQuiet(.quiet(since: time(70))) }.map(\.node) == ["ex2"])
    #expect(watch.nextLook == nil)
  }

  @Test("A node that was quiet at the start is reported when it is drained again")
  func startAndAgain() {
    var watch = QuietWatch(["ex1"], at: time(0))
    watch.follow([], at: time(1))
    watch.follow(["ex1"], at: time(2))
    #expect(watch.step(to: time(2)) { _ in NodeQuiet(.quiet(since: time(2))) }.map(\.node) == ["ex1"])
  }

  @Test("What still hands out a node, or holds it, is reported once each time that it is something else")
  func reasons() {
    var watch = QuietWatch()
    watch.follow(["ex1"], at: time(0))
    let pool = NodeQuiet(.servedStill(by: [.pool("access", ttl: 60)]))
    let others = NodeQuiet(.servedStill(by: [.pool("access", ttl: 60), .moreRecords(3)]))
    var now: Int64 = 0
    let held = NodeQuiet(.heldBySecondaries([]))
    for (quiet, isNews) in [
      (pool, true), (pool, false), (pool, false), (others, true), (others, false), (pool, true), (held, true),
      (held, false), (NodeQuiet(.settling), false), (held, false), (NodeQuiet(.quiet(since: time(1))), true),
    ] {
      #expect(watch.step(to: time(now)) { _ in quiet }.isEmpty != isNews, "\(now)")
      now += 1
    }
    watch.follow([], at: time(now))
    watch.follow(["ex1"], at: time(now))
    #expect(watch.step(to: time(now)) { _ in pool }.map(\.node) == ["ex1"])
  }

  @Test("That a zone moves on is no news of a secondary that keeps its copy")
  func newest() throws {
    var watch = QuietWatch()
    watch.follow(["ex1"], at: time(0))
    let zone = try #require(DomainName("x"))
    let secondary = try #require(IPAddress("10.0.0.5"))
    for (second, (serial, newest, isNews)) in [(17, 18, true), (17, 19, false), (17, 20, false), (18, 20, true)]
      .enumerated()
    {
      let hold = SecondaryHold(zone: zone, secondary: secondary, serial: UInt32(serial), newest: UInt32(newest))
      let told = watch.step(to: time(Int64(second))) { _ in NodeQuiet(.heldBySecondaries([hold])) }
      #expect(told.isEmpty != isNews, "\(serial), \(newest)")
    }
  }

  @Test("A node whose hand-outs are not noted is not reported")
  func unknown() {
    var watch = QuietWatch()
    watch.follow(["ex1"], at: time(0))
    #expect(watch.step(to: time(0)) { _ in NodeQuiet(.unknown) }.isEmpty && watch.nextLook == nil)
  }
}
