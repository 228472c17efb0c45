// Whether silence is the nodes' or this host's own.

import DNS
import Model
import Testing

@testable import Health

struct IsolationTests {
  let near = IPAddress(ipv4: 10, 1, 0, 1)
  let far = IPAddress(ipv4: 10, 2, 0, 1)
  let reference = IPAddress(ipv4: 10, 9, 0, 1)

  /// A guard that has heard everybody at second 1, with a patience of 8 s.
  func guarding(_ withReference: Bool = false) -> IsolationGuard {
    var guardian = IsolationGuard()
    var hosts = [
      IsolationGuard.Host(address: near, site: "nord", isReference: false),
      IsolationGuard.Host(address: far, site: "sued", isReference: false),
    ]
    if withReference { hosts.append(IsolationGuard.Host(address: reference, site: nil, isReference: true)) }
    guardian.watch(hosts, slowestTurn: .seconds(8))
    for host in hosts { _ = guardian.recordContact(with: host.address, startedAt: .at(.seconds(1))) }
    return guardian
  }

  @Test("Silence is believed once another host has answered a probe that started after it")
  func confirmed() {
    var guardian = guarding()
    _ = guardian.recordSilence(of: far, at: .at(.seconds(10)))
    #expect(!guardian.reachability.isIsolated)
    #expect(guardian.ruling(on: far, silentSince: .at(.seconds(10)), at: .at(.seconds(10))) == .withhold)
    #expect(guardian.witnessesToAsk(beside: far, silentSince: .at(.seconds(10))) == [near])
    _ = guardian.recordContact(with: near, startedAt: .at(.seconds(9)))
    #expect(guardian.ruling(on: far, silentSince: .at(.seconds(10)), at: .at(.seconds(11))) == .withhold)
    _ = guardian.recordContact(with: near, startedAt: .at(.seconds(10)))
    #expect(guardian.ruling(on: far, silentSince: .at(.seconds(10)), at: .at(.seconds(11))) == .believe)
  }

  @Test("All nodes silent within the patience: this host is isolated, until anybody is heard")
  func isolated() {
    var guardian = guarding()
    _ = guardian.recordSilence(of: far, at: .at(.seconds(10)))
    #expect(!guardian.reachability.isIsolated)
    _ = guardian.recordSilence(of: near, at: .at(.seconds(13)))
    #expect(guardian.reachability == .isolated(since: .at(.seconds(13)), .allNodesSilent))
    #expect(guardian.ruling(on: far, silentSince: .at(.seconds(10)), at: .at(.seconds(99))) == .disregard)
    _ = guardian.recordContact(with: near, startedAt: .at(.seconds(100)))
    #expect(guardian.reachability == .connected)
  }

  @Test("Nodes that fall silent far apart are not this host's fault")
  func apart() {
    var guardian = guarding()
    _ = guardian.recordSilence(of: far, at: .at(.seconds(10)))
    _ = guardian.recordSilence(of: near, at: .at(.seconds(100)))
    #expect(!guardian.reachability.isIsolated)
    #expect(guardian.ruling(on: near, silentSince: .at(.seconds(100)), at: .at(.seconds(100))) == .believe)
  }

  @Test("Silence without a witness is believed when the patience is over")
  func patience() {
    var guardian = guarding()
    _ = guardian.recordSilence(of: far, at: .at(.seconds(10)))
    #expect(guardian.ruling(on: far, silentSince: .at(.seconds(10)), at: .at(.seconds(18))) == .withhold)
    #expect(guardian.ruling(on: far, silentSince: .at(.seconds(10)), at: .at(.seconds(19))) == .believe)
  }

  @Test("A single host has no witness")
  func single() {
    var guardian = IsolationGuard()
    guardian.watch([.init(address: near, site: nil, isReference: false)], slowestTurn: .seconds(8))
    _ = guardian.recordContact(with: near, startedAt: .at(.zero))
    _ = guardian.recordSilence(of: near, at: .at(.seconds(10)))
    #expect(!guardian.reachability.isIsolated)
    #expect(guardian.ruling(on: near, silentSince: .at(.seconds(10)), at: .at(.seconds(10))) == .believe)
  }

  @Test("With references they alone are asked: a near node proves nothing about the way to a far one")
  func references() {
    var guardian = guarding(true)
    _ = guardian.recordSilence(of: far, at: .at(.seconds(10)))
    #expect(guardian.witnessesToAsk(beside: far, silentSince: .at(.seconds(10))) == [reference])
    _ = guardian.recordContact(with: near, startedAt: .at(.seconds(11)))
    #expect(guardian.ruling(on: far, silentSince: .at(.seconds(10)), at: .at(.seconds(11))) == .withhold)
    _ = guardian.recordSilence(of: reference, at: .at(.seconds(12)))
    #expect(guardian.reachability == .isolated(since: .at(.seconds(12)), .referencesSilent))
    _ = guardian.recordContact(with: near, startedAt: .at(.seconds(13)))
    #expect(guardian.reachability.isIsolated, "the far one is still silent")
    _ = guardian.recordContact(with: far, startedAt: .at(.seconds(14)))
    #expect(!guardian.reachability.isIsolated, "then only the reference is broken")
  }

  @Test("All nodes silent while a reference answers is the nodes' own fault")
  func nodesAlone() {
    var guardian = guarding(true)
    _ = guardian.recordSilence(of: far, at: .at(.seconds(10)))
    #expect(!guardian.reachability.isIsolated)
    _ = guardian.recordSilence(of: near, at: .at(.seconds(10)))
    #expect(!guardian.reachability.isIsolated)
    _ = guardian.recordContact(with: reference, startedAt: .at(.seconds(10)))
    #expect(guardian.ruling(on: near, silentSince: .at(.seconds(10)), at: .at(.seconds(10))) == .believe)
  }

  @Test("A reference that has been silent for long, or never spoke, keeps no dead node in the answers")
  func brokenReference() {
    var guardian = guarding(true)
    _ = guardian.recordSilence(of: reference, at: .at(.seconds(10)))
    _ = guardian.recordSilence(of: far, at: .at(.seconds(100)))
    #expect(!guardian.reachability.isIsolated)
    #expect(guardian.witnessesToAsk(beside: far, silentSince: .at(.seconds(100))) == [near])
  }

  @Test("A reload keeps what is known of hosts that stay, and does not leave an isolation nobody can end")
  func reload() {
    var guardian = guarding(true)
    _ = guardian.recordSilence(of: far, at: .at(.seconds(10)))
    _ = guardian.recordSilence(of: reference, at: .at(.seconds(10)))
    #expect(guardian.reachability.isIsolated)
    guardian.watch(
      [.init(address: near, site: nil, isReference: false), .init(address: far, site: nil, isReference: false)],
      slowestTurn: .seconds(8))
    #expect(guardian.reachability == .connected)
    #expect(guardian.ruling(on: far, silentSince: .at(.seconds(10)), at: .at(.seconds(11))) == .withhold)
  }
}
