// The book of serials and its file.

internal import Linux
internal import Reporting

/// The file `serials` in the state directory.
struct SerialStore {
  private(set) var book: SerialBook
  /// Nil for `--state none`.
  private let writer: StateWriter?
  /// The ceilings that may be under way to the disk, by the number of their content.
  private var underWay: [(number: UInt64, ceilings: SerialBook.Ceilings)] = []

  init(_ book: SerialBook, keptBy writer: StateWriter?) {
    self.book = book
    self.writer = writer
    save()
  }

  /// The serial under which this content is served from now on; `save` is to be called before it is.
  mutating func serial(for content: ZoneContent) -> UInt32 {
    book.serial(for: content, time: UInt32(truncatingIfNeeded: WallClock.now()))
  }

  /// Hands over what has changed.
  mutating func save() {
    guard book.isDirty, let writer else { return }
    let ceilings = book.beginWriting()
    let entries = book.entries
    let number = writer.keep(as: .serials) { SerialFile.octets(entries, hasEnded: false) }.number
    // Of those before, only the one that the thread has begun can still reach the disk.
    let begun = writer.status(of: .serials).begun
    underWay.removeAll { $0.number != begun }
    underWay.append((number, ceilings))
  }

  /// Whether all is on disk, or never will be.
  var isSaved: Bool { underWay.isEmpty }

  /// Looks at what has reached the disk.
  ///
  /// - Returns: whether a zone can move on to another serial now.
  mutating func recordProgress() -> Bool {
    guard let kept = writer?.status(of: .serials).kept, let index = underWay.lastIndex(where: { $0.number <= kept })
    else { return false }
    let ceilings = underWay[index].ceilings
    underWay.removeSubrange(...index)
    return book.recordKept(ceilings)
  }

  /// Hands over the last serials, of a process that serves no more.
  mutating func end() {
    book.end()
    guard let writer else { return }
    let entries = book.entries
    writer.keep(as: .serials) { SerialFile.octets(entries, hasEnded: true) }
  }
}
