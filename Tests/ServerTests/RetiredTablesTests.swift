// Zone tables from before a reload are kept until nobody uses them, and no longer.

import Answering
import Health
import Testing
import ZoneFile

@testable import Server

@Test("A retired table is checked for again and again while somebody holds it, and returned once")
func retiredTables() {
  var tables = RetiredTables()
  var now = MonotonicTime(nanoseconds: 0)
  func later(_ seconds: Int) -> MonotonicTime {
    now = now + .seconds(seconds)
    return now
  }
  #expect(tables.nextCheck == nil)
  var held: ZoneTable? = ZoneTable.compile(Configuration())
  if let held { tables.add(held, with: Configuration(), at: now) }
  let isGoneAtOnce = !tables.removeUnused(at: now).isEmpty
  #expect(!isGoneAtOnce && tables.nextCheck != nil)
  for _ in 0..<3 {
    let isGone = !tables.removeUnused(at: later(10)).isEmpty
    #expect(!isGone && tables.nextCheck == now + .seconds(10))
  }
  held = nil
  let isGoneBeforeItsTime = !tables.removeUnused(at: later(9)).isEmpty
  let isGone = !tables.removeUnused(at: later(1)).isEmpty
  #expect(!isGoneBeforeItsTime && isGone && tables.nextCheck == nil)
  let isGoneTwice = !tables.removeUnused(at: later(10)).isEmpty
  #expect(!isGoneTwice)
}
