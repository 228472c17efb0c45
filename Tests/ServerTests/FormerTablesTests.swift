// Zone tables of before a reload are looked for until they are gone, and no longer.

import Answering
import Health
import Testing
import ZoneFile

@testable import Server

@Test("A former table that somebody holds is looked for again and again; gone, it is told once")
func formerTables() {
  var tables = FormerTables()
  var now = MonotonicTime(nanoseconds: 0)
  func later(_ seconds: Int) -> MonotonicTime {
    now = now + .seconds(seconds)
    return now
  }
  #expect(tables.nextLook == nil)
  var held: ZoneTable? = ZoneTable.compile(Configuration())
  if let held { tables.note(held, with: Configuration(), at: now) }
  let isGoneAtOnce = !tables.removeUnused(at: now).isEmpty
  #expect(!isGoneAtOnce && tables.nextLook != nil)
  for _ in 0..<3 {
    let isGone = !tables.removeUnused(at: later(10)).isEmpty
    #expect(!isGone && tables.nextLook == now + .seconds(10))
  }
  held = nil
  let isGoneBeforeItsTime = !tables.removeUnused(at: later(9)).isEmpty
  let isGone = !tables.removeUnused(at: later(1)).isEmpty
  #expect(!isGoneBeforeItsTime && isGone && tables.nextLook == nil)
  let isGoneTwice = !tables.removeUnused(at: later(10)).isEmpty
  #expect(!isGoneTwice)
}
