// The event history of the real daemon: over failures, drains, reloads, kills and restarts.

import DNS
import Foundation
import Linux
import Testing

/// The kinds of what `rondo events --json` printed, in order.
private func kinds(_ lines: [JSON]) -> [String] { lines.compactMap { $0["kind"].string } }

@Suite("Events")
struct EventTests {
  private let checking = "every=300ms timeout=300ms fast=100ms fall=2 rise=1"

  private func events(_ rondo: RunningRondo, _ options: String...) throws -> [JSON] {
    let command = try ChildProcess(rondoBinary, ["events", "--json", "--status", rondo.status] + options)
    let finished = try command.finish()
    #expect(finished.status == 0, "\(finished.errors)")
    return try finished.output.split(separator: "\n").map { try JSON(parsing: String($0)) }
  }

  @Test(
    "A failure, a drain, reloads, a kill and a restart are all there, each once, with reasons; who follows sees them")
  func wholeStory() throws {
    let scratch = try Scratch()
    let nodes = try MailNodes()
    let zone = nodes.zone(checking: checking)
    let killed = try RunningRondo(zone, in: scratch)
    let port = killed.status
    let follower = try ChildProcess(rondoBinary, ["events", "--follow", "--json", "--status", port])
    nodes.second.stop()
    _ = try killed.line { $0.contains(" redundancy-lost ") }
    let drained = try rondo("drain", "ex1", "--force", "--reason", "patch day", "--control", killed.controlPath)
    #expect(drained.status == 0, "\(drained.errors)")
    // The reply has come: the disk has it.
    killed.process.send(SIGKILL)
    _ = try killed.process.finish()

    let second = try RunningRondo(zone, in: scratch, status: port)
    #expect(try rondo("resume", "ex1", "--control", second.controlPath).status == 0)
    try scratch.write(zone + "\nmail MX\n", to: "test.zone")
    #expect(try second.reloadCommand().status == 1)
    try scratch.write(zone, to: "test.zone")
    #expect(try second.reloadCommand().status == 0)
    try nodes.second.start()
    _ = try second.line { $0.contains(" redundancy-regained ") }

    let all = try events(second)
    let order = [
      "start", "ready", "address-down", "pool-members", "redundancy-lost", "node-drained", "start",
      "ended-without-stop",
      "ready", "node-resumed", "reload-refused", "reload-ok", "address-up", "redundancy-regained",
    ]
    var rest = order[...]
    for kind in kinds(all) where kind == rest.first { rest = rest.dropFirst() }
    #expect(rest.isEmpty, "\(rest) of \(kinds(all))")
    let ids = all.compactMap { $0["id"].int }
    #expect(ids.count == all.count && zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
    // The view of the checks is saved once a second: the second process may find out anew what the first had found.
    func first(_ kind: String) throws -> JSON { try #require(all.first { $0["kind"].string == kind }) }
    let down = try first("address-down")
    #expect(down["node"].string == "ex2" && down["reason"].string == "connection refused")
    #expect(down["from"].string == "up" && down["to"].string == "down")
    let drain = try first("node-drained")
    #expect(drain["reason"].string == "patch day" && drain["by"].string?.contains("uid ") == true)
    #expect(try first("reload-refused")["reason"].string?.contains("test.zone:") == true)
    #expect(try kinds(events(second, "--node", "ex1")).contains("node-drained"))
    #expect(try !kinds(events(second, "--node", "ex1")).contains("address-down"))

    try wait(for: "the follower") { follower.output.contains("redundancy-regained") }
    follower.send(SIGINT)
    let followed = try follower.finish()
    #expect(followed.status == 0)
    let seen = try followed.output.split(separator: "\n").compactMap { try JSON(parsing: String($0))["id"].int }
    #expect(zip(seen, seen.dropFirst()).allSatisfy { $0 < $1 }, "each once, in order: \(seen)")
    // What the killed process told last may not have reached the disk.
    let restart = try #require(all.last { $0["kind"].string == "start" }?["id"].int)
    let drainNumber = try #require(drain["id"].int)
    let recorded = try events(second).compactMap { $0["id"].int }
    let lost = Set(seen).subtracting(recorded)
    #expect(lost.allSatisfy { drainNumber < $0 && $0 < restart }, "\(lost)")
    let kept = seen.filter { !lost.contains($0) }
    #expect(kept == Array(recorded.prefix(kept.count)) && kept.count > 10)
  }

  @Test(
    "The reply to a reload comes when its events are on disk: who asked for it, and after that what it means for pools")
  func reloads() throws {
    let nodes = try MailNodes()
    let both = nodes.zone(checking: checking)
    let one = both.replacing("$POOL access ex1 ex2", with: "$POOL access ex1")
    #expect(one != both)
    let rondo = try RunningRondo(both)
    for (number, text) in [one, both, one, both].enumerated() {
      try rondo.scratch.write(text, to: "test.zone")
      #expect(try rondo.reloadCommand().status == 0)
      let file = try String(contentsOfFile: rondo.scratch.file("state/events"), encoding: .utf8)
      #expect(file.split(separator: "\n").count { $0.contains("\treload-ok\t") } == number + 1)
    }
    try rondo.scratch.write(both + "\nmail MX\n", to: "test.zone")
    #expect(try rondo.reloadCommand().status == 1)
    #expect(
      try String(contentsOfFile: rondo.scratch.file("state/events"), encoding: .utf8).contains("\treload-refused\t"))
    let all = try events(rondo)
    let loaded = all.indices.filter { all[$0]["kind"].string == "reload-ok" }
    try #require(loaded.count == 4)
    #expect(loaded.allSatisfy { all[$0]["by"].string?.contains("uid ") == true })
    // A new node is in once its checks have found it healthy; one that goes is out at once.
    for index in [loaded[0], loaded[2]] {
      #expect(all[index + 1]["kind"].string == "pool-members" && all[index + 1]["details"]["out"].string == "ex2")
    }
    #expect(try #require(all.last { $0["kind"].string == "reload-refused" })["by"].string?.contains("uid ") == true)
    try rondo.scratch.write(both, to: "test.zone")
    rondo.process.send(SIGHUP)
    _ = try rondo.line { $0.contains(" reload-ok ") && $0.contains(" by=SIGHUP") }
    // Nothing is kept, so there is nothing to wait for.
    let other = try RunningRondo(both, options: ["--threads", "1"], state: "none")
    #expect(try other.reloadCommand().status == 0)
  }

  @Test("A file that comes to its bound is written anew with the newest events, and numbers go on")
  func bound() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: scratch.file("state"), withIntermediateDirectories: false)
    let filler = String(repeating: "x", count: 400)
    var lines = "rondo-events 1 1764035000000\n"
    var number = 0
    while lines.utf8.count < (2 << 20) - 1_500 {
      number += 1
      lines += "\(number)\t1764035000000\tstopping\tnotice\t-\t-\tcause=\(filler)\n"
    }
    try scratch.write(lines, to: "state/events")
    let rondo = try RunningRondo(MailNodes().zone(checking: checking), in: scratch)
    for _ in 0..<4 {
      for verb in ["drain", "resume"] {
        #expect(try IntegrationTests.rondo(verb, "ex1", "--control", rondo.controlPath).status == 0)
      }
    }
    let size = try #require(FileManager.default.contents(atPath: scratch.file("state/events"))?.count)
    #expect(size < (1 << 20) + 65_536, "written anew")
    let all = try events(rondo)
    #expect(kinds(all).count { $0 == "node-resumed" } == 4)
    #expect(try #require(all.last?["id"].int) > number && #require(all.first?["id"].int) > 1)
    #expect(rondo.log.allSatisfy { !$0.contains(" state-set-aside ") && !$0.contains(" ended-without-stop ") })
  }

  @Test("A history that is torn goes on, one that is damaged is set aside, and one in memory says so")
  func files() throws {
    let scratch = try Scratch()
    let zone = try MailNodes().zone(checking: checking)
    let path = scratch.file("state/events")
    let first = try RunningRondo(zone, in: scratch)
    #expect(try first.stop().status == 0)
    var octets = try #require(FileManager.default.contents(atPath: path))
    octets.removeLast(2)
    try octets.write(to: URL(fileURLWithPath: path))
    let second = try RunningRondo(zone, in: scratch)
    #expect(
      try kinds(events(second)).filter { $0 == "start" || $0 == "history-cut" } == ["start", "start", "history-cut"])
    #expect(try second.stop().status == 0)

    octets = try #require(FileManager.default.contents(atPath: path))
    octets[octets.index(octets.startIndex, offsetBy: 60)] = 0
    try octets.write(to: URL(fileURLWithPath: path))
    let third = try RunningRondo(zone, in: scratch)
    #expect(
      try kinds(events(third)).filter { $0 == "start" || $0 == "state-set-aside" } == ["start", "state-set-aside"])
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.file("state"))
    #expect(names.contains { $0.hasPrefix("events.unusable-") })
    #expect(try third.stop().status == 0)

    let fourth = try RunningRondo(zone, options: ["--threads", "1"], state: "none")
    let shown = try ChildProcess(rondoBinary, ["events", "--status", fourth.status]).finish()
    #expect(shown.status == 0 && shown.output.contains(" starts (process "))
    #expect(shown.errors.contains("only events since its start are known"))
    #expect(try ChildProcess(rondoBinary, ["events", "--status", "127.0.0.1:1"]).finish().status == 3)
  }
}
