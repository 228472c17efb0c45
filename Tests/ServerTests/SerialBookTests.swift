// Serials over edits, changes of health, reloads, restarts and kills: what a secondary may rely on.

import TestSupport
import Testing

@testable import Server

/// A server with one zone and the disk below it, for a random life.
private struct SerialLife {
  private enum Origin { case author, zoneDirective }

  private let origin: Origin
  private var random: SeededGenerator
  private var clock: UInt32 = 1_796_000_000
  private var steps: [String] = []

  // The file of the author, and health.
  private var content: UInt64 = 1
  private var written: UInt32
  private var addresses: UInt64 = 1
  /// What the running server has read of the file.
  private var loaded: (content: UInt64, written: UInt32)

  // The server, and its disk.
  private var book = SerialBook()
  private var disk: [UInt8] = []
  private var underWay: [(octets: [UInt8], ceilings: SerialBook.Ceilings)] = []

  // What the world has seen.
  private var seen: [UInt32: [UInt64]] = [:]
  private var served: (serial: UInt32, content: [UInt64])?
  private var told: UInt32?

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    origin = seed % 3 == 0 ? .zoneDirective : .author
    written = [1, 2_026_112_801, 4_294_967_290][Int(seed % 3)]
    loaded = (1, written)
  }

  /// - Returns: what went wrong; nil if nothing did.
  mutating func live(_ count: Int) -> String? {
    start()
    for _ in 0..<count {
      clock &+= UInt32.random(in: 0...2, using: &random)
      step()
      if let fault = publish() { return "\(fault)\nafter \(steps.suffix(30).joined(separator: ", "))" }
    }
    return nil
  }

  private mutating func step() {
    let before = steps.count
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<4: edit()
    case 4..<7: (loaded, _) = ((content, written), steps.append("reload \(written)"))
    case 7..<12:
      addresses = UInt64.random(in: 1...4, using: &random)
      steps.append("health \(addresses)")
    case 12..<17: keep()
    case 17: end()
    default: kill()
    }
    assert(steps.count > before)
  }

  private mutating func edit() {
    content = UInt64.random(in: 1...5, using: &random)
    switch Int.random(in: 0..<7, using: &random) {
    case 0: break
    case 1: written &-= UInt32.random(in: 1...1_000, using: &random)
    case 2: written &+= UInt32.random(in: 2...1_000_000, using: &random)
    case 3: written = 2_026_112_800 &+ UInt32.random(in: 0...20, using: &random) * 100
    case 4: written = served?.serial ?? written
    case 5: written = UInt32.random(in: .min ... .max, using: &random)
    default: written &+= 1
    }
    steps.append("edit \(written)")
  }

  /// The disk comes to the end of the newest content.
  private mutating func keep() {
    steps.append("kept")
    guard let newest = underWay.last else { return }
    underWay = []
    disk = newest.octets
    _ = book.recordKept(newest.ceilings)
  }

  private mutating func end() {
    steps.append("end")
    book.end()
    disk = SerialFile.octets(book.entries, hasEnded: true)
    start()
  }

  private mutating func kill() {
    // The last write is on disk, or not; what the writer had not begun is lost in any case.
    let isLost = Bool.random(using: &random)
    steps.append(isLost ? "kill, write lost" : "kill")
    if !isLost, let write = underWay.randomElement(using: &random) { disk = write.octets }
    start()
  }

  private mutating func start() {
    loaded = (content, written)
    underWay = []
    let file = disk.isEmpty ? nil : SerialFile(octets: disk)
    book = SerialBook(file?.entries ?? [:], past: file?.past ?? .ended)
    // Before anything is served the disk has the new ceilings.
    if file == nil { _ = book.serial(for: contentNow, time: clock) }
    let ceilings = book.beginWriting()
    disk = SerialFile.octets(book.entries, hasEnded: false)
    _ = book.recordKept(ceilings)
  }

  private var contentNow: ZoneContent {
    ZoneContent(
      apex: "it.example.", fingerprint: loaded.content * 10 + addresses,
      written: origin == .author ? loaded.written : nil)
  }

  private mutating func publish() -> String? {
    let serial = book.serial(for: contentNow, time: clock)
    if book.isDirty {
      underWay.append((SerialFile.octets(book.entries, hasEnded: false), book.beginWriting()))
      // More changes than the headroom while the disk hangs are beyond what is promised.
      if underWay.count > 40 { keep() }
    }
    let now = [loaded.content, addresses]
    defer { (served, told, seen[serial]) = ((serial, now), serial, now) }
    // After a leap of half the space or several smaller ones a serial comes round again (RFC 1982 §3.1).
    seen = seen.filter { $0.key == serial || isSerial(serial, after: $0.key) }
    if let former = seen[serial], former != now { return "serial \(serial) stands for \(former) and for \(now)" }
    guard let served else { return nil }
    if serial != served.serial, !isSerial(serial, after: served.serial) {
      return "\(served.serial) went back to \(serial)"
    }
    if now != served.content, told == serial { return "no notice was sent of \(now), which has serial \(serial)" }
    return nil
  }
}

struct SerialBookTests {
  @Test("Over edits, health, reloads, restarts and kills no two contents share a serial, and none goes back")
  func lives() {
    for seed in 1...600 as ClosedRange<UInt64> {
      var life = SerialLife(seed: seed)
      if let fault = life.live(200) {
        Issue.record("seed \(seed): \(fault)")
        return
      }
    }
  }

  private func content(_ fingerprint: UInt64, _ written: UInt32?) -> ZoneContent {
    ZoneContent(apex: "it.example.", fingerprint: fingerprint, written: written)
  }

  /// A book after a restart in good order, with everything on disk.
  private func restarted(_ book: SerialBook) -> SerialBook {
    var ending = book
    ending.end()
    let file = SerialFile(octets: SerialFile.octets(ending.entries, hasEnded: true))
    var next = SerialBook(file.entries, past: file.past)
    _ = next.recordKept(next.beginWriting())
    return next
  }

  @Test("The author's serial is served, and stays over a restart in good order")
  func author() {
    var book = SerialBook()
    var serial = book.serial(for: content(1, 7), time: 0)
    #expect(serial == 7)
    _ = book.recordKept(book.beginWriting())
    serial = book.serial(for: content(1, 7), time: 0)
    #expect(serial == 7)
    book = restarted(book)
    serial = book.serial(for: content(1, 7), time: 0)
    #expect(serial == 7)
  }

  @Test("Three edits that each raise the serial by one, after health has moved it, get three serials")
  func editsAfterHealth() {
    var book = SerialBook()
    var serials = [book.serial(for: content(1, 1), time: 0), book.serial(for: content(2, 1), time: 0)]
    for edit in 2...4 as ClosedRange<UInt32> {
      serials.append(book.serial(for: content(UInt64(edit) + 10, edit), time: 0))
    }
    #expect(serials == [1, 2, 3, 4, 5])
  }

  @Test("A serial that leaps is served once the disk reserves it, and the content goes ahead under the next one")
  func leap() {
    var book = restarted(
      {
        var book = SerialBook()
        _ = book.serial(for: content(1, 7), time: 0)
        return book
      }())
    do {
      let serial = book.serial(for: content(2, 2_026_112_801), time: 0)
      #expect(serial == 8)
    }
    #expect(book.isWaiting("it.example."))
    let ceilings = book.beginWriting()
    let canMove = book.recordKept(ceilings)
    #expect(canMove)
    do {
      let serial = book.serial(for: content(2, 2_026_112_801), time: 0)
      #expect(serial == 2_026_112_801)
    }
    #expect(!book.isWaiting("it.example."))
  }

  @Test("Without a state directory an author's serial is served at once")
  func notKept() {
    var book = SerialBook(isKept: false)
    do {
      let serial = book.serial(for: content(1, 7), time: 0)
      #expect(serial == 7)
    }
    do {
      let serial = book.serial(for: content(2, 900), time: 0)
      #expect(serial == 900)
    }
  }

  @Test("After a kill nothing up to the ceiling on disk is served again, whatever the content")
  func killed() {
    var book = SerialBook()
    _ = book.serial(for: content(1, 7), time: 0)
    let file = SerialFile(octets: SerialFile.octets(book.entries, hasEnded: false))
    #expect(file.past == .killed && file.damage == nil)
    var next = SerialBook(file.entries, past: file.past)
    do {
      let serial = next.serial(for: content(1, 7), time: 0)
      #expect(serial == 7 + SerialBook.headroom + 1)
    }
  }

  @Test("A zone made by $ZONE has the time of its last change, and moves on when the clock has gone back")
  func zoneDirective() {
    var book = SerialBook(isKept: false)
    do {
      let serial = book.serial(for: content(1, nil), time: 1_000)
      #expect(serial == 1_000)
    }
    do {
      let serial = book.serial(for: content(1, nil), time: 2_000)
      #expect(serial == 1_000)
    }
    do {
      let serial = book.serial(for: content(2, nil), time: 2_000)
      #expect(serial == 2_000)
    }
    do {
      let serial = book.serial(for: content(3, nil), time: 500)
      #expect(serial == 2_001)
    }
  }

  // MARK: The file

  @Test("A file that ends early, has a changed digit or is another's is damaged, and lowers no serial")
  func damage() {
    var book = SerialBook()
    for _ in 0..<5 { _ = book.serial(for: content(UInt64.random(in: 1 ... .max), 7), time: 0) }
    let whole = SerialFile.octets(book.entries, hasEnded: true)
    let served = book.lastSerial(of: "it.example.") ?? 0
    #expect(SerialFile(octets: whole).damage == nil)
    for length in 0..<whole.count {
      let file = SerialFile(octets: Array(whole[..<length]))
      #expect(file.damage != nil, "cut to \(length) octets")
      var next = SerialBook(file.entries, past: file.past)
      let serial = next.serial(for: content(1, 7), time: 0)
      #expect(isSerial(serial, after: served), "cut to \(length) octets")
    }
    for index in whole.indices {
      var changed = whole
      changed[index] ^= 1
      #expect(SerialFile(octets: changed).damage != nil, "octet \(index)")
    }
    #expect(SerialFile(octets: Array("# my own list of serials\n".utf8)).past == .damaged)
    #expect(SerialFile(octets: Array("rondo-serials 3\n".utf8)).past == .damaged)
  }

  @Test("A file of the first version is read")
  func firstVersion() {
    let file = SerialFile(octets: Array("it.example. soa-7 12\nmail.example. ab12 1796000000\n".utf8))
    #expect(file.damage == nil && file.past == .ended)
    var book = SerialBook(file.entries, past: file.past)
    do {
      let serial = book.serial(for: content(1, 7), time: 0)
      #expect(serial == 13, "what it was served for is not known")
    }
    let other = ZoneContent(apex: "mail.example.", fingerprint: 0xAB12, written: nil)
    do {
      let serial = book.serial(for: other, time: 1_796_000_500)
      #expect(serial == 1_796_000_000)
    }
  }
}
