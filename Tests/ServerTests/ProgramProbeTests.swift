// Programs of checks that are given up: killed at once, and reaped when the kernel says that they have ended.

import DNS
import Health
import Linux
import Testing

@testable import Server

private func target(_ program: String, _ arguments: String...) -> ProbeTarget {
  ProbeTarget(
    node: "ex1", address: IPAddress(ipv4: 127, 0, 0, 1), check: "queue",
    plan: CheckPlan(
      kind: .program(ProgramPlan(path: program, arguments: arguments)), every: .seconds(5), timeout: .seconds(2),
      fall: 3, rise: 2))
}

@Test("A program that is given up is waited for by epoll, not by whoever gave it up")
func givenUp() throws {
  var epoll = try Epoll(capacity: 4)
  var probes = Probes()
  var random = KeyedRandom()
  let id = ProbeID(place: 0, generation: 1)
  #expect(probes.start(id, target("/bin/sleep", "600"), epoll, token: id.rawValue, using: &random) == nil)
  probes.abandon(id)
  #expect(probes.dyingCount == 1)
  #expect(try epoll.wait(timeout: .seconds(60)) == 1)
  #expect(ProbeID(rawValue: epoll.event(0).token) == id)
  #expect(probes.look(at: id, epoll) == nil)
  #expect(probes.dyingCount == 0)
  // Nothing is left that would be told again and again.
  #expect(try epoll.wait(timeout: .zero) == 0)
}

@Test("Programs are not started while too many killed ones have not ended")
func manyDying() throws {
  var epoll = try Epoll(capacity: 64)
  var probes = Probes()
  var random = KeyedRandom()
  func id(_ number: Int) -> ProbeID { ProbeID(place: UInt32(number), generation: 1) }
  for number in 0..<HealthMonitor.maximumConcurrentPrograms {
    let sleeper = target("/bin/sleep", "600")
    #expect(probes.start(id(number), sleeper, epoll, token: id(number).rawValue, using: &random) == nil)
    probes.abandon(id(number))
  }
  let refused = probes.start(id(99), target("/bin/true"), epoll, token: 99, using: &random)
  #expect(refused?.outcome.description == "local: 16 killed programs have not ended yet")
  while probes.dyingCount > 0 {
    for number in 0..<(try epoll.wait(timeout: .seconds(60))) {
      #expect(probes.look(at: ProbeID(rawValue: epoll.event(number).token), epoll) == nil)
    }
  }
  #expect(probes.start(id(99), target("/bin/true"), epoll, token: 99, using: &random) == nil)
}
