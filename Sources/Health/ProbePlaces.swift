// The bounded number of probes that may be under way at once, and the line of targets that wait for one to end.
//
// A probe takes a place and is known by the place's number and by how often the place has been taken. So a result
// that comes after its probe was given up names a past taking and is told apart, whoever holds the place by then.

/// Names one probe under way; never used twice.
package struct ProbeID: Hashable, Sendable {
  /// Below `maximumConcurrentProbes`: whoever keeps the sockets may use it as an index.
  package let place: UInt32
  /// How often the place had been taken, this time included.
  package let generation: UInt32

  package init(place: UInt32, generation: UInt32) {
    self.place = place
    self.generation = generation
  }

  /// Both in one word, for the kernel to hand back with an event.
  package var rawValue: UInt64 { UInt64(generation) << 32 | UInt64(place) }

  package init(rawValue: UInt64) {
    place = UInt32(truncatingIfNeeded: rawValue)
    generation = UInt32(truncatingIfNeeded: rawValue >> 32)
  }
}

/// Who is being probed where.
struct ProbePlaces: Sendable {
  private struct Place {
    var generation: UInt32 = 0
    var target: Int?
  }

  private var places: [Place]
  /// Last freed, first taken.
  private var free: [UInt32]

  init(count: Int) {
    places = Array(repeating: Place(), count: count)
    free = (0..<UInt32(count)).reversed()
  }

  var hasFree: Bool { !free.isEmpty }
  var takenCount: Int { places.count - free.count }

  mutating func take(for target: Int) -> ProbeID? {
    guard let number = free.popLast() else { return nil }
    let index = Int(number)
    places[index].generation &+= 1
    places[index].target = target
    return ProbeID(place: number, generation: places[index].generation)
  }

  /// The target a probe tests; nil when the probe is over or was never begun.
  func target(of probe: ProbeID) -> Int? {
    guard Int(probe.place) < places.count, places[Int(probe.place)].generation == probe.generation else { return nil }
    return places[Int(probe.place)].target
  }

  mutating func release(_ probe: ProbeID) {
    guard target(of: probe) != nil else { return }
    places[Int(probe.place)].target = nil
    free.append(probe.place)
  }

  /// The target of a probe under way is now known by another index.
  mutating func move(_ probe: ProbeID, to target: Int) {
    guard self.target(of: probe) != nil else { return }
    places[Int(probe.place)].target = target
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
