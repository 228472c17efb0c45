// The different hand-out slots of the replies of a batch: what a worker writes marks for once it has sent the batch.
//
//   note of each reply ─▶ slots, each once ─(batch sent)─▶ marks
//
// A batch has few slots, and as a rule all its replies the same, so that a reply costs a comparison.

import DNS

/// The slots of one batch; used again for the next.
@usableFromInline
package struct BatchHandOuts: ~Copyable {
  /// As many different slots are kept apart.
  private static let most = 64

  private var slots = [UInt32](repeating: 0, count: BatchHandOuts.most)
  package private(set) var count = 0
  /// Whether there were more.
  package private(set) var isOverfull = false
  /// The note of the reply before and that of another, if they are of one or two slots: queries for A and AAAA take turns.
  @usableFromInline var last = HandOutNote.impossible
  private var lastButOne = HandOutNote.impossible
  /// The slots of the reply before, in the upper half of a word, as a table of askers has them.
  @usableFromInline package private(set) var lastInUpperHalf: UInt64 = 0

  package init() {}

  package var isEmpty: Bool { count == 0 }

  /// Whether a reply has the slots of the one before, which are one or two.
  @inlinable @inline(__always)
  package func repeats(_ handOuts: HandOutNote) -> Bool { handOuts.rawValue == last.rawValue }

  /// Adds the slots of a reply.
  ///
  /// - Parameter memory: that of the reply.
  package mutating func add(_ handOuts: HandOutNote, in memory: RawSpan) {
    if handOuts.isOfOneOrTwo {
      swap(&last, &lastButOne)
      let isKept = handOuts == last
      last = handOuts
      lastInUpperHalf = handOuts.rawValue &<< 32
      if isKept { return }
    }
    for index in 0..<handOuts.count { keep(handOuts.slot(index, in: memory)) }
  }

  private mutating func keep(_ slot: UInt32) {
    for index in 0..<count where slots[index] == slot { return }
    guard count < BatchHandOuts.most else {
      isOverfull = true
      return
    }
    slots[count] = slot
    count &+= 1
  }

  /// One of them, of `count`.
  package subscript(_ index: Int) -> UInt32 { slots[index] }

  package mutating func removeAll() {
    count = 0
    isOverfull = false
    last = .impossible
    lastButOne = .impossible
  }
}
