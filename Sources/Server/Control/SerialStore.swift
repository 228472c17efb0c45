// SOA serials of the zones that `$ZONE` makes: Unix time of the last change of content, kept over restarts.
//
// The file has a line for each zone, `apex fingerprint serial`. A zone whose fingerprint is the one on file keeps
// its serial; a changed one gets the time of day, or one more than before if the clock stands still or went back.

internal import DNS
internal import Linux
internal import ZoneFile

struct SerialStore {
  private struct Entry {
    var fingerprint: String
    var serial: UInt32
  }

  /// Nil for `--state none`: then every start is a change.
  private let path: String?
  private var entries: [String: Entry] = [:]

  /// Reads what is on file; a file that is missing or unreadable is as good as an empty one.
  init(directory: String?) {
    path = directory.map { $0 + "/serials" }
    guard let path, let octets = try? readFile(path, limit: 16 << 20) else { return }
    for line in String(decoding: octets, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 3, let serial = UInt32(words[2]) else { continue }
      entries[String(words[0])] = Entry(fingerprint: String(words[1]), serial: serial)
    }
  }

  /// Sets the serials of the zones made by `$ZONE` and keeps them.
  ///
  /// - Returns: why they could not be kept; nil when they were, or had not changed.
  mutating func assignSerials(in configuration: inout Configuration, now: Int64) -> Errno? {
    var hasChanged = false
    let time = UInt32(truncatingIfNeeded: now)
    for index in configuration.zones.indices where configuration.zones[index].origin == .zoneDirective {
      let zone = configuration.zones[index]
      let key = String(describing: zone.apex).lowercased()
      let fingerprint = fingerprint(of: zone, in: configuration)
      let known = entries[key]
      if let known, known.fingerprint == fingerprint {
        configuration.zones[index].soa.serial = known.serial
        continue
      }
      let serial = known.map { max(time, $0.serial &+ 1) } ?? time
      configuration.zones[index].soa.serial = serial
      entries[key] = Entry(fingerprint: fingerprint, serial: serial)
      hasChanged = true
    }
    return hasChanged ? save() : nil
  }

  /// Gives zones whose author owns the serial the one that secondaries last saw, unless the author's is newer.
  func raiseSerials(in configuration: inout Configuration) {
    for index in configuration.zones.indices where configuration.zones[index].origin == .soaRecord {
      let zone = configuration.zones[index]
      guard let known = entries[SerialStore.key(of: zone)] else { continue }
      let written = zone.soa.serial
      // Moved on from this serial; or the file has another one, and it must be seen as newer (RFC 1982 §3.2).
      if known.fingerprint == "soa-\(written)" {
        configuration.zones[index].soa.serial = known.serial
      } else if Int32(bitPattern: written &- known.serial) <= 0 {
        configuration.zones[index].soa.serial = known.serial &+ 1
      }
    }
  }

  /// Raises the serial of a zone whose addresses have changed, and notes it; `save` keeps it.
  ///
  /// - Parameter written: the serial in the file, for a zone whose author owns it.
  mutating func move(_ zone: inout Zone, written: UInt32?) {
    zone.soa.serial &+= 1
    let key = SerialStore.key(of: zone)
    let fingerprint = written.map { "soa-\($0)" } ?? entries[key]?.fingerprint ?? ""
    entries[key] = Entry(fingerprint: fingerprint, serial: zone.soa.serial)
  }

  private static func key(of zone: Zone) -> String { String(describing: zone.apex).lowercased() }

  func save() -> Errno? {
    guard let path else { return nil }
    let lines = entries.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.fingerprint) \($0.value.serial)\n" }
    do throws(Errno) {
      try writeFileAtomically(path, Array(lines.joined().utf8))
      return nil
    } catch {
      return error
    }
  }

  /// 64 bits of FNV-1a over all that the zone can answer.
  private func fingerprint(of zone: Zone, in configuration: Configuration) -> String {
    var hash = Fingerprint()
    hash.add(zone.apex.canonicalWire)
    hash.add(zone.soa.primary.wire + zone.soa.contact.wire)
    for value in [zone.soa.ttl, zone.soa.refresh, zone.soa.retry, zone.soa.expire, zone.soa.minimum] {
      hash.add(value)
    }
    for record in zone.records {
      hash.add(record.owner.canonicalWire)
      hash.add(UInt32(record.type.rawValue))
      hash.add(record.ttl)
      hash.add(record.data.bytes)
    }
    for rotation in zone.rotations {
      hash.add(rotation.owner.canonicalWire)
      hash.add(rotation.ttl)
      for member in configuration.pools[rotation.pool].allNodes {
        for address in configuration.nodes[member].addresses { hash.add(address.octets) }
      }
    }
    return String(hash.value, radix: 16)
  }
}

/// FNV-1a: enough to notice an edit.
private struct Fingerprint {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ octets: [UInt8]) {
    // The length too, lest two neighbours trade an octet unnoticed.
    add(UInt32(truncatingIfNeeded: octets.count))
    for octet in octets { add(octet) }
  }

  mutating func add(_ number: UInt32) {
    for shift in [24, 16, 8, 0] as [UInt32] { add(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  private mutating func add(_ octet: UInt8) { value = (value ^ UInt64(octet)) &* 0x0000_0100_0000_01B3 }
}
