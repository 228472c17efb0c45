// A patch day, again and again: TTLs, load and moments are drawn, a node is drained while clients reach it through unbound
// and BIND, and the last new connection must come before the time that Rondo announced, which must not be later than needed.
// On some days Rondo is killed in between, and on some somebody waits with `rondo quiet --wait`.
//
// scripts/patch-day runs it as often as is wanted ($RONDO_PATCH_DAY) from a seed ($RONDO_PATCH_DAY_SEED).

import DNS
import Foundation
import Linux
import TestSupport
import Testing

private let isPossible =
  Namespace.canBeMade
  && areInstalled([.unbound, Tool("named"), .nginx, .postfix, .openssl, .tcpdump], for: "patch days")

private let runs = ProcessInfo.processInfo.environment["RONDO_PATCH_DAY"].flatMap(Int.init) ?? 2
/// Of two days that nobody has asked for by number, Rondo is killed on the second.
private let firstSeed =
  ProcessInfo.processInfo.environment["RONDO_PATCH_DAY_SEED"].flatMap(UInt64.init) ?? .random(in: 0..<250_000) * 4 + 2

/// By how many seconds the announced time may be later than needed: 2 s, and the moment from the wire to the note of it.
private let latest = 2.05

/// What is drawn for one patch day.
private struct PatchDayPlan: CustomStringConvertible {
  let seed: UInt64
  let mailTTL: Int
  let webTTL: Int
  let exchangerTTL: Int
  let load: PatchDayLoad
  /// From the first client to the drain, in milliseconds.
  let drainAfter: Int
  /// From the drain to a SIGKILL of Rondo, in milliseconds; nil on most days.
  let killAfter: Int?
  /// How long Rondo is away then.
  let absence: Int
  /// `prefixes` keeps networks only; what is announced must not differ.
  let ledger: String
  let threads: Int
  /// Whether somebody waits with `rondo quiet --wait`.
  let waits: Bool

  init(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    self.seed = seed
    mailTTL = Int.random(in: 2...8, using: &random)
    webTTL = Int.random(in: 2...8, using: &random)
    exchangerTTL = Int.random(in: 2...8, using: &random)
    load = PatchDayLoad(
      clients: Int.random(in: 2...12, using: &random), longestPause: random.pick([20, 100, 400, 1_000]))
    drainAfter = Int.random(in: 500...6_000, using: &random)
    let killAfter = Int.random(in: 0...4_000, using: &random)
    self.killAfter = seed % 4 == 3 ? killAfter : nil
    absence = Int.random(in: 0...2_000, using: &random)
    ledger = random.pick(["full", "prefixes"])
    threads = Int.random(in: 1...3, using: &random)
    waits = seed % 4 == 1
  }

  var longestTTL: Int { max(mailTTL, webTTL, exchangerTTL) }

  var description: String {
    "seed \(seed): TTLs mail \(mailTTL), web \(webTTL), MX \(exchangerTTL) s; \(load.clients) clients, pauses up to "
      + "\(load.longestPause) ms; \(threads) threads, --ledger \(ledger); drain after \(drainAfter) ms"
      + (killAfter.map { ", SIGKILL \($0) ms after it for \(absence) ms" } ?? "") + (waits ? ", --wait" : "")
  }
}

/// What has come of it; times in seconds since 1970.
private struct PatchDayOutcome: CustomStringConvertible {
  let announced: Double
  /// The last copy of the node's address that Rondo sent, and its TTL later.
  let needed: Double
  let drained: Double
  /// The last connection to the node that was begun, as its own host saw it.
  let lastConnection: Double?
  let connectionsAfterDrain: Int
  let connections: Int
  /// When `rondo quiet --wait` returned; nil if nobody waited.
  let returned: Double?

  var description: String {
    func after(_ time: Double) -> String { (time - drained).formatted(.number.precision(.fractionLength(2))) }
    return "\(connections) connections to both, \(connectionsAfterDrain) to ex1 after its drain, the last "
      + "\(lastConnection.map(after) ?? "-") s after it; quiet announced for \(after(announced)) s, needed \(after(needed)) s"
      + (returned.map { "; --wait returned after \(after($0)) s" } ?? "")
  }
}

@Suite("Patch days", .enabled(if: isPossible), .serialized)
struct PatchDayTests {
  @Test("The last new connection to a drained node comes before the announced time, and that is not later than needed")
  func patchDays() throws {
    let world = try PatchDayWorld()
    var reached = 0
    for seed in firstSeed..<firstSeed + UInt64(runs) {
      let plan = PatchDayPlan(seed: seed)
      let outcome = try patchDay(plan, in: world)
      standardError.writeLine("patch day \(plan): \(outcome)")
      reached += outcome.connectionsAfterDrain
      if let last = outcome.lastConnection { #expect(last < outcome.announced, "\(plan): \(outcome)") }
      #expect(outcome.announced >= outcome.needed, "announced too early; \(plan): \(outcome)")
      #expect(outcome.announced <= outcome.needed + latest, "announced later than needed; \(plan): \(outcome)")
      if let returned = outcome.returned {
        // It asks once a second.
        #expect((outcome.announced...outcome.announced + 2).contains(returned), "\(plan): \(outcome)")
      }
      #expect(outcome.connections > 0, "\(plan)")
    }
    #expect(runs < 10 || reached > 0, "no client ever came to a drained node: nothing was shown")
  }

  private func patchDay(_ plan: PatchDayPlan, in world: PatchDayWorld) throws -> PatchDayOutcome {
    let zone = world.zone(mail: plan.mailTTL, web: plan.webTTL, exchanger: plan.exchangerTTL)
    let scratch = try Scratch()
    let node = world.nodes[0].address
    let answers = try PacketCapture(on: world.rondo, "src host \(world.rondo.address) and src port 53")
    let connections = try PacketCapture(
      on: world.nodes[0], "dst host \(node) and not src host \(world.rondo.address) and tcp[tcpflags] & tcp-syn != 0")
    var rondo = try start(zone, plan, in: scratch, world)
    let resolvers = try PatchDayResolvers(of: world)
    let clients = PatchDayClients(plan.load, on: world.clients, asking: resolvers.endpoints, seed: plan.seed)
    sleep(for: .milliseconds(plan.drainAfter))
    let drain = try run("drain", "ex1", "--reason", "patch day", at: rondo)
    let drained = Date().timeIntervalSince1970
    var announced = try #require(AnnouncedQuiet(drain.output)?.time(after: drained), "\(drain)")
    let waiting = plan.waits ? try command(["quiet", "ex1", "--wait"], at: rondo) : nil
    if let killAfter = plan.killAfter {
      sleep(for: .milliseconds(killAfter))
      rondo.process.send(SIGKILL)
      _ = try rondo.process.finish()
      sleep(for: .milliseconds(plan.absence))
      rondo = try start(zone, plan, in: scratch, world)
      let quiet = try run("quiet", "ex1", at: rondo)
      #expect(quiet.output.contains("patch day"), "the drain is forgotten: \(quiet)")
      announced = try #require(AnnouncedQuiet(quiet.output)?.time(after: drained), "\(quiet)")
    }
    // `rondo quiet` agrees, before and after.
    let now = Date().timeIntervalSince1970
    if now + 1 < announced { #expect(try run("quiet", "ex1", at: rondo).status == 1) }
    sleep(for: .milliseconds(Int(max(0, announced - now) * 1_000)))
    let quiet = try run("quiet", "ex1", at: rondo)
    #expect(quiet.status == 0 && quiet.output.contains("quiet since "), "\(plan): \(quiet)")
    var returned: Double?
    if let waiting {
      let result = try waiting.finish()
      returned = Date().timeIntervalSince1970
      #expect(result.status == 0 && result.output.contains("quiet since "), "\(plan): \(result)")
    }
    // Whoever still had an address would show up now.
    sleep(for: .seconds(plan.longestTTL > 4 ? 3 : 2))
    let (visits, _) = try clients.finish()
    let begun = try connections.finish().filter { $0.flags & 0x12 == 0x02 }.map(\.time)
    let sent = try answers.finish()
    return PatchDayOutcome(
      announced: announced, needed: try expiry(of: node, in: sent), drained: drained, lastConnection: begun.last,
      connectionsAfterDrain: begun.count { $0 > drained }, connections: visits.count, returned: returned)
  }

  private func start(
    _ zone: String, _ plan: PatchDayPlan, in scratch: Scratch, _ world: PatchDayWorld
  ) throws -> RunningRondo {
    try RunningRondo(
      zone, listen: ["\(world.rondo.address):53"], in: scratch, on: world.rondo.namespace,
      environment: ["env", "TZ=UTC"], options: ["--threads", "\(plan.threads)", "--ledger", plan.ledger])
  }

  /// When the last copy of the address that was sent expires.
  private func expiry(of node: IPAddress, in packets: [CapturedPacket]) throws -> Double {
    var latest = 0.0
    for packet in packets where !packet.payload.isEmpty {
      let message = try #require(packet.message, "a reply that cannot be read")
      for record in message.answers + message.authorities + message.additionals
      where record.type == "A" && record.data == "\(node)" {
        latest = max(latest, packet.time + Double(record.ttl))
      }
    }
    return latest
  }
}

/// Starts a command of rondo against a daemon, in UTC.
private func command(_ words: [String], at rondo: RunningRondo) throws -> ChildProcess {
  try ChildProcess(["env", "TZ=UTC", rondoBinary] + words + ["--control", rondo.controlPath])
}

private func run(_ words: String..., at rondo: RunningRondo) throws -> Finished {
  try command(words, at: rondo).finish()
}

/// `quiet at 13:59:03 UTC`, `quiet since 2026-11-24 13:59 UTC`: whole seconds, with the date on another day only.
private struct AnnouncedQuiet {
  private let secondOfDay: Double

  init?(_ output: String) {
    guard
      let match = output.firstMatch(of: /quiet (?:at|since) (?:\d{4}-\d\d-\d\d )?(\d\d):(\d\d)(?::(\d\d))? UTC/)
    else { return nil }
    let fields = [match.1, match.2, match.3 ?? "0"].map { Double($0) ?? 0 }
    secondOfDay = fields[0] * 3_600 + fields[1] * 60 + fields[2]
  }

  /// The first such time that is not long before `time`.
  func time(after time: Double) -> Double {
    let day = (time / 86_400).rounded(.down) * 86_400
    return secondOfDay + day < time - 43_200 ? day + 86_400 + secondOfDay : day + secondOfDay
  }
}
