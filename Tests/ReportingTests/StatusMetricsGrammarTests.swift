// `/metrics` read by the rules of the text format 0.0.4, whatever the report holds.

import DNS
import Health
import Testing

@testable import Policy
@testable import Reporting

@Suite("Status: grammar of the metrics")
struct StatusMetricsGrammarTests {
  @Test(
    "Each metric has one HELP, then one TYPE, then its samples, none of them twice",
    arguments: [StatusReport.sample(), .withoutEx1(), .withNothingLeft(), .smallest()])
  func grammar(report: StatusReport) throws {
    var metric = ""
    var type = ""
    var metrics: Set<String> = []
    var series: Set<String> = []
    let page = text(report.metrics())
    #expect(page.hasSuffix("\n"))
    for line in page.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      if line.hasPrefix("# HELP ") {
        metric = String(line.split(separator: " ")[2])
        type = ""
        #expect(metrics.insert(metric).inserted, "\(metric) comes twice")
        #expect(metric.wholeMatch(of: /(rondo|process)_[a-z_]+/) != nil)
      } else if line.hasPrefix("# TYPE ") {
        let words = line.split(separator: " ")
        #expect(words.count == 4 && words[2] == metric)
        type = String(words[3])
        #expect((type == "counter") == metric.hasSuffix("_total"))
      } else {
        let sample = try #require(
          line.wholeMatch(
            of: /([a-z_]+)((?:\{(?:[a-z_]+="(?:[^"\\]|\\["\\n])*",?)+\})?) ([0-9]+(?:\.[0-9]{6})?)/),
          "no sample: \(line)")
        #expect(sample.1 == metric && !type.isEmpty)
        #expect(series.insert("\(sample.1)\(sample.2)").inserted, "\(line) comes twice")
      }
    }
  }

  @Test("A check without a verdict has no sample of rondo_node_up, and no latency before the first success")
  func unknown() {
    var report = StatusReport.smallest()
    report.nodes[0].addresses[0].checks[0].state = .unknown
    report.nodes[0].addresses[0].checks[0].latencyMicroseconds = nil
    report.nodes[0].addresses[0].checks[0].lastProbeAt = nil
    let page = text(report.metrics())
    #expect(!page.contains("\nrondo_node_up{") && !page.contains("\nrondo_check_latency_seconds{"))
    #expect(!page.contains("\nrondo_check_last_probe_timestamp_seconds{"))
  }

  @Test(
    "Latencies are exact to the microsecond",
    arguments: [(1, "0.000001"), (2_000_003, "2.000003")] as [(Int64, String)])
  func latency(microseconds: Int64, expected: String) {
    var report = StatusReport.smallest()
    report.nodes[0].addresses[0].checks[0].latencyMicroseconds = microseconds
    #expect(text(report.metrics()).contains("check=\"owa\"} \(expected)\n"))
  }
}
