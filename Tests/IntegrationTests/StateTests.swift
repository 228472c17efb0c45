// The state directory: a disk that hangs, files that cannot be used, serials over edits, restarts and kills.

import DNS
import Foundation
import Linux
import TestSupport
import Testing

/// Built once for each test: fsync takes `$SLOWSYNC` seconds.
private let slowDisk = """
  #include <stdlib.h>
  #include <time.h>
  static int rest(void) {
    struct timespec time = {atoi(getenv("SLOWSYNC")), 0};
    while (nanosleep(&time, &time)) {}
    return 0;
  }
  int fsync(int fd) { (void)fd; return rest(); }
  int fdatasync(int fd) { (void)fd; return rest(); }

  """

extension Tool {
  static let gcc = Tool("gcc")
}

@Suite("State directory", .enabled(if: Tool.dig.isInstalled))
struct StateTests {
  private let zone = ZoneText.twoNodes

  @Test(
    "With an fsync of ten seconds a dead node is out in time, an order holds at once, and SIGTERM ends it in two seconds",
    .enabled(if: Tool.gcc.isInstalled))
  func slowDiskStopsNothing() throws {
    let scratch = try Scratch()
    let source = try scratch.write(slowDisk, to: "slowsync.c")
    #expect(try Tool.gcc.run(["-shared", "-fPIC", "-o", scratch.file("slowsync.so"), source]).status == 0)
    let nodes = try MailNodes()
    let rondo = try RunningRondo(
      nodes.zone(checking: "every=300ms timeout=300ms fast=100ms fall=2"), in: scratch,
      environment: ["SLOWSYNC=10", "LD_PRELOAD=\(scratch.file("slowsync.so"))"],
      options: ["--threads", "1", "--transfer-allow", "127.0.0.0/8"])
    #expect(try Set(rondo.addresses()) == nodes.addresses)

    let death = ContinuousClock.now
    nodes.second.stop()
    try wait(for: "the dead node to leave") { try rondo.addresses() == [nodes.first.address.description] }
    let failover = ContinuousClock.now - death
    standardError.writeLine("NOTE: with an fsync of 10 s a dead node left the answers after \(failover)")
    #expect(failover < .seconds(3))

    let order = ContinuousClock.now
    let drained = try IntegrationTests.rondo("drain", "ex2", "--control", rondo.controlPath)
    #expect(drained.status == 0)
    #expect(drained.output.contains("it is not on disk yet (the disk has not taken it yet)"))
    #expect(ContinuousClock.now - order < .seconds(8))
    _ = try rondo.line { $0.contains(" state-not-kept reason=\"") && $0.contains("the disk has not taken it for") }

    let end = ContinuousClock.now
    rondo.process.send(SIGTERM)
    #expect(try rondo.process.finish().status == 0)
    #expect(ContinuousClock.now - end < .seconds(3), "two, and something for a machine under load")
  }

  @Test("An order is answered once it is on disk; a full disk is reported")
  func orderKept() throws {
    let rondo = try RunningRondo(zone)
    let drained = try IntegrationTests.rondo("drain", "ex2", "--control", rondo.controlPath)
    #expect(drained.status == 0 && !drained.output.contains("not on disk"))
    let orders = try String(contentsOfFile: rondo.scratch.file("state/admin-states"), encoding: .utf8)
    #expect(orders.contains("drained\tex2\t"))
    // A folder in the place of the file cannot be replaced, as little as a file on a full disk.
    try FileManager.default.removeItem(atPath: rondo.scratch.file("state/admin-states"))
    try FileManager.default.createDirectory(
      atPath: rondo.scratch.file("state/admin-states/x"), withIntermediateDirectories: true)
    let resumed = try IntegrationTests.rondo("resume", "ex2", "--control", rondo.controlPath)
    #expect(resumed.status == 0 && resumed.output.contains("a restart before then loses it"))
    _ = try rondo.line { $0.contains(" state-not-kept reason=\"admin-states: ") }
    try FileManager.default.removeItem(atPath: rondo.scratch.file("state/admin-states"))
    _ = try rondo.line { $0.contains(" state-kept-again file=admin-states") }
    let resumedOrders = try String(contentsOfFile: rondo.scratch.file("state/admin-states"), encoding: .utf8)
    #expect(resumedOrders.hasPrefix("rondo-admin-states 2\nfinished\tex2\t") && resumedOrders.hasSuffix("\nend 1\n"))
  }

  @Test("In service the descriptors stay the same, and while a state file is written there are at most two more")
  func descriptors() throws {
    let rondo = try RunningRondo(zone)
    let before = try rondo.descriptors()
    var others: Set<String> = []
    for verb in ["drain", "resume", "drain", "resume"] {
      let command = try ChildProcess(rondoBinary, [verb, "ex2", "--control", rondo.controlPath])
      while command.isRunning {
        let more = try rondo.openDescriptors().filter { !before.contains($0) && !$0.hasPrefix("socket:") }
        #expect(more.count <= 2)
        others.formUnion(more)
      }
      #expect(try command.finish().status == 0)
    }
    #expect(try rondo.reloadCommand().status == 0)
    #expect(try rondo.addresses().count == 2)
    try wait(for: "the descriptors to be those of before") { try rondo.descriptors() == before }
    #expect(others.allSatisfy { $0.hasPrefix(rondo.scratch.file("state")) }, "\(others)")
  }

  @Test("Files that cannot be used get a dated name and are reported, and leftovers of killed writes go")
  func unusableFiles() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: scratch.file("state"), withIntermediateDirectories: false)
    try scratch.write("rondo-admin-states 9\nsomething new\n", to: "state/admin-states")
    try scratch.write("rondo-health 1\nsaved x\n", to: "state/health")
    #expect(unsafe mkfifo(scratch.file("state/serials"), 0o600) == 0)
    try scratch.write("half", to: "state/admin-states.17.new")
    try scratch.write("notes of mine", to: "state/admin-states.new")
    let rondo = try RunningRondo(zone, in: scratch, options: ["--threads", "1", "--transfer-allow", "127.0.0.0/8"])
    for file in ["admin-states", "health", "serials"] {
      _ = try rondo.line { $0.contains(" state-set-aside file=\(file) renamed=\(file).unusable-20") }
    }
    let status = try rondo.statusCommand()
    #expect(status.status == 1 && status.output.contains("the state file admin-states was unusable at the start"))
    let serial = try #require(try Int(rondo.dig("+short", "it.example", "SOA").split(separator: " ")[2]))
    #expect(serial > 7 + 60_000, "nobody knows what was served before, so nothing below is")
    #expect(try rondo.stop().status == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.file("state")).sorted()
    let kinds = names.map { String($0.replacing("unusable-20", with: "?").split(separator: "?")[0]) }.sorted()
    #expect(
      kinds == ["admin-states.", "admin-states.new", "events", "hand-outs", "health", "health.", "serials", "serials."])
    let aside = try #require(names.first { $0.hasPrefix("admin-states.unusable") })
    let kept = try String(contentsOfFile: scratch.file("state/\(aside)"), encoding: .utf8)
    #expect(kept.hasPrefix("rondo-admin-states 9"))
  }

  @Test(
    "Four contents, each with the serial raised by one, a kill and a change while it is down: each has a serial of its own"
  )
  func serials() throws {
    func content(_ number: Int) -> String {
      zone.replacing("( 7 ", with: "( \(number) ") + (1..<number).map { "x\($0) A 192.0.2.\($0)\n" }.joined()
    }
    let options = ["--threads", "1", "--transfer-allow", "127.0.0.0/8"]
    let scratch = try Scratch()
    let rondo = try RunningRondo(content(1), in: scratch, options: options)
    func serial(_ rondo: RunningRondo) throws -> Int {
      try #require(try Int(rondo.dig("+short", "it.example", "SOA").split(separator: " ")[2]))
    }
    var serials = [try serial(rondo)]
    #expect(serials == [1])
    for number in 2...4 {
      _ = try IntegrationTests.rondo("drain", "ex1", "--force", "--control", rondo.controlPath)
      serials.append(try serial(rondo))
      _ = try IntegrationTests.rondo("resume", "ex1", "--control", rondo.controlPath)
      serials.append(try serial(rondo))
      try scratch.write(content(number), to: "test.zone")
      #expect(try rondo.reloadCommand().status == 0)
      serials.append(try serial(rondo))
    }
    rondo.process.send(SIGKILL)
    _ = try rondo.process.finish()
    let killed = try RunningRondo(content(4) + "y A 192.0.2.9\n", in: scratch, options: options)
    serials.append(try serial(killed))
    _ = try killed.stop()
    let calm = try RunningRondo(content(4) + "y A 192.0.2.9\n", in: scratch, options: options)
    #expect(try serial(calm) == serials.last, "an end in good order moves nothing")
    #expect(serials == serials.sorted() && Set(serials).count == serials.count, "\(serials)")
  }
}
