// What secondaries may still answer: a copy of a zone from before an address left it.
//
//   transfer begun, complete ─▶ copy: zone, secondary, serial ─┐
//   publication with a new serial ─▶ which addresses have left ┴▶ who holds them still, and until when others cache them
//
// A secondary answers from its copy until it has fetched a newer one, or until the zone's expire time is over. Whoever has
// transferred a zone counts as a secondary: it may be one. Times are whole seconds, as in the ledger.

package import DNS

/// A secondary that may still answer an address which is no longer handed out.
package struct SecondaryHold: Hashable, Sendable {
  package let zone: DomainName
  package let secondary: IPAddress
  /// Of its copy, and of the zone now.
  package let serial: UInt32
  package let newest: UInt32

  var copy: ZoneCopy { ZoneCopy(zone: zone, secondary: secondary, serial: serial) }
}

/// A copy that a secondary has fetched.
package struct ZoneCopy: Hashable, Sendable {
  package var zone: DomainName
  package var secondary: IPAddress
  package var serial: UInt32

  package init(zone: DomainName, secondary: IPAddress, serial: UInt32) {
    self.zone = zone
    self.secondary = secondary
    self.serial = serial
  }
}

extension ZoneCopy {
  /// What becomes of a copy while it is sent.
  package enum Event: Sendable {
    case begun(ZoneCopy)
    case complete(ZoneCopy)
    case broken(ZoneCopy)
    /// More than could be kept.
    case lost
  }
}

/// All copies of all zones that may be transferred.
package struct SecondaryCopies: Sendable {
  /// A zone as it is published.
  package struct Content: Sendable {
    package var apex: DomainName
    package var serial: UInt32
    /// After which a secondary drops a copy that it cannot refresh, in seconds.
    package var expire: UInt32
    /// Addresses of nodes in it, each with the longest TTL there.
    package var addresses: [IPAddress: UInt32]
  }

  /// An address that has left a zone, or has a shorter TTL there from now on.
  private struct Departure {
    /// The last serial that had it, or had it with this TTL.
    var serial: UInt32
    var at: Int64
    var ttl: UInt32
    /// When the last copy expires that a secondary has handed out before it fetched the zone anew.
    var cachedUntil: Int64 = 0
  }

  private struct Zone {
    var content: Content
    var departures: [IPAddress: Departure] = [:]
  }

  package static let mostCopies = 1_024
  /// For how long after a publication a transfer of what was before may be heard of, in seconds: many times what a worker
  /// needs to report it.
  private static let longestSilence: Int64 = 60

  private struct Copy {
    var serial: UInt32
    /// Whether it has ever been sent whole.
    var isComplete: Bool
  }

  /// By zone and secondary.
  private var copies: [DomainName: [IPAddress: Copy]] = [:]
  private var count = 0
  private var zones: [DomainName: Zone] = [:]
  /// Whether there were more copies than are kept.
  package private(set) var isIncomplete = false

  package init(_ copies: [ZoneCopy] = []) {
    for copy in copies { self[copy] = Copy(serial: copy.serial, isComplete: true) }
  }

  /// The copies, to be kept for the next process.
  package var all: [ZoneCopy] {
    copies.flatMap { zone, copies in
      copies.map { ZoneCopy(zone: zone, secondary: $0.key, serial: $0.value.serial) }
    }
  }

  /// The copy of the same zone that the same secondary has.
  private subscript(_ copy: ZoneCopy) -> Copy? {
    get { copies[copy.zone]?[copy.secondary] }
    set {
      count += (newValue == nil ? 0 : 1) - (self[copy] == nil ? 0 : 1)
      copies[copy.zone, default: [:]][copy.secondary] = newValue
      if copies[copy.zone]?.isEmpty == true { copies[copy.zone] = nil }
    }
  }

  /// Whether the zone is published under another serial than before.
  func isOutdated(_ apex: DomainName, serial: UInt32) -> Bool { zones[apex]?.content.serial != serial }

  /// Takes note of what a zone has from now on, under a new serial.
  ///
  /// - Parameter known: addresses that the zone may have had before, of which nothing is known yet.
  mutating func publish(_ content: Content, known: [IPAddress: UInt32], at second: Int64) {
    var zone = zones[content.apex] ?? Zone(content: content)
    let former = zones[content.apex]?.content
    for (address, ttl) in former?.addresses ?? known where content.addresses[address].map({ $0 < ttl }) ?? true {
      var departure = Departure(serial: former?.serial ?? content.serial &- 1, at: second, ttl: ttl)
      if let earlier = zone.departures[address] {
        departure.cachedUntil = earlier.cachedUntil
        if mayBeHeld(earlier, of: content.apex, at: second) { departure.ttl = max(ttl, earlier.ttl) }
      }
      zone.departures[address] = departure
    }
    zone.departures = zone.departures.filter { address, departure in
      if let ttl = content.addresses[address], ttl >= departure.ttl { return false }
      return departure.cachedUntil > second || mayBeHeld(departure, of: content.apex, at: second)
    }
    zone.content = content
    zones[content.apex] = zone
  }

  /// Whether a secondary may have what has left, also one of which nobody has heard yet: a worker may have begun to send it.
  private func mayBeHeld(_ departure: Departure, of apex: DomainName, at second: Int64) -> Bool {
    departure.at + SecondaryCopies.longestSilence > second
      || copies[apex]?.contains { SecondaryCopies.has(departure.serial, copy: $0.value.serial) } ?? false
  }

  /// Forgets zones that are no more.
  mutating func keep(_ apexes: Set<DomainName>) { zones = zones.filter { apexes.contains($0.key) } }

  /// Whether a copy may have what was last in the zone under `serial` (RFC 1982 §3.2).
  private static func has(_ serial: UInt32, copy: UInt32) -> Bool { Int32(bitPattern: copy &- serial) <= 0 }

  /// Takes note that a secondary is being sent a zone: it may have that content from now on.
  mutating func begin(_ copy: ZoneCopy) {
    guard self[copy] == nil else { return }
    guard count < SecondaryCopies.mostCopies else {
      isIncomplete = true
      return
    }
    self[copy] = Copy(serial: copy.serial, isComplete: false)
  }

  /// Takes note that a zone was not sent whole: a client that has no other copy has none.
  mutating func breakOff(_ copy: ZoneCopy) {
    if let known = self[copy], !known.isComplete, known.serial == copy.serial { self[copy] = nil }
  }

  /// Takes note that there was more than what was reported.
  mutating func noteLoss() { isIncomplete = true }

  /// Takes note that a secondary has been sent a zone whole.
  mutating func complete(_ copy: ZoneCopy, at second: Int64) {
    begin(copy)
    guard let former = self[copy] else { return }
    self[copy] = Copy(serial: copy.serial, isComplete: true)
    guard var zone = zones[copy.zone] else { return }
    for (address, departure) in zone.departures
    where SecondaryCopies.has(departure.serial, copy: former.serial)
      && !SecondaryCopies.has(departure.serial, copy: copy.serial)
    {
      zone.departures[address]?.cachedUntil = max(departure.cachedUntil, second + Int64(departure.ttl))
    }
    zones[copy.zone] = zone
  }

  /// Who holds one of the addresses still, and when the last copy expires that others have got from secondaries.
  func standing(of addresses: [IPAddress], at second: Int64) -> (holds: [SecondaryHold], cachedUntil: Int64) {
    var holds: [SecondaryHold] = []
    var cachedUntil: Int64 = 0
    guard count > 0 else { return ([], 0) }
    for (apex, zone) in zones {
      for departure in addresses.compactMap({ zone.departures[$0] }) {
        cachedUntil = max(cachedUntil, departure.cachedUntil)
        let end = departure.at + Int64(zone.content.expire)
        for (secondary, copy) in copies[apex] ?? [:] where SecondaryCopies.has(departure.serial, copy: copy.serial) {
          guard end > second else {
            cachedUntil = max(cachedUntil, end + Int64(departure.ttl))
            continue
          }
          let hold = SecondaryHold(
            zone: apex, secondary: secondary, serial: copy.serial, newest: zone.content.serial)
          if !holds.contains(hold) { holds.append(hold) }
        }
      }
    }
    holds.sort { ($0.zone.description, $0.secondary.description) < ($1.zone.description, $1.secondary.description) }
    return (holds, cachedUntil)
  }
}
