// What a process has to know of the hand-outs of the one before it, as it is written down.
//
//      rondo-hand-outs 1
//      boot⇥1b4e28ba-2fa1-11d2-883f-0016d3cca427      of the kernel: the clock of the seconds below begins with it
//      longest⇥192.0.2.11⇥3600                        TTL under which an address may have been handed out lately
//      quiet⇥192.0.2.11⇥4711.250                      of a node that is drained: when its last copy expires
//      secondary⇥kreis.example.⇥10.0.0.5⇥17           the copy of a zone that a secondary has
//      end 3                                          how many lines; a torn file has no such line

package import DNS

/// Why a file of hand-outs is not used.
package enum HandOutPastError: Error, Hashable, Sendable {
  case unknownVersion
  /// The line, from 1.
  case malformed(line: Int)
  case torn
}

/// What is left of the ledger of the process before.
package struct HandOutPast: Hashable, Sendable {
  package static let mostOctets = 4 << 20

  /// When the last copy of an address expires, in monotonic milliseconds, of nodes that were out of the answers by an operator's
  /// word then.
  package var quiet: [IPAddress: Int64] = [:]
  /// Under which TTL an address may have been handed out lately, in seconds.
  package var longestTTLs: [IPAddress: UInt32] = [:]
  package var copies: Set<ZoneCopy> = []

  package init() {}

  /// - Parameter boot: what tells this start of the kernel from others.
  package func text(boot: String) -> String {
    var lines: [String] = []
    for (address, ttl) in longestTTLs { lines.append("longest\t\(address)\t\(ttl)") }
    for (address, time) in quiet { lines.append("quiet\t\(address)\t\(HandOutPast.seconds(time))") }
    for copy in copies { lines.append("secondary\t\(copy.zone)\t\(copy.secondary)\t\(copy.serial)") }
    return (["rondo-hand-outs 1", "boot\t\(boot)"] + lines.sorted() + ["end \(lines.count)", ""]).joined(
      separator: "\n")
  }

  /// Reads what `text` gave; all of it or nothing. Seconds of another start of the kernel mean nothing, and are left out.
  package init(octets: [UInt8], boot: String) throws(HandOutPastError) {
    var lines = octets.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...].map {
      String(decoding: $0, as: UTF8.self)
    }[...]
    guard lines.popFirst() == "rondo-hand-outs 1" else { throw .unknownVersion }
    guard let first = lines.popFirst(), first.hasPrefix("boot\t") else { throw .malformed(line: 2) }
    guard lines.popLast() == "", lines.popLast() == "end \(lines.count)" else { throw .torn }
    for (index, line) in lines.enumerated() {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard add(fields) else { throw .malformed(line: index + 3) }
    }
    if boot.isEmpty || first != "boot\t\(boot)" { quiet = [:] }
  }

  private mutating func add(_ fields: [String]) -> Bool {
    switch (fields.first, fields.count) {
    case ("longest", 3):
      guard let address = IPAddress(fields[1]), let ttl = UInt32(fields[2]) else { return false }
      return longestTTLs.updateValue(ttl, forKey: address) == nil
    case ("quiet", 3):
      guard let address = IPAddress(fields[1]), let time = HandOutPast.milliseconds(fields[2]) else { return false }
      return quiet.updateValue(time, forKey: address) == nil
    case ("secondary", 4):
      guard let zone = DomainName(fields[1]), let secondary = IPAddress(fields[2]),
        let serial = UInt32(fields[3])
      else { return false }
      return copies.insert(ZoneCopy(zone: zone, secondary: secondary, serial: serial)).inserted
    default: return false
    }
  }

  /// `4711.250`
  private static func seconds(_ milliseconds: Int64) -> String {
    "\(milliseconds / 1_000).\(zeroPadded(milliseconds % 1_000, width: 3))"
  }

  /// Reads whole seconds too.
  private static func milliseconds(_ text: String) -> Int64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.last?.count == 3 || parts.count == 1,
      parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let seconds = Int64(parts[0]), seconds <= .max / 2_000
    else { return nil }
    return seconds * 1_000 + (parts.count == 2 ? Int64(parts[1]) ?? 0 : 0)
  }
}
