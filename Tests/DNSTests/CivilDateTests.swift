// Days and dates against dates that are known, and against each other.

import DNS
import Testing

@Test(
  "A second since 1970 has the date and the time that the calendar says",
  arguments: [
    (0, "1970-01-01 00:00:00"), (-1, "1969-12-31 23:59:59"), (951_782_400, "2000-02-29 00:00:00"),
    (1_795_529_001, "2026-11-24 14:03:21"), (4_107_542_399, "2100-02-28 23:59:59"),
    (4_107_542_400, "2100-03-01 00:00:00"), (253_402_300_799, "9999-12-31 23:59:59"),
    (-62_167_219_200, "0000-01-01 00:00:00"),
  ] as [(Int64, String)])
func civilTime(seconds: Int64, text: String) {
  let time = CivilTime(unixSeconds: seconds)
  #expect("\(time.dateText) \(time.clockText)" == text)
  #expect(time.digits == text.filter(\.isNumber))
}

@Test("Each day follows the one before, and is found again from its date")
func consecutiveDays() {
  var before = CivilDate(daysSince1970: -800_001)
  for days in -800_000...800_000 as ClosedRange<Int64> {
    let date = CivilDate(daysSince1970: days)
    let isNext =
      date.day == before.day + 1 && date.month == before.month && date.year == before.year
      || date.day == 1 && before.day >= 28
        && (date.month == before.month + 1 && date.year == before.year
          || date.month == 1 && before.month == 12 && date.year == before.year + 1)
    // One expectation for a million and a half days is enough.
    if !isNext || date.daysSince1970 != days {
      Issue.record("day \(days) is \(date)")
      return
    }
    before = date
  }
}
