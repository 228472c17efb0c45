// Maintenance windows against a running daemon: planned, begun, overdue, over; killed in the middle, and reloaded.

import DNS
import Foundation
import Linux
import Testing

@Suite("rondo drain --at, may-drain, maintenance", .enabled(if: Tool.dig.isInstalled && Tool.curl.isInstalled))
struct MaintenanceTests {
  private let nodes: MailNodes
  private var first: String { nodes.first.address.description }
  private var second: String { nodes.second.address.description }

  init() throws { nodes = try MailNodes() }

  private var zone: String { nodes.zone(checking: "every=200ms timeout=200ms fall=2 rise=2") }

  private func run(_ rondo: RunningRondo, _ arguments: String...) throws -> Finished {
    try ChildProcess(
      "/usr/bin/env",
      ["-u", "SUDO_USER", "-u", "DOAS_USER", "TZ=UTC", rondoBinary] + arguments + ["--control", rondo.controlPath]
    ).finish()
  }

  private func start(_ zone: String, in scratch: Scratch? = nil) throws -> RunningRondo {
    try RunningRondo(zone, in: scratch, environment: ["env", "TZ=UTC"])
  }

  /// A time of day so many seconds from now, in UTC.
  private func time(in seconds: Int64) -> String {
    let moment = CivilTime(unixSeconds: WallClock.now() + seconds)
    return "\(moment.dateText)T\(moment.clockText)Z"
  }

  private func maintenance(_ rondo: RunningRondo) throws -> JSON {
    try JSON(parsing: IntegrationTests.rondo("maintenance", "--json", "--status", rondo.status).output)
  }

  @Test("A planned window begins by itself, is overdue while the checks fail, and ends by itself when they pass")
  func life() throws {
    let rondo = try start(zone)
    let planned = try run(
      rondo, "drain", "ex1", "--at", time(in: 2), "--for", "2s", "--reason", "patch day", "--by", "job")
    #expect(planned.status == 0 && planned.output.hasPrefix("Planned: ex1 from "), "\(planned.errors)")
    #expect(
      planned.output.hasSuffix(
        "\nIt begins by itself if the pools can then spare the node, and ends by itself once the checks pass.\n"))
    #expect(Set(try rondo.addresses()) == nodes.addresses)
    #expect(try maintenance(rondo)["planned"][0]["reason"].string == "patch day")
    #expect(try rondo.statusJSON()["nodes"][0]["planned_windows"][0]["node"].string == "ex1")

    let begun = try rondo.line { $0.contains(" node-drained node=ex1 ") }
    #expect(begun.hasSuffix(" planned=yes") && begun.contains("reason=\"patch day\" until="))
    try wait(for: "the second alone") { try rondo.addresses() == [second] }
    nodes.first.stop()
    let overdue = try rondo.line { $0.contains(" drain-overdue node=ex1 ") }
    #expect(overdue.contains(" warning ") && overdue.contains("because=\"port at \(first): "))
    let status = try rondo.statusCommand()
    #expect(status.status == 1 && status.output.hasPrefix("WARNING: drained for "), "\(status.output)")
    #expect(status.output.contains(" longer than planned: ex1 (port at \(first): "))
    #expect(try rondo.addresses() == [second])
    #expect(try rondo.statusJSON()["nodes"][0]["admin_state"]["overdue_since"].string != nil)

    try nodes.first.start()
    let ended = try rondo.line { $0.contains(" node-resumed node=ex1 ") }
    #expect(ended.contains("by=\"the end of the window\"") && ended.contains(" overdue_s="))
    try wait(for: "both") { Set(try rondo.addresses()) == nodes.addresses }
    #expect(try rondo.statusCommand().status == 0)
    let past = try maintenance(rondo)["past"][0]
    #expect(past["outcome"].string == "ended" && past["by"].string == "the end of the window")
    let table = try IntegrationTests.rondo("maintenance", "--status", rondo.status)
    #expect(
      table.status == 0 && table.output.hasPrefix("0 nodes drained, 0 windows planned, 1 over in the past fortnight\n"))
  }

  @Test("Killed in the middle and started again, nothing is forgotten: what is drained, planned, and missed meanwhile")
  func killed() throws {
    let scratch = try Scratch()
    var rondo = try start(zone, in: scratch)
    #expect(try run(rondo, "drain", "ex1", "--for", "1h", "--reason", "disk").status == 0)
    #expect(try run(rondo, "drain", "ex2", "--at", time(in: 7_200), "--for", "2h").status == 0)
    rondo.process.send(SIGKILL)
    _ = try rondo.process.finish()
    rondo = try start(zone, in: scratch)
    #expect(try rondo.addresses() == [second])
    let json = try maintenance(rondo)
    #expect(json["now"][0]["node"].string == "ex1" && json["now"][0]["until"].string != nil)
    #expect(json["planned"][0]["node"].string == "ex2")
    #expect(try run(rondo, "resume", "ex1").output.hasSuffix("checks decide again. Answered now: access: ex1 ex2.\n"))

    // One window is over when it comes back; the other has begun by then, and holds from the first answer on.
    #expect(try run(rondo, "drain", "ex1", "--at", time(in: 4), "--for", "1s").status == 0)
    #expect(try run(rondo, "drain", "ex1", "--at", time(in: 7), "--for", "1h").status == 0)
    rondo.process.send(SIGKILL)
    _ = try rondo.process.finish()
    sleep(for: .seconds(8))
    rondo = try start(zone, in: scratch)
    #expect(try rondo.addresses() == [second])
    _ = try rondo.line { $0.contains(" window-missed node=ex1 ") }
    #expect(try maintenance(rondo)["past"][0]["outcome"].string == "missed")
    #expect(try run(rondo, "resume", "ex2").output.contains("\nStill planned: ex2 from "))
    let cancelled = try run(rondo, "resume", "ex1", "ex2", "--planned")
    #expect(cancelled.output.hasPrefix("Cancelled: ex2 from ") && cancelled.output.contains("\nex1 stays drained by "))
    #expect(try maintenance(rondo)["planned"].array.count == 0)
  }

  @Test("Overlaps are refused with pool, node and author; forced, the window begins although nobody else is left")
  func overlaps() throws {
    let rondo = try start(zone)
    #expect(try run(rondo, "drain", "ex2", "--at", time(in: 3_600), "--for", "1h", "--by", "bert").status == 0)
    let refused = try run(rondo, "drain", "ex1", "--at", time(in: 5_400), "--for", "1h")
    #expect(refused.status == 1 && refused.errors.contains("pool access would have 0 nodes in IPv4 from "))
    #expect(refused.errors.contains(" on, and needs 1: ex2 has a window of bert ("), "\(refused.errors)")
    let open = try run(rondo, "drain", "ex1")
    #expect(open.status == 1 && open.errors.contains("Give the drain an end before that"), "\(open.errors)")
    #expect(try run(rondo, "drain", "ex1", "--for", "10m").status == 0)
    let both = try run(rondo, "drain", "ex1", "ex2", "--for", "10m")
    #expect(both.status == 1 && both.errors.hasPrefix("rondo: ex1, ex2 were not drained: without them, "))
    #expect(try rondo.addresses() == [second], "all or none")

    // ex1 is out: a window of ex2 is held back, and a forced one is not.
    #expect(try run(rondo, "resume", "ex2", "--planned").status == 0)
    let beside = try run(rondo, "drain", "ex2", "--at", time(in: 60), "--for", "4s")
    #expect(beside.status == 1, "\(beside)")
    #expect(try run(rondo, "drain", "ex1", "--until", time(in: 2)).status == 0)
    #expect(try run(rondo, "drain", "ex2", "--at", time(in: 4), "--for", "3s").status == 0)
    nodes.first.stop()
    _ = try rondo.line { $0.contains(" window-held-back node=ex2 ") }
    #expect(try rondo.statusCommand().output.contains("window-held-back"))
    _ = try rondo.line { $0.contains(" window-missed node=ex2 ") }
    #expect(try run(rondo, "drain", "ex2", "--at", time(in: 1), "--for", "30s", "--force").status == 0)
    _ = try rondo.line { $0.contains(" node-drained node=ex2 ") && $0.hasSuffix("planned=yes") }
    try wait(for: "drained nodes that work") { try rondo.addresses() == [second] }
  }

  @Test("may-drain says yes and no with its exit status, and changes nothing")
  func mayDrain() throws {
    let rondo = try start(zone)
    let yes = try run(rondo, "may-drain", "ex1", "--for", "1h")
    #expect(yes.status == 0 && yes.output.hasPrefix("yes: ex1 may be drained now until "), "\(yes.output)\(yes.errors)")
    #expect(yes.output.hasSuffix(".\n  pool access keeps 1 stable node in IPv4 (ex2), and needs 1\n"))
    let no = try run(rondo, "may-drain", "ex1", "ex2")
    #expect(no.status == 1 && no.errors.isEmpty)
    #expect(
      no.output
        == "no: ex1, ex2 should not be drained now, without an end.\n"
        + "  pool access would have 0 stable nodes in IPv4, and needs 1: it has no other node to spare\n")
    #expect(Set(try rondo.addresses()) == nodes.addresses)
    #expect(try run(rondo, "may-drain", "exx").errors == "rondo: there is no node \"exx\"; did you mean \"ex1\"?\n")
    #expect(try IntegrationTests.rondo("may-drain", "ex1", "--control", "/nowhere").status == 3)
    #expect(try IntegrationTests.rondo("may-drain", "ex1", "--at", "18:00").status == 2)
  }

  @Test("A reload that removes a node drops its window; a forced state ends at its end")
  func reload() throws {
    let rondo = try start(zone)
    #expect(try run(rondo, "drain", "ex1", "--at", time(in: 3_600), "--for", "1h").status == 0)
    #expect(try run(rondo, "force", "ex2", "down", "--for", "2s").status == 0)
    #expect(try rondo.addresses() == [first])
    _ = try rondo.line { $0.contains(" node-resumed node=ex2 was=forced-down by=\"the end of the window\"") }
    try wait(for: "both") { Set(try rondo.addresses()) == nodes.addresses }
    try rondo.scratch.write(zone.replacing("ex1", with: "ex9"), to: "test.zone")
    #expect(try rondo.reloadCommand().status == 0)
    _ = try rondo.line { $0.hasSuffix(" admin-state-dropped node=ex1") }
    let json = try maintenance(rondo)
    #expect(json["planned"].array.count == 0 && json["past"][0]["outcome"].string == "dropped")
  }
}
