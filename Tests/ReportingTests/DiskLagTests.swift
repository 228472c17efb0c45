// What the report says of a disk or a log that does not keep up.

import Testing

@testable import Reporting

@Suite("Disk and log in the report")
struct UpkeepConditionTests {
  @Test("A disk or a log that does not keep up is a warning, a slow moment is none")
  func conditions() {
    var report = StatusReport.sample()
    let calm = report.attention.findings.count
    report.stateFiles = [.init(name: "admin-states", behindSeconds: 4), .init(name: "serials")]
    #expect(report.attention.findings.count == calm)
    report.stateFiles[0].behindSeconds = 5
    report.stateFiles[1].fault = "No space left on device"
    report.log = .init(lostLines: 3, lastLossSeconds: 10)
    let texts = report.attention.findings.filter { [.stateLag, .logLost].contains($0.kind) }.map(\.text)
    #expect(
      texts == [
        "the state file admin-states has not been saved for 5 s: the disk is slow or hangs",
        "the state file serials cannot be saved (No space left on device)",
        "standard error did not take 3 log lines in time: look at what reads the log",
      ])
    report.log = .init(lostLines: 3, lastLossSeconds: 3_600)
    #expect(report.attention.count(.logLost) == 0, "an hour later it is history")
    report.log = .init(stuckSeconds: 7)
    #expect(
      report.attention.findings.last?.text
        == "standard error has not taken a log line for 7 s: look at what reads the log")
  }
}
