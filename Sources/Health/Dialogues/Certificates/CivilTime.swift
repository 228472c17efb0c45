// Times as people and certificates write them (RFC 5280 §4.1.2.5), as Unix seconds.

package enum CivilTime {
  static let secondsPerDay: Int64 = 86_400

  /// `YYMMDDhhmmssZ` up to 2049, `YYYYMMDDhhmmssZ` after; nil for anything else.
  static func seconds(_ element: DERReader.Element) -> Int64? {
    var text = element.content
    guard text.popLast() == UInt8(ascii: "Z"),
      text.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    func number(_ count: Int) -> Int64 {
      defer { text = text.dropFirst(count) }
      return text.prefix(count).reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }
    var year: Int64
    switch (element.tag, text.count) {
    case (DERReader.Tag.utcTime, 12):
      year = number(2)
      year += year < 50 ? 2000 : 1900
    case (DERReader.Tag.generalizedTime, 14): year = number(4)
    default: return nil
    }
    let (month, day, hour, minute, second) = (number(2), number(2), number(2), number(2), number(2))
    guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60 else { return nil }
    return days(year, month, day) * secondsPerDay + hour * 3_600 + minute * 60 + second
  }

  /// Days from 1970-01-01 in the Gregorian calendar. Years begin in March here, so that the leap day comes last.
  package static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let century = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - century * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return century * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
