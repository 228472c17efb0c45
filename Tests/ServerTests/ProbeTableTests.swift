// What is kept of probes: found by place, but only by whoever has it now.

import Health
import Testing

@testable import Server

struct ProbeTableTests {
  @Test("A probe finds what is its own, and nothing of whoever had its place before or has it now")
  func places() {
    var table = ProbeTable<String>()
    let first = ProbeID(slot: 3, generation: 1)
    let second = ProbeID(slot: 3, generation: 2)
    #expect(table[first] == nil)
    table[first] = "first"
    #expect(table[first] == "first" && table[second] == nil)
    #expect(table[ProbeID(slot: 2, generation: 1)] == nil && table[ProbeID(slot: 9, generation: 1)] == nil)
    table[second] = nil
    #expect(table[first] == "first", "what another probe leaves behind is its own")
    table[first] = nil
    table[second] = "second"
    #expect(table[first] == nil && table[second] == "second")
  }
}
