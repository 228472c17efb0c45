// Memory that one thread writes and others read meanwhile: words of 64 bits, each loaded and stored in one piece.
//
// A worker notes in it what it has sent, with plain stores; nobody waits for anybody. Pages that nothing was ever written
// to take no memory.

internal import CLinux
internal import Glibc
public import Synchronization

/// So many words, all zero at first.
@safe @usableFromInline
package final class SharedWords: Sendable {
  package let count: Int
  // `count` words that live as long as this object does. An index below `count` is in bounds: that is the proof of each
  // `unsafe` that uses it. Atomics may be used by any thread.
  @usableFromInline nonisolated(unsafe) let words: UnsafeMutablePointer<Atomic<UInt64>>

  /// Wraps `mmap(2)`.
  package init(count: Int) throws(Errno) {
    self.count = max(count, 1)
    let size = self.count * MemoryLayout<UInt64>.size
    // New memory, which overlaps no other; its pages are zero, and zero is a valid atomic zero.
    let memory = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let memory = unsafe memory, Int(bitPattern: memory) != -1 else { throw .current }
    unsafe words = memory.bindMemory(to: Atomic<UInt64>.self, capacity: self.count)
  }

  deinit { unsafe munmap(words, count * MemoryLayout<UInt64>.size) }

  /// The word at `index`, which is below `count`.
  package func load(_ index: Int) -> UInt64 {
    precondition(index >= 0 && index < count)
    // In bounds (see there).
    return unsafe words[index].load(ordering: .relaxed)
  }

  /// Replaces the word at `index`, which is below `count`.
  package func store(_ value: UInt64, at index: Int) {
    precondition(index >= 0 && index < count)
    // In bounds (see there).
    unsafe words[index].store(value, ordering: .relaxed)
  }
}
