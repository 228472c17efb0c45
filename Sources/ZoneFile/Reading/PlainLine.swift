// The line that big zones are made of: `owner [TTL] [IN] A address`, the owner one plain label or left out.
//
// Such lines are read in one pass, without words and without messages. Everything else (other types, comments in between,
// special characters, all mistakes) is left to the reader of entries, which reads these lines too, with the same outcome,
// only slower.

import DNS

/// Where the parts of such a line are, as offsets into the file.
struct PlainLine {
  /// Empty where the line begins with white space: the owner is the one of the line before.
  private(set) var owner: Range<Int>
  private(set) var ttl: UInt32?
  /// The owner; or what comes first where there is none.
  private(set) var firstWord: Range<Int>
  private(set) var type = 0..<0
  private(set) var address = 0..<0
  private(set) var addressValue: UInt32 = 0
  /// The first octet of the next line.
  private(set) var end = 0

  /// The line that begins at `start`; nil when it is none of these.
  @_optimize(speed)
  init?(_ file: Span<UInt8>, at start: Int) {
    owner = PlainLine.label(file, at: start)
    firstWord = owner
    var at = PlainLine.afterSpace(file, at: owner.upperBound)
    guard at > owner.upperBound, owner.count <= DomainName.maximumLabelLength else { return nil }
    if let (number, digits) = PlainLine.number(file, at: at) {
      ttl = number
      setFirstWord(digits)
      at = PlainLine.afterSpace(file, at: digits.upperBound)
    }
    if PlainLine.letter(file, at: at) == UInt8(ascii: "i"), PlainLine.letter(file, at: at + 1) == UInt8(ascii: "n"),
      PlainLine.afterSpace(file, at: at + 2) > at + 2
    {
      setFirstWord(at..<at + 2)
      at = PlainLine.afterSpace(file, at: at + 2)
    }
    guard PlainLine.letter(file, at: at) == UInt8(ascii: "a") else { return nil }
    type = at..<at + 1
    setFirstWord(type)
    let addressStart = PlainLine.afterSpace(file, at: at + 1)
    guard addressStart > at + 1, let (value, addressEnd) = IPAddress.scanIPv4(file, at: addressStart) else {
      return nil
    }
    address = addressStart..<addressEnd
    addressValue = value
    at = PlainLine.afterSpace(file, at: addressEnd)
    if at < file.count, file[at] == UInt8(ascii: "\r") { at += 1 }
    guard at < file.count, file[at] == UInt8(ascii: "\n") else { return nil }
    end = at + 1
  }

  private mutating func setFirstWord(_ word: Range<Int>) {
    if firstWord.isEmpty { firstWord = word }
  }

  @inline(__always)
  private static func letter(_ file: Span<UInt8>, at place: Int) -> UInt8 {
    place < file.count ? lowercased(file[place]) : 0
  }

  @inline(__always)
  private static func afterSpace(_ file: Span<UInt8>, at start: Int) -> Int {
    var at = start
    while at < file.count, file[at] == UInt8(ascii: " ") || file[at] == UInt8(ascii: "\t") { at += 1 }
    return at
  }

  /// Letters, digits, hyphen and underscore; a lone asterisk too.
  @inline(__always)
  private static func label(_ file: Span<UInt8>, at start: Int) -> Range<Int> {
    var at = start
    if at < file.count, file[at] == UInt8(ascii: "*") { return at..<at + 1 }
    while at < file.count {
      switch file[at] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        at += 1
      default: return start..<at
      }
    }
    return start..<at
  }

  /// A word of up to nine digits.
  @inline(__always)
  private static func number(_ file: Span<UInt8>, at start: Int) -> (value: UInt32, place: Range<Int>)? {
    guard let (value, end) = TTLText.scanSeconds(file, at: start), afterSpace(file, at: end) > end else { return nil }
    return (value, start..<end)
  }
}

extension Reader {
  /// Reads the plain lines that come next; stops before the first line that is none.
  @_optimize(speed)
  mutating func readPlainLines(_ scanner: inout EntryScanner) {
    guard var line = PlainLine(scanner.bytes.span, at: scanner.at), let zone = scope.zone,
      let apex = draft.zones.list[zone].apex, let origin = scope.origin, origin.isAtOrBelow(apex)
    else { return }
    var owner = scope.owner.flatMap { $0.isAtOrBelow(apex) ? $0.wire : nil } ?? []
    let file = draft.zones.list[zone].records.number(ofFile: log.sources[scanner.file].path)
    while true {
      guard let ttl = line.ttl ?? scope.defaultTTL ?? scope.statedTTL else { break }
      if line.owner.isEmpty {
        guard !owner.isEmpty else { break }
      } else {
        guard 1 + line.owner.count + origin.wire.count <= DomainName.maximumLength else { break }
        owner.removeAll(keepingCapacity: true)
        owner.append(UInt8(line.owner.count))
        owner += scanner.bytes[line.owner]
        owner += origin.wire
      }
      if let ttl = line.ttl { scope.statedTTL = ttl }
      draft.zones.list[zone].records.append(
        owner, ttl: ttl, address: line.addressValue, file: file,
        RecordRanges(
          range: scanner.range(line.firstWord), typeRange: scanner.range(line.type),
          lastField: scanner.range(line.address)))
      scanner.goOn(to: line.end)
      guard let next = PlainLine(scanner.bytes.span, at: scanner.at) else { break }
      line = next
    }
    if !owner.isEmpty { scope.owner = DomainName(uncheckedWire: owner) }
  }
}
