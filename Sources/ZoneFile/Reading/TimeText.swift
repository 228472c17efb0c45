// Times as operators write them: `1h30m`, `500ms`, `3600`.

/// Why a text is not a time.
enum TimeTextError: Error {
  case malformed
  /// More than the field can hold.
  case overflow
}

/// Times of records: a number of seconds, or numbers with `w d h m s`.
enum TTLText {
  /// RFC 2181 §8: a TTL has 31 bits.
  static let maximum: UInt32 = 2_147_483_647

  /// Reads seconds.
  static func parse(_ text: ArraySlice<UInt8>) throws(TimeTextError) -> UInt32 {
    if let (seconds, end) = scanSeconds(text.span, at: 0), end == text.count { return seconds }
    let seconds = try sum(text) { unit in
      switch unit {
      case "w": 604_800
      case "d": 86_400
      case "h": 3600
      case "m": 60
      case "s", "": 1
      default: nil
      }
    }
    guard seconds <= Int(maximum) else { throw .overflow }
    return UInt32(seconds)
  }

  /// Reads the number without unit that begins at `start`, as most are: up to nine digits, which is below the maximum.
  static func scanSeconds(_ text: Span<UInt8>, at start: Int) -> (value: UInt32, end: Int)? {
    var at = start
    var value: UInt32 = 0
    while at < text.count, at < start + 9 {
      let digit = UInt32(text[at]) &- UInt32(UInt8(ascii: "0"))
      guard digit <= 9 else { break }
      value = value * 10 + digit
      at += 1
    }
    return at > start ? (value, at) : nil
  }
}

/// Times of checks: a number of seconds, or numbers with `h m s ms`.
enum DurationText {
  /// Reads milliseconds; over a year is an overflow.
  static func parse(_ text: ArraySlice<UInt8>) throws(TimeTextError) -> Duration {
    let milliseconds = try sum(text) { unit in
      switch unit {
      case "h": 3_600_000
      case "m": 60_000
      case "s", "": 1000
      case "ms": 1
      default: nil
      }
    }
    guard milliseconds <= 31_536_000_000 else { throw .overflow }
    return .milliseconds(milliseconds)
  }
}

/// Adds up numbers with units. A number without unit (`""`) may only stand alone: `1h30` could mean two things.
private func sum(_ text: ArraySlice<UInt8>, unit scale: (String) -> Int?) throws(TimeTextError) -> Int {
  let digits: ClosedRange<UInt8> = UInt8(ascii: "0")...UInt8(ascii: "9")
  var total = 0
  var overflowed = false
  var rest = text
  guard !rest.isEmpty else { throw .malformed }
  while !rest.isEmpty {
    let number = rest.prefix { digits.contains($0) }
    rest = rest.dropFirst(number.count)
    let unit = rest.prefix { !digits.contains($0) }
    rest = rest.dropFirst(unit.count)
    guard !number.isEmpty, unit.count <= 2, !unit.isEmpty || number.count == text.count,
      let factor = scale(String(decoding: unit, as: UTF8.self).lowercased())
    else { throw .malformed }
    // Twelve digits are over every limit and far below the greatest Int.
    let value = number.drop { $0 == UInt8(ascii: "0") }
    guard value.count <= 12 else {
      overflowed = true
      continue
    }
    total += value.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } * factor
    if total > 1_000_000_000_000_000 {
      overflowed = true
      total = 0
    }
  }
  if overflowed { throw .overflow }
  return total
}
