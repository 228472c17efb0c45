// The heap of deadlines against a sorted list.

import TestSupport
import Testing

@testable import Health

struct DeadlineQueueTests {
  @Test("Deadlines come out in order of time, equal ones in order of key")
  func adminState() {
    var queue = DeadlineQueue(capacity: 4)
    for (key, second) in [(3, 2), (1, 5), (0, 2), (2, 1)] { queue.schedule(key, at: .at(.seconds(second))) }
    #expect(Self.drained(queue) == [2, 0, 3, 1])
  }

  @Test(
    "Whatever is scheduled, moved and removed, the first is always the earliest",
    arguments: 1...40 as ClosedRange<UInt64>)
  func againstModel(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let capacity = Int.random(in: 1...60, using: &random)
    // Room for the others comes with them.
    var queue = DeadlineQueue(capacity: Int.random(in: 0...capacity, using: &random))
    var model: [Int: Int64] = [:]
    for _ in 0..<500 {
      let key = Int.random(in: 0..<capacity, using: &random)
      if random.chance(0.3) {
        queue.remove(key)
        model[key] = nil
      } else {
        let time = Int64.random(in: 0..<50, using: &random)
        queue.schedule(key, at: MonotonicTime(nanoseconds: time))
        model[key] = time
      }
      let earliest = model.min { ($0.value, $0.key) < ($1.value, $1.key) }
      #expect(queue.first?.key == earliest?.key, "seed \(seed)")
      #expect(queue.first?.deadline.nanoseconds == earliest?.value, "seed \(seed)")
      #expect(queue.count == model.count, "seed \(seed)")
    }
    // A heap that is out of order somewhere below shows it when it is emptied.
    let inOrder = model.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
    #expect(Self.drained(queue) == inOrder, "seed \(seed)")
  }

  static func drained(_ queue: DeadlineQueue) -> [Int] {
    var queue = queue
    var keys: [Int] = []
    while let (key, _) = queue.first {
      keys.append(key)
      queue.remove(key)
    }
    return keys
  }
}
