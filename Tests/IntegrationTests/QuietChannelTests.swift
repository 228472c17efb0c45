// How far a drained node is on its way to be quiet: page, JSON, metrics, `rondo status`, `explain`, `quiet`, `events` and
// the log of the real binary say the same, in the same words.

import Foundation
import Testing

/// What one daemon says of ex1, which an operator has taken out, on all its channels.
private struct Channels {
  private let rondo: RunningRondo
  let quiet: JSON
  let words: String

  /// Waits until the node is as far as `state` says, and looks whether all channels agree.
  init(_ rondo: RunningRondo, state: String) throws {
    self.rondo = rondo
    try wait(for: "ex1 to be \(state)") { try rondo.statusJSON()["nodes"][0]["quiet"]["state"].string == state }
    let node = try rondo.statusJSON()["nodes"][0]
    quiet = node["quiet"]
    words = try #require(quiet["text"].string)
    let admin = try #require(node["admin_state"]["text"].string)

    let told = try IntegrationTests.rondo("quiet", "ex1", "--control", rondo.controlPath)
    #expect(told.output.split(separator: "\n").first == "ex1: \(admin); \(words)")
    #expect(told.status == (state == "quiet" ? 0 : 1))
    let status = try rondo.statusCommand().output
    #expect(status.split(separator: "\n").contains { $0.hasPrefix("ex1 ") && $0.hasSuffix("  \(words)") }, "\(status)")
    let explained = try IntegrationTests.rondo("explain", "mail.it.example", "A", "--control", rondo.controlPath)
    #expect(
      explained.output.contains("         \(admin), whatever its checks say\n           \(words)\n"),
      "\(explained.output)")
    let page = try ChildProcess(["curl", "-sS", "http://\(rondo.status)/still"]).finish().output
    #expect(page.contains("<span class=\"caches\">\(words)"))
    let clause = admin.split(separator: " by ", maxSplits: 1).last ?? "?"
    #expect(page.contains(" by \(clause), <time"))
    try compareMetrics(isKnown: state != "unknown")
  }

  private func compareMetrics(isKnown: Bool) throws {
    let metrics = try ChildProcess(["curl", "-sS", "http://\(rondo.status)/metrics"]).finish().output
    func sample(_ name: String) -> Int? {
      metrics.split(separator: "\n").first { $0.hasPrefix("\(name){node=\"ex1\"} ") }
        .flatMap { Int($0.split(separator: " ")[1]) }
    }
    func seconds(_ member: String) throws -> Int? {
      try quiet[member].string.map { text in
        Int(try Date(text, strategy: .iso8601).timeIntervalSince1970)
      }
    }
    #expect(sample("rondo_node_quiet") == (isKnown ? (quiet["state"].string == "quiet" ? 1 : 0) : nil))
    #expect(try sample("rondo_node_quiet_timestamp_seconds") == seconds("at"))
    #expect(try sample("rondo_node_last_handed_out_timestamp_seconds") == seconds("last_handed_out"))
  }

  /// Looks whether log and events have it, too; the log by its facts, events in words with their dates.
  func expectEvent(_ kind: String) throws {
    let line = try rondo.line { $0.contains(" \(kind) node=ex1 ") && $0.contains(facts) }
    #expect(line.contains("last_handed_out=") == (quiet["last_handed_out"].string != nil))
    let events = try ChildProcess(rondoBinary, ["events", "--status", rondo.status]).finish().output
    let undated = events.replacing(#/\d{4}-\d\d-\d\d (\d\d:\d\d:\d\d)/#) { String($0.output.1) }
    // Who asked last is forgotten with the last copy.
    let words = words.replacing(#/ to [\d.]+;/#, with: ";")
    #expect(undated.replacing(#/ to [\d.]+;/#, with: ";").contains("  ex1: \(words)\n"), "\(words)\n\(events)")
  }

  private var facts: String {
    switch quiet["state"].string {
    case "quiet": "since=\(quiet["at"].string ?? "?")"
    case "waiting": "quiet_at=\(quiet["at"].string ?? "?")"
    case "served": "served_by=\"\(quiet["served_by"][0].string ?? "?")"
    case "held": "held_by=\"\(quiet["held_by"][0].string ?? "?")\""
    default: "?"
    }
  }
}

@Suite("What all channels say of a drained node", .enabled(if: Tool.dig.isInstalled && Tool.curl.isInstalled))
struct QuietChannelTests {
  private let nodes: MailNodes

  init() throws { nodes = try MailNodes() }

  private func zone(ttl: Int, _ records: String = "") -> String {
    nodes.zone(checking: "every=200ms timeout=200ms fall=2 rise=2")
      .replacingOccurrences(of: "mail 60 ROTATE", with: "mail \(ttl) ROTATE") + records
  }

  private func drain(_ rondo: RunningRondo) throws {
    #expect(Set(try rondo.addresses()) == nodes.addresses)
    let drained = try IntegrationTests.rondo(
      "drain", "ex1", "--for", "2h", "--reason", "patch day", "--control", rondo.controlPath)
    #expect(drained.status == 0, "\(drained.errors)")
  }

  @Test("Caches have it; after a kill and a start that is as before; and forced down instead of drained")
  func waiting() throws {
    let scratch = try Scratch()
    let killed = try RunningRondo(zone(ttl: 600), in: scratch)
    try drain(killed)
    let before = try Channels(killed, state: "waiting")
    try before.expectEvent("node-not-quiet")
    let words = before.words
    #expect(words.contains(#/^last handed out \d\d:\d\d:\d\d \S+ to 127\.0\.0\.1; quiet at /#), "\(words)")
    let file = scratch.file("state/hand-outs")
    try wait(for: "the file") { (try? String(contentsOfFile: file, encoding: .utf8).contains("\nquiet\t")) ?? false }
    killed.process.send(SIGKILL)
    _ = try killed.process.finish()

    let rondo = try RunningRondo(zone(ttl: 600), in: scratch)
    let after = try Channels(rondo, state: "waiting")
    try after.expectEvent("node-not-quiet")
    #expect(after.quiet["at"].string == before.quiet["at"].string)
    #expect(after.words.hasPrefix("not handed out since the start; quiet at "), "\(after.words)")

    let forced = try IntegrationTests.rondo("force", "ex1", "down", "--control", rondo.controlPath)
    #expect(forced.status == 0)
    #expect(try Channels(rondo, state: "waiting").quiet["at"].string == before.quiet["at"].string)
  }

  @Test("Nobody has it any more")
  func quiet() throws {
    let rondo = try RunningRondo(zone(ttl: 1))
    try drain(rondo)
    try Channels(rondo, state: "quiet").expectEvent("node-quiet")
  }

  @Test("A static record still hands it out")
  func served() throws {
    let rondo = try RunningRondo(zone(ttl: 1, "\nold 60 A \(nodes.first.address)\n"))
    try drain(rondo)
    let channels = try Channels(rondo, state: "served")
    try channels.expectEvent("node-not-quiet")
    #expect(channels.words.hasPrefix("still handed out by old.it.example A (static record, "), "\(channels.words)")
  }

  @Test("A secondary holds it until it has fetched the zone again")
  func held() throws {
    let rondo = try RunningRondo(zone(ttl: 1), options: ["--threads", "1", "--transfer-allow", "127.0.0.0/8"])
    #expect(try rondo.dig("it.example", "AXFR").contains("SOA"))
    try drain(rondo)
    let channels = try Channels(rondo, state: "held")
    try channels.expectEvent("node-not-quiet")
    #expect(channels.words.contains("; held by 127.0.0.1 (it.example: serial "), "\(channels.words)")
    #expect(try rondo.dig("it.example", "AXFR").contains("SOA"))
    try Channels(rondo, state: "quiet").expectEvent("node-quiet")
  }

  @Test("With --ledger off it is not known")
  func off() throws {
    let rondo = try RunningRondo(zone(ttl: 1), options: ["--threads", "1", "--ledger", "off"])
    try drain(rondo)
    #expect(try Channels(rondo, state: "unknown").words == "not known who has its address (--ledger off)")
    #expect(!rondo.log.contains { $0.contains("-quiet ") })
  }
}
