// Days of the Gregorian calendar, for times that are written as dates: RRSIG (RFC 4034 §3.2), certificates, logs.
//
// Counted in eras of 400 years that begin on a 1st of March, so that a leap day is the last of its year (Howard Hinnant,
// "chrono-Compatible Low-Level Date Algorithms").

/// A day of the proleptic Gregorian calendar.
package struct CivilDate: Hashable, Sendable {
  package static let secondsPerDay: Int64 = 86_400

  private static let daysPerEra: Int64 = 146_097
  /// From 0000-03-01 to 1970-01-01.
  private static let daysToEpoch: Int64 = 719_468

  package let year: Int64
  /// 1…12
  package let month: Int64
  /// 1…31
  package let day: Int64

  /// A month and a day that the calendar has.
  package init(year: Int64, month: Int64, day: Int64) {
    assert((1...12).contains(month) && (1...31).contains(day))
    self.year = year
    self.month = month
    self.day = day
  }

  package static func days(inMonth month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// The day that is so many days after 1970-01-01.
  package init(daysSince1970 days: Int64) {
    let (era, dayOfEra) = (days + CivilDate.daysToEpoch).dividedDown(by: CivilDate.daysPerEra)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
  }

  package var daysSince1970: Int64 {
    let (era, yearOfEra) = (month <= 2 ? year - 1 : year).dividedDown(by: 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * CivilDate.daysPerEra + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
      - CivilDate.daysToEpoch
  }
}

/// A second of UTC, as dates and times of the day are written.
package struct CivilTime: Hashable, Sendable {
  package let date: CivilDate
  /// 0…23
  package let hour: Int64
  /// 0…59
  package let minute: Int64
  /// 0…59
  package let second: Int64

  /// - Parameter seconds: since 1970-01-01T00:00:00Z, leap seconds not counted.
  package init(unixSeconds seconds: Int64) {
    let (days, secondOfDay) = seconds.dividedDown(by: CivilDate.secondsPerDay)
    date = CivilDate(daysSince1970: days)
    (hour, minute, second) = (secondOfDay / 3_600, secondOfDay / 60 % 60, secondOfDay % 60)
  }

  /// `2026-11-28`
  package var dateText: String { "\(zeroPadded(date.year, width: 4))-" + text([date.month, date.day], "-") }

  /// `16:48:14`
  package var clockText: String { text([hour, minute, second], ":") }

  /// `20261128164814`, as zone files write it (RFC 4034 §3.2).
  package var digits: String {
    zeroPadded(date.year, width: 4) + text([date.month, date.day, hour, minute, second], "")
  }

  private func text(_ fields: [Int64], _ separator: String) -> String {
    fields.map { zeroPadded($0, width: 2) }.joined(separator: separator)
  }
}

extension Int64 {
  /// Quotient and remainder, the remainder never below zero: also for times before 1970.
  package func dividedDown(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

/// `number` in decimal, filled with zeros on the left to at least `width` digits.
package func zeroPadded(_ number: Int64, width: Int) -> String {
  let digits = String(number.magnitude)
  return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
}
