// Who witnesses for whom, against the rule written down plainly: over all hosts, each time anew.

import DNS
import Model
import TestSupport
import Testing

@testable import Health

struct WitnessTests {
  /// What the guard hears, kept without any thought of cost.
  private struct Plain {
    var host: IsolationGuard.Host
    var heard: MonotonicTime?
    var silentSince: MonotonicTime?

    var isInTouch: Bool { heard != nil && silentSince == nil }
  }

  @Test("Whom to ask and whether one has told follow the rule", arguments: 1...60 as ClosedRange<UInt64>)
  func rule(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let references = Int.random(in: 0...2, using: &random)
    var all = (0..<Int.random(in: 1...9, using: &random)).map { number in
      Plain(
        host: IsolationGuard.Host(
          address: IPAddress(ipv4: 10, 0, 0, UInt8(number)), site: ["nord", "sued", nil][number % 3],
          isReference: number < references))
    }
    var guardian = IsolationGuard()
    guardian.watch(all.map(\.host), slowestTurn: .seconds(8))
    var now = MonotonicTime.at(.seconds(100))
    for step in 0..<400 {
      now = now + .milliseconds(Int.random(in: 0...900, using: &random))
      let index = Int.random(in: all.indices, using: &random)
      if random.chance(0.6) {
        let started = now + .milliseconds(-Int.random(in: 0...500, using: &random))
        _ = guardian.recordContact(with: all[index].host.address, startedAt: started)
        all[index].heard = max(all[index].heard ?? started, started)
        all[index].silentSince = nil
      } else {
        if all[index].isInTouch { all[index].silentSince = now }
        _ = guardian.recordSilence(of: all[index].host.address, at: now)
      }
      if random.chance(0.02) { guardian.watch(all.map(\.host), slowestTurn: .seconds(8)) }
      let asker = Int.random(in: all.indices, using: &random)
      let since = now + .milliseconds(-Int.random(in: 0...2_000, using: &random))
      let witnesses = witnesses(of: all, beside: asker, since, guardian.patience)
      let place = "seed \(seed), step \(step)"
      let address = all[asker].host.address
      #expect(
        guardian.isWitnessed(address, silentSince: since)
          == (!guardian.reachability.isIsolated && witnesses.contains { $0.heard.map { $0 >= since } ?? false }),
        "\(place)")
      #expect(
        Set(guardian.witnessesToAsk(beside: address, silentSince: since)).isSubset(of: witnesses.map(\.host.address)),
        "\(place)")
      expectBest(
        guardian.witnessesToAsk(beside: address, silentSince: since).compactMap { chosen in
          witnesses.first { $0.host.address == chosen }
        }, of: witnesses.filter(\.isInTouch), for: all[asker].host.site, place)
      if !guardian.reachability.isIsolated, now - since <= guardian.patience {
        #expect(
          (guardian.ruling(on: address, silentSince: since, at: now) == .withhold)
            == (!witnesses.isEmpty && !guardian.isWitnessed(address, silentSince: since)), "\(place)")
      }
    }
  }

  private func witnesses(of all: [Plain], beside asker: Int, _ since: MonotonicTime, _ patience: Duration) -> [Plain] {
    let able = all.indices.filter { $0 != asker }.map { all[$0] }.filter {
      $0.isInTouch || $0.silentSince.map { since - $0 <= patience } ?? false
    }
    let references = able.filter(\.host.isReference)
    return references.isEmpty ? able : references
  }

  /// The chosen are as many as there can be, and nobody is left out who comes before one of them.
  private func expectBest(_ chosen: [Plain], of possible: [Plain], for site: String?, _ place: String) {
    func comesBefore(_ one: Plain, _ other: Plain) -> Bool {
      let (oneIsElsewhere, otherIsElsewhere) = (one.host.site != site, other.host.site != site)
      guard oneIsElsewhere == otherIsElsewhere else { return oneIsElsewhere }
      guard let heard = one.heard, let otherHeard = other.heard else { return false }
      return heard > otherHeard
    }
    #expect(chosen.count == min(possible.count, IsolationGuard.witnessesAsked), "\(place)")
    let left = possible.filter { one in !chosen.contains { $0.host.address == one.host.address } }
    #expect(!left.contains { one in chosen.contains { comesBefore(one, $0) } }, "\(place)")
  }
}
