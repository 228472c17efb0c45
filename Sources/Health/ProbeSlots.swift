// The bounded number of probes that may be under way at once, and the line of targets that wait for one to end.
//
// A probe claims a slot and is known by the slot's number and by how often the slot has been claimed (its generation).
// So a result that arrives after its probe was given up names a past generation and is recognised as late.

/// Names one probe under way; never used twice.
package struct ProbeID: Hashable, Sendable {
  /// Below `maximumConcurrentProbes`: the owner of the sockets may use it as an index.
  package let slot: UInt32
  /// How often the slot has been claimed, this time included.
  package let generation: UInt32

  package init(slot: UInt32, generation: UInt32) {
    self.slot = slot
    self.generation = generation
  }

  /// Both in one word, for the kernel to hand back with an event.
  package var rawValue: UInt64 { UInt64(generation) << 32 | UInt64(slot) }

  package init(rawValue: UInt64) {
    slot = UInt32(truncatingIfNeeded: rawValue)
    generation = UInt32(truncatingIfNeeded: rawValue >> 32)
  }
}

/// Which target each slot is probing.
struct ProbeSlots: Sendable {
  private struct Slot {
    var generation: UInt32 = 0
    var target: Int?
  }

  private var slots: [Slot]
  /// Last freed, first claimed.
  private var free: [UInt32]

  init(count: Int) {
    slots = Array(repeating: Slot(), count: count)
    free = (0..<UInt32(count)).reversed()
  }

  var hasFree: Bool { !free.isEmpty }
  var claimedCount: Int { slots.count - free.count }

  mutating func claim(for target: Int) -> ProbeID? {
    guard let number = free.popLast() else { return nil }
    let index = Int(number)
    slots[index].generation &+= 1
    slots[index].target = target
    return ProbeID(slot: number, generation: slots[index].generation)
  }

  /// The target a probe tests; nil when the probe is over or was never begun.
  func target(of probe: ProbeID) -> Int? {
    guard Int(probe.slot) < slots.count, slots[Int(probe.slot)].generation == probe.generation else { return nil }
    return slots[Int(probe.slot)].target
  }

  mutating func release(_ probe: ProbeID) {
    guard target(of: probe) != nil else { return }
    slots[Int(probe.slot)].target = nil
    free.append(probe.slot)
  }

  /// The target of a probe under way is now known by another index.
  mutating func move(_ probe: ProbeID, to target: Int) {
    guard self.target(of: probe) != nil else { return }
    slots[Int(probe.slot)].target = target
  }
}

/// Targets whose start is due, first come, first served.
struct WaitingLine: Sendable {
  private var targets: [Int] = []
  private var head = 0

  var isEmpty: Bool { head == targets.count }
  var count: Int { targets.count - head }
  var all: ArraySlice<Int> { targets[head...] }

  mutating func append(_ target: Int) { targets.append(target) }

  mutating func popFirst() -> Int? {
    guard head < targets.count else { return nil }
    defer {
      head += 1
      // Moving the rest only once it is the smaller half costs O(1) for each target on average.
      if head * 2 >= targets.count {
        targets.removeFirst(head)
        head = 0
      }
    }
    return targets[head]
  }
}
