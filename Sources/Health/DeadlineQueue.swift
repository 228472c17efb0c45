// Which target's time comes next: a binary heap that knows where each key stands.
//
// A target waits for one thing at a time (its next start, or the end of its probe's timeout), so it has one place in
// the heap at most. Moving or removing it is O(log n), and no cancelled timer is ever left behind to be woken for.

/// At most one deadline for each key in `0..<capacity`, the earliest first; equal ones in order of their keys.
struct DeadlineQueue: Sendable {
  private static let absent = -1

  /// Keys, heap-ordered by `deadlines`: no key stands before the one at half its position.
  private var heap: [Int] = []
  /// For each key its position in `heap`, or `absent`.
  private var positions: [Int]
  private var deadlines: [MonotonicTime]

  init(capacity: Int) {
    positions = Array(repeating: Self.absent, count: capacity)
    deadlines = Array(repeating: MonotonicTime(nanoseconds: 0), count: capacity)
    heap.reserveCapacity(capacity)
  }

  var count: Int { heap.count }

  var first: (key: Int, deadline: MonotonicTime)? {
    heap.first.map { ($0, deadlines[$0]) }
  }

  func deadline(of key: Int) -> MonotonicTime? {
    positions[key] == Self.absent ? nil : deadlines[key]
  }

  /// Sets the key's deadline, in place of one it had.
  mutating func schedule(_ key: Int, at deadline: MonotonicTime) {
    deadlines[key] = deadline
    if positions[key] == Self.absent {
      positions[key] = heap.count
      heap.append(key)
    }
    siftUp(from: positions[key])
    siftDown(from: positions[key])
  }

  mutating func remove(_ key: Int) {
    let hole = positions[key]
    guard hole != Self.absent else { return }
    positions[key] = Self.absent
    let last = heap.removeLast()
    guard hole < heap.count else { return }
    put(last, at: hole)
    siftUp(from: hole)
    siftDown(from: positions[last])
  }

  private func isBefore(_ one: Int, _ other: Int) -> Bool {
    deadlines[one] == deadlines[other] ? one < other : deadlines[one] < deadlines[other]
  }

  private mutating func put(_ key: Int, at position: Int) {
    heap[position] = key
    positions[key] = position
  }

  private mutating func siftUp(from start: Int) {
    let key = heap[start]
    var position = start
    while position > 0 {
      let parent = (position - 1) / 2
      guard isBefore(key, heap[parent]) else { break }
      put(heap[parent], at: position)
      position = parent
    }
    put(key, at: position)
  }

  private mutating func siftDown(from start: Int) {
    let key = heap[start]
    var position = start
    while true {
      var child = 2 * position + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, isBefore(heap[child + 1], heap[child]) { child += 1 }
      guard isBefore(heap[child], key) else { break }
      put(heap[child], at: position)
      position = child
    }
    put(key, at: position)
  }
}
