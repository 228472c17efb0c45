// Reloads that are asked for while one is under way, and one whose reading does not end.

import Health
import Testing

@testable import Reporting
@testable import Server

private func after(_ seconds: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: seconds * 1_000_000_000) }

@Suite("Reloads that wait")
struct ReloadServiceTests {
  @Test("Whatever is asked for during a reload becomes one that follows, and is forced if one of them was")
  func oneWaits() {
    var reloads = ReloadService()
    reloads.add(.signal, .refuseLosses, among: [])
    reloads.begin(at: after(0))
    for _ in 0..<1_000 { reloads.add(.signal, .refuseLosses, among: []) }
    reloads.add(.client(1, "anna"), .force, among: [1])
    reloads.add(.client(2, "bert"), .refuseLosses, among: [1, 2])
    let (cautionOfFirst, canBeginMeanwhile) = (reloads.caution, reloads.canBegin)
    #expect(cautionOfFirst == .refuseLosses && !canBeginMeanwhile)
    let clientsOfFirst = reloads.finish()
    #expect(clientsOfFirst == [])
    reloads.begin(at: after(1))
    let (cautionOfSecond, authorOfSecond) = (reloads.caution, reloads.author)
    let clientsOfSecond = reloads.finish()
    #expect(cautionOfSecond == .force && clientsOfSecond == [1, 2])
    #expect(authorOfSecond == "SIGHUP, anna, bert")
    let canBeginThird = reloads.canBegin
    #expect(!canBeginThird)
  }

  @Test("Clients that have gone are not kept")
  func goneClients() {
    var reloads = ReloadService()
    for number in UInt64(0)..<1_000 where number != 7 {
      if number == 8 { reloads.add(.client(7, "anna"), .refuseLosses, among: [7]) }
      reloads.add(.client(number, "uid \(number)"), .refuseLosses, among: [7, number])
    }
    reloads.begin(at: after(0))
    let author = reloads.author
    #expect(author == "uid 0, uid 1, uid 2, uid 3", "the first few are named")
    let clients = reloads.finish()
    #expect(clients == [7, 999])
  }

  @Test("Reading for a minute needs attention until it ends")
  func slowReading() {
    var reloads = ReloadService()
    reloads.add(.signal, .refuseLosses, among: [])
    let whileWaiting = reloads.conditions(at: after(1_000))
    reloads.begin(at: after(1_000))
    let (early, late, isReading) = (
      reloads.conditions(at: after(1_059)), reloads.conditions(at: after(1_060)), reloads.isReading
    )
    #expect(whileWaiting.isEmpty && early.isEmpty && isReading)
    #expect(
      late == [
        Condition(.reloadSlow, "", "a reload has been reading the files for 1m: look at the disk that they are on")
      ])
    _ = reloads.finish()
    let (afterwards, isStillReading) = (reloads.conditions(at: after(2_000)), reloads.isReading)
    #expect(afterwards.isEmpty && !isStillReading)
    // To explain a name the files may have to be read, too.
    reloads.beginReadingToExplain(at: after(3_000))
    let (explaining, isReadingToExplain) = (reloads.conditions(at: after(3_060)), reloads.isReading)
    #expect(explaining.count == 1 && isReadingToExplain)
    #expect(explaining.first?.text.hasPrefix("an explanation has been reading the files for 1m: ") == true)
    reloads.finishReadingToExplain()
    let (explained, isReadingStill) = (reloads.conditions(at: after(4_000)), reloads.isReading)
    #expect(explained.isEmpty && !isReadingStill)
  }
}
