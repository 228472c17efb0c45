// The file `serials`: a line for each zone, its end and a checksum.
//
//      rondo-serials 2
//      running                                                   or `ended`: how the process that wrote it went
//      it.example.⇥9f3c…⇥7⇥12⇥76                                 apex, fingerprint, serial in the file, served, ceiling
//      end 1 5f0a…                                               how many, and FNV-1a of all before this line
//
// A `-` stands for no fingerprint, and for no serial in the file (`$ZONE`). Of a file that is damaged every line that can
// be read still counts, so that no serial is lowered further than need be; see `SerialBook.Past.damaged`.
// Version 1 had no first line: `apex fingerprint serial`.

internal import DNS

/// What was read of a file of serials.
struct SerialFile {
  /// 100,000 zones have about 8 MiB.
  static let mostOctets = 64 << 20

  private(set) var entries: [String: SerialBook.Entry] = [:]
  private(set) var past = SerialBook.Past.ended
  /// Why the file is not trusted; nil if it is.
  private(set) var damage: String?

  init(octets: [UInt8]) {
    let lines = octets.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard !octets.isEmpty else {
      (damage, past) = ("it is empty", .damaged)
      return
    }
    guard lines.first.map({ Array($0) }) == Array("rondo-serials 2".utf8) else {
      readFirstVersion(lines)
      return
    }
    var faulty: Int?
    for (index, line) in lines.enumerated().dropFirst(2) where line.contains(UInt8(ascii: "\t")) {
      if !enter(line) { faulty = faulty ?? index + 1 }
    }
    past = lines.count > 1 && lines[1].elementsEqual("ended".utf8) ? .ended : .killed
    if let faulty {
      damage = "line \(faulty) is malformed"
    } else if !SerialFile.hasEnd(octets, lines, count: entries.count) {
      damage = "its end is missing or does not fit the rest"
    }
    if damage != nil { past = .damaged }
  }

  private static func hasEnd(_ octets: [UInt8], _ lines: [ArraySlice<UInt8>], count: Int) -> Bool {
    guard lines.count >= 4, lines[lines.count - 1].isEmpty else { return false }
    let end = lines[lines.count - 2]
    return end.elementsEqual(SerialFile.end(count: count, after: octets[..<end.startIndex]).utf8.dropLast())
  }

  private mutating func enter(_ line: ArraySlice<UInt8>) -> Bool {
    guard line.count <= 2_048 else { return false }
    let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
    guard fields.count == 5, !fields[0].isEmpty, let serial = UInt32(fields[3]), let ceiling = UInt32(fields[4]) else {
      return false
    }
    let fingerprint = UInt64(fields[1], radix: 16)
    let written = UInt32(fields[2])
    guard fingerprint != nil || fields[1] == "-", written != nil || fields[2] == "-" else { return false }
    entries[fields[0]] = SerialBook.Entry(
      fingerprint: fingerprint, written: written, serial: serial, ceiling: ceiling, durable: ceiling)
    return true
  }

  private mutating func readFirstVersion(_ lines: [ArraySlice<UInt8>]) {
    for (index, line) in lines.enumerated() where !line.isEmpty {
      let words = line.prefix(2_048).split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map {
        String(decoding: $0, as: UTF8.self)
      }
      // An empty fingerprint was one of a zone whose content was not known.
      let written = words.count == 3 && words[1].hasPrefix("soa-") ? UInt32(words[1].dropFirst(4)) : nil
      let fingerprint = words.count == 3 ? UInt64(words[1], radix: 16) : nil
      guard words.count == 3, words[0].hasSuffix("."), let serial = UInt32(words[2]),
        written != nil || fingerprint != nil || words[1].isEmpty
      else {
        damage = damage ?? "line \(index + 1) is not of a file of serials, or of another version"
        past = .damaged
        continue
      }
      entries[words[0]] = SerialBook.Entry(
        fingerprint: fingerprint, written: written, serial: serial, ceiling: serial, durable: serial)
    }
  }

  // MARK: Writing

  /// The file that remembers these entries.
  ///
  /// - Parameter hasEnded: whether the process serves no more.
  static func octets(_ entries: [String: SerialBook.Entry], hasEnded: Bool) -> [UInt8] {
    var text = "rondo-serials 2\n\(hasEnded ? "ended" : "running")\n"
    for (apex, entry) in entries.sorted(by: { $0.key < $1.key }) {
      let fingerprint = entry.fingerprint.map { String($0, radix: 16) } ?? "-"
      let written = entry.written.map { String($0) } ?? "-"
      text += "\(apex)\t\(fingerprint)\t\(written)\t\(entry.serial)\t\(entry.ceiling)\n"
    }
    let octets = Array(text.utf8)
    return octets + end(count: entries.count, after: octets[...]).utf8
  }

  private static func end(count: Int, after octets: ArraySlice<UInt8>) -> String {
    var checksum = Fingerprint()
    for octet in octets { checksum.add(octet) }
    return "end \(count) \(String(checksum.value, radix: 16))\n"
  }
}
