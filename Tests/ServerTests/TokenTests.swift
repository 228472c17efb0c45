// What epoll hands back with an event names the same thing that was registered.

import Health
import Testing

@testable import Server

@Test(
  "A probe's token keeps place and generation, after years of use too",
  arguments: [(0, 1), (511, 0x00FF_FFFF), (511, 0x0100_0000), (3, UInt32.max)] as [(UInt32, UInt32)])
func probeToken(place: UInt32, generation: UInt32) {
  let id = ProbeID(slot: place, generation: generation)
  guard case .probe(let back) = Daemon.Token(Daemon.Token.probe(id).rawValue) else {
    Issue.record("another kind came back")
    return
  }
  #expect(back == id)
}
