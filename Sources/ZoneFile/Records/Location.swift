// LOC: where on Earth a name is (RFC 1876).
//
//   52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m
//
//   +-------------------------------+
//   |    version    |      size     |   sizes: upper half × 10^lower half, in centimetres
//   +-------------------------------+
//   | horizontal p. |  vertical p.  |
//   +-------------------------------+
//   |           latitude            |   thousandths of an arc second, 2^31 is the equator
//   |           longitude           |
//   |           altitude            |   centimetres above 100,000 m below the sea level
//   +-------------------------------+  (each of the last three 32 bits)

import DNS

extension FieldReader {
  mutating func location() throws(Problem) -> RecordData {
    let latitude = try angle("the latitude", degrees: 90, positive: "N", negative: "S")
    let longitude = try angle("the longitude", degrees: 180, positive: "E", negative: "W")
    let altitude = try centimetres("the altitude", from: -10_000_000, to: 4_284_967_295)
    let size = isAtEnd ? 100 : try centimetres("the size", from: 0, to: 9_000_000_000)
    let horizontal = isAtEnd ? 1_000_000 : try centimetres("the horizontal precision", from: 0, to: 9_000_000_000)
    let vertical = isAtEnd ? 1000 : try centimetres("the vertical precision", from: 0, to: 9_000_000_000)
    var data = RecordData()
    for octet in [0, scaled(size), scaled(horizontal), scaled(vertical)] { data.append(octet) }
    data.append(UInt32(truncatingIfNeeded: 1 << 31 + latitude))
    data.append(UInt32(truncatingIfNeeded: 1 << 31 + longitude))
    data.append(UInt32(truncatingIfNeeded: altitude + 10_000_000))
    return data
  }

  /// Degrees, and if written minutes and seconds, then the hemisphere; in thousandths of an arc second.
  private mutating func angle(_ field: String, degrees limit: Int, positive: String, negative: String) throws(Problem)
    -> Int
  {
    let units = [("degrees", limit, 3_600_000), ("minutes", 59, 60_000), ("seconds", 59, 1000)]
    var total = 0
    let start = following
    for (index, (unit, most, scale)) in units.enumerated() {
      if index > 0, let token = peek, entry.isKeyword(token, positive) || entry.isKeyword(token, negative) { break }
      let token = try next("\(unit) of \(field)")
      guard
        let value = decimal(entry.text(token), places: unit == "seconds" ? 3 : 0), value >= 0,
        value <= (unit == "seconds" ? 59_999 : most)
      else {
        throw Problem(
          at: token.range, "\"\(printable(entry.text(token)))\" cannot be the \(unit) of \(field)",
          fix: unit == "seconds"
            ? "write a number from 0 to 59.999, or \(positive) or \(negative)"
            : "write a whole number from 0 to \(most)")
      }
      total += unit == "seconds" ? value : value * scale
    }
    let hemisphere = try next("the hemisphere of \(field)")
    guard entry.isKeyword(hemisphere, positive) || entry.isKeyword(hemisphere, negative) else {
      throw Problem(
        at: hemisphere.range, "\"\(printable(entry.text(hemisphere)))\" is no hemisphere of \(field)",
        fix: "write \(positive) or \(negative)")
    }
    guard total <= limit * 3_600_000 else {
      throw Problem(at: start, "\(field) is over \(limit) degrees", fix: "write at most \(limit) degrees")
    }
    return entry.isKeyword(hemisphere, positive) ? total : -total
  }

  /// Metres with at most two decimals, and an `m` or none.
  private mutating func centimetres(_ field: String, from least: Int, to most: Int) throws(Problem) -> Int {
    let token = try next(field)
    let text = entry.text(token)
    let number = lowercased(text.last ?? 0) == UInt8(ascii: "m") ? text.dropLast() : text
    guard let value = decimal(number, places: 2), (least...most).contains(value) else {
      throw Problem(
        at: token.range, "\"\(printable(text))\" cannot be \(field)",
        fix: "write metres from \(least / 100) to \(most / 100) with at most two decimals, for example 12.50m")
    }
    return value
  }

  /// A decimal number times 10^places; nil when it is not one, or too long to be meant.
  private func decimal(_ text: ArraySlice<UInt8>, places: Int) -> Int? {
    let digits: ClosedRange<UInt8> = UInt8(ascii: "0")...UInt8(ascii: "9")
    let isNegative = text.first == UInt8(ascii: "-")
    let parts = (isNegative ? text.dropFirst() : text).split(
      separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard let whole = parts.first, parts.count <= 2, (1...10).contains(whole.count) else { return nil }
    let fraction = parts.count == 2 ? Array(parts[1]) : []
    guard fraction.count <= places, parts.count == 1 || !fraction.isEmpty, whole.allSatisfy(digits.contains),
      fraction.allSatisfy(digits.contains)
    else { return nil }
    let padded = Array(whole) + fraction + [UInt8](repeating: UInt8(ascii: "0"), count: places - fraction.count)
    let value = padded.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    return isNegative ? -value : value
  }

  /// The largest `mantissa × 10^exponent` of one digit each that is not over `centimetres` (RFC 1876 §2).
  private func scaled(_ centimetres: Int) -> UInt8 {
    var mantissa = centimetres
    var exponent = 0
    while mantissa > 9 {
      mantissa /= 10
      exponent += 1
    }
    return UInt8(mantissa << 4 | exponent)
  }
}
