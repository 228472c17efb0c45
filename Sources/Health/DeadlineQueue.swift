// Which target's time comes next: a binary heap that knows the position of each key.
//
// A target waits for one thing at a time (its next start, or the end of its probe's timeout), so it has one entry in
// the heap at most. Moving or removing it is O(log n), and no cancelled timer is ever left behind to be woken for.

/// At most one deadline for each key from 0 on, the earliest first; equal ones in order of their keys. It takes memory up to
/// the greatest key.
package struct DeadlineQueue: Sendable {
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
  /// For each key its position in `heap`, or `absent`; for those up to the greatest that was ever scheduled.
  private var positions: [Int]

  /// - Parameter capacity: room for the keys below it.
  package init(capacity: Int = 0) {
    positions = Array(repeating: Self.absent, count: capacity)
    heap.reserveCapacity(capacity)
  }

  package var count: Int { heap.count }

  package var first: (key: Int, deadline: MonotonicTime)? {
    heap.first.map { ($0.key, $0.deadline) }
  }

  func deadline(of key: Int) -> MonotonicTime? {
    key >= positions.count || positions[key] == Self.absent ? nil : heap[positions[key]].deadline
  }

  /// Sets the key's deadline, in place of one it had.
  package mutating func schedule(_ key: Int, at deadline: MonotonicTime) {
    let entry = Entry(deadline: deadline, key: key)
    while positions.count <= key { positions.append(Self.absent) }
    if positions[key] == Self.absent {
      positions[key] = heap.count
      heap.append(entry)
    }
    sift(entry, at: positions[key])
  }

  package mutating func remove(_ key: Int) {
    guard key < positions.count, positions[key] != Self.absent else { return }
    let hole = positions[key]
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
