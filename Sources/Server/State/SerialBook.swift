// Which serial each zone has: a value that decides, and touches no file.
//
// A serial stands for one content. It is remembered together with a fingerprint of that content at the moment when it is
// first served, whatever led to it; another content gets another serial, and serials only go forward (RFC 1982).
//
// What is remembered reaches the disk later than it is served, so the file does not say which serial was the last. It
// says which serials are taken, up to a ceiling some way ahead of the one that is served. A serial within the ceiling on
// disk may be served at once: a process that is killed loses its last writes, and its successor goes on above the
// ceiling, whatever was served below. A serial that leaps beyond it, as an author's new one does, waits until the disk
// has the new ceiling; until then the content is served under the next serial within.

/// The content of a zone at one moment, as far as its serial depends on it.
struct ZoneContent: Hashable, Sendable {
  /// The apex as text, in lower case.
  var apex: String
  /// Of all that a transfer of the zone holds, but for the serial.
  var fingerprint: UInt64
  /// The serial in the file; nil for a zone made by `$ZONE`, whose serial is the time of its last change.
  var written: UInt32?
}

struct SerialBook: Sendable {
  /// How far the ceiling is ahead of the serial: so many changes while the disk hangs.
  static let headroom: UInt32 = 64
  /// How far ahead a zone goes about which the file says nothing that can be trusted.
  static let leapAfterDamage: UInt32 = 65_536

  struct Entry: Hashable, Sendable {
    /// Of what was last served; nil if that is not known.
    var fingerprint: UInt64?
    var written: UInt32?
    /// The last that was served, or may have been.
    var serial: UInt32
    /// No serial up to here is given to another content, once this is on disk.
    var ceiling: UInt32
    /// The ceiling on disk.
    var durable: UInt32
    /// The serial to move on to as soon as the disk has it below its ceiling; nil for none.
    var aim: UInt32?
  }

  /// What is known of the process that wrote the file.
  enum Past: Hashable, Sendable {
    /// It ended in good order, or there was none.
    case ended
    /// It was killed: zones that it served last may be missing in the file.
    case killed
    /// The file cannot be trusted.
    case damaged
  }

  private(set) var entries: [String: Entry] = [:]
  private let past: Past
  /// Whether the disk counts at all; without a state directory nothing outlives the process.
  private let isKept: Bool
  /// Whether something is to be written.
  private(set) var isDirty = false

  /// - Parameter entries: as they were read, with the ceilings on disk.
  init(_ entries: [String: Entry] = [:], past: Past = .ended, isKept: Bool = true) {
    self.entries = entries
    self.past = past
    self.isKept = isKept
    for key in entries.keys { self.entries[key]?.begin(after: past) }
    isDirty = !entries.isEmpty
  }

  /// The serial that was served last, if any was.
  func lastSerial(of apex: String) -> UInt32? { entries[apex]?.serial }

  /// Whether a zone will move on to another serial with the same content, as soon as the disk has it.
  func isWaiting(_ apex: String) -> Bool { entries[apex]?.aim != nil }

  /// The serial under which this content is served from now on.
  ///
  /// - Parameter time: Unix time, in seconds.
  mutating func serial(for content: ZoneContent, time: UInt32) -> UInt32 {
    guard var entry = entries[content.apex] else { return firstSerial(for: content, time: time) }
    if entry.fingerprint != content.fingerprint || entry.written != content.written {
      entry.follow(content, time: time, isKept: isKept)
    } else if let aim = entry.aim, entry.isReserved(aim) {
      entry.serial = aim
      entry.aim = nil
    } else {
      return entry.serial
    }
    entries[content.apex] = entry
    isDirty = true
    return entry.serial
  }

  private mutating func firstSerial(for content: ZoneContent, time: UInt32) -> UInt32 {
    let leap =
      switch past {
      case .ended: 0 as UInt32
      case .killed: SerialBook.headroom + 1
      case .damaged: SerialBook.leapAfterDamage
      }
    let serial = (content.written ?? time) &+ leap
    entries[content.apex] = Entry(
      fingerprint: content.fingerprint, written: content.written, serial: serial,
      ceiling: serial &+ SerialBook.headroom, durable: serial)
    isDirty = true
    return serial
  }

  // MARK: Disk

  /// The ceilings that are being written.
  struct Ceilings: Sendable {
    fileprivate let values: [String: UInt32]
  }

  /// Takes note that the present content is handed over to be written.
  ///
  /// - Returns: what to pass to `recordKept` when it is on disk.
  mutating func beginWriting() -> Ceilings {
    isDirty = false
    return Ceilings(values: entries.mapValues { $0.ceiling })
  }

  /// Takes note of what is on disk.
  ///
  /// - Returns: whether a zone can move on to another serial now.
  mutating func recordKept(_ ceilings: Ceilings) -> Bool {
    var canMove = false
    for (apex, ceiling) in ceilings.values {
      guard var entry = entries[apex] else { continue }
      entry.durable = ceiling
      canMove = canMove || entry.aim.map { entry.isReserved($0) } ?? false
      entries[apex] = entry
    }
    return canMove
  }

  /// Gives the reserved serials back, for a process that ends and will serve no more.
  mutating func end() {
    for apex in entries.keys {
      guard let serial = entries[apex]?.serial else { continue }
      entries[apex]?.ceiling = serial
      entries[apex]?.aim = nil
    }
    isDirty = true
  }
}

extension SerialBook.Entry {
  /// What is assumed of the process before, by one that begins.
  fileprivate mutating func begin(after past: SerialBook.Past) {
    if past == .damaged { ceiling &+= SerialBook.leapAfterDamage }
    if ceiling != serial {
      // It may have served anything up to the ceiling.
      serial = ceiling
      fingerprint = nil
    }
    durable = serial
    ceiling = serial &+ SerialBook.headroom
  }

  /// Moves on to the serial of another content.
  fileprivate mutating func follow(_ content: ZoneContent, time: UInt32, isKept: Bool) {
    let wish = content.written ?? time
    let next = serial &+ 1
    let target = isSerial(wish, after: serial) ? wish : next
    fingerprint = content.fingerprint
    written = content.written
    // Without either, the disk has been standing still for long: what is served matters more.
    if isKept, !isReserved(target), isReserved(next) {
      serial = next
      aim = target
    } else {
      serial = target
      aim = nil
    }
    let needed = (aim ?? serial) &+ SerialBook.headroom
    if isSerial(needed, after: ceiling) { ceiling = needed }
  }

  /// Whether the disk keeps a serial ahead of the present one from being given to another content.
  fileprivate func isReserved(_ candidate: UInt32) -> Bool {
    !isSerial(serial, after: durable) && candidate &- serial <= durable &- serial
  }
}

/// Whether a serial is after another (RFC 1982 §3.2). Of two that are 2³¹ apart neither is.
func isSerial(_ one: UInt32, after other: UInt32) -> Bool { Int32(bitPattern: one &- other) > 0 }
