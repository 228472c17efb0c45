// Times as certificates write them (RFC 5280 §4.1.2.5), as Unix seconds.

internal import DNS

enum CertificateTime {
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
    let date = CivilDate(year: year, month: month, day: day)
    return date.daysSince1970 * CivilDate.secondsPerDay + hour * 3_600 + minute * 60 + second
  }
}
