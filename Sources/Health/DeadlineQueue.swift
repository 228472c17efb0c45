// Which target's time comes next: a binary heap that knows the position of each key.
//
// A target waits for one thing at a time (its next start, or the end of its probe's timeout), so it has one entry in
// the heap at most. Moving or removing it is O(log n), and no cancelled timer is ever left behind to be woken for.

/// At most one deadline for each key in `0..<capacity`, the earliest first; equal ones in order of their keys.
struct DeadlineQueue: Sendable {
  private struct Entry: Sendable {
    var deadline: MonotonicTime
    var key: Int

    static func < (one: Entry, other: Entry) -> Bool {
      one.deadline == other.deadline ? one.key < other.key : one.deadline < other.deadline
    }
  }

  private static let absent = -1

  /// Heap-ordered: no entry is earlier than the one at half its position.
  private var heap: [Entry] = []
  /// For each key its position in `heap`, or `absent`.
  private var positions: [Int]

  init(capacity: Int) {
    positions = Array(repeating: Self.absent, count: capacity)
    heap.reserveCapacity(capacity)
  }

  var count: Int { heap.count }

  var first: (key: Int, deadline: MonotonicTime)? {
    heap.first.map { ($0.key, $0.deadline) }
  }

  func deadline(of key: Int) -> MonotonicTime? {
    positions[key] == Self.absent ? nil : heap[positions[key]].deadline
  }

  /// Sets the key's deadline, in place of one it had.
  mutating func schedule(_ key: Int, at deadline: MonotonicTime) {
    let entry = Entry(deadline: deadline, key: key)
    if positions[key] == Self.absent {
      positions[key] = heap.count
      heap.append(entry)
    }
    sift(entry, at: positions[key])
  }

  mutating func remove(_ key: Int) {
    let hole = positions[key]
    guard hole != Self.absent else { return }
    positions[key] = Self.absent
    let last = heap.removeLast()
    if hole < heap.count { sift(last, at: hole) }
  }

  /// Moves an entry up or down from a free position to where it belongs.
  private mutating func sift(_ entry: Entry, at hole: Int) {
    var position = hole
    while position > 0 {
      let parent = (position - 1) / 2
      guard entry < heap[parent] else { break }
      put(heap[parent], at: position)
      position = parent
    }
    while true {
      var child = 2 * position + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < entry else { break }
      put(heap[child], at: position)
      position = child
    }
    put(entry, at: position)
  }

  /// Whether no entry is earlier than the one above it, and each key is found where it is.
  var isOrdered: Bool {
    for index in heap.indices {
      guard positions[heap[index].key] == index else { return false }
      guard index == 0 || !(heap[index] < heap[(index - 1) / 2]) else { return false }
    }
    return true
  }

  private mutating func put(_ entry: Entry, at position: Int) {
    heap[position] = entry
    positions[entry.key] = position
  }
}
