// What monitoring systems are given, from reports of every kind.

import DNS
import Health
import Testing

@testable import Policy
@testable import Reporting

@Suite("Monitoring: services and their forms")
struct MonitorReportTests {
  @Test(
    "The worst of the services is the severity of the report",
    arguments: [StatusReport.sample(), .withoutEx1(), .withNothingLeft(), .smallest()])
  func severity(report: StatusReport) {
    let monitored = MonitorReport(report)
    let services = [monitored.daemon] + monitored.pools
    #expect(services.map(\.severity).max() == report.severity)
    #expect(monitored.pools.map(\.pool) == report.pools.map(\.name))
  }

  @Test("While the first checks are out, nothing is known of any pool")
  func starting() {
    var report = StatusReport.withNothingLeft()
    report.readiness = .waiting(for: "the first round of checks")
    let monitored = MonitorReport(report)
    #expect(([monitored.daemon] + monitored.pools).allSatisfy { $0.severity == .unknown })
    #expect(text(monitored.nagios).hasPrefix("RONDO UNKNOWN - STARTING: waiting for the first round of checks, "))
  }

  @Test("A pool is healthy while redundancy is, and the limit in the readings is where it is lost")
  func readings() {
    let sound = MonitorReport(.sample()).pools[0]
    #expect(sound.severity == .ok && sound.text == "2 of 2 healthy (IPv4), 2 of 2 healthy (IPv6)")
    let lost = MonitorReport(.withoutEx1()).pools[0]
    #expect(lost.severity == .warning && lost.text == "REDUNDANCY LOST: pool access: only ex2 left (IPv4)")
    for pool in [sound, lost] {
      let isBelow = pool.readings.contains { $0.value < $0.least ?? 0 }
      #expect(isBelow == (pool.severity != .ok))
    }
  }

  @Test("The three forms, octet by octet at their beginning")
  func forms() {
    let monitored = MonitorReport(.withoutEx1())
    #expect(
      text(monitored.nagios).hasPrefix(
        """
        RONDO WARNING - REDUNDANCY LOST: pool access: only ex2 left (IPv4), and 1 more pool | \
        'pools_service_lost'=0;;;0; 'pools_redundancy_lost'=2;;;0; \
        'findings_critical'=0;;;0; 'findings_warning'=2;;;0; 'nodes'=2;;;0; 'nodes_failing'=1;;;0; \
        'nodes_drained'=0;;;0; 'queries'=1207c;;;0; 'servfail'=0c;;;0; 'probes'=11684c;;;0; 'probe_failures'=0c;;;0; \
        'uptime'=14601s;;;0; 'access healthy_ipv4'=1;2:;;0;2 'access healthy_ipv6'=2;2:;;0;2 \
        'relay healthy_ipv4'=1;2:;;0;2
        warning redundancy-lost: pool access: only ex2 left (IPv4)
        warning redundancy-lost: pool relay: only ex2 left (IPv4)

        """))
    #expect(
      text(monitored.checkmk).hasSuffix(
        """
         2 pools, 2 nodes; 1 node with failing checks
        1 "Rondo pool access" healthy_ipv4=1;;;0;2|healthy_ipv6=2;;;0;2 \
        REDUNDANCY LOST: pool access: only ex2 left (IPv4)
        1 "Rondo pool relay" healthy_ipv4=1;;;0;2 REDUNDANCY LOST: pool relay: only ex2 left (IPv4)

        """))
    #expect(text(monitored.prtg).contains("\"channel\": \"Pool relay healthy IPv4\",\n        \"value\": 1,\n"))
  }

  @Test("Thousands of pools fit in what Nagios and PRTG read, and what is missing is counted")
  func large() {
    var report = StatusReport.withoutEx1()
    report.pools = (0..<2_000).map { number in
      var pool = report.pools[0]
      pool.name = "pool-of-a-district-\(number)"
      return pool
    }
    let monitored = MonitorReport(report)
    let nagios = text(monitored.nagios)
    #expect(nagios.utf8.count <= 8_192)
    #expect(nagios.contains(" lines more, shown by rondo status\n") && nagios.hasSuffix(" readings are left out\n"))
    #expect(text(monitored.prtg).split(separator: "\"channel\"").count == 51)
    #expect(text(monitored.checkmk).split(separator: "\n").count == 2_001)
  }

  @Test("What means something to a reader of plug-ins does not come from a text")
  func escapes() {
    var report = StatusReport.sample()
    report.reported = [Condition(.logLost, "", "a | b; c \\n d\n\u{1b}[2J \"e\"")]
    report.pools[0].name = "it's=\"mine\"|x"
    let monitored = MonitorReport(report)
    let nagios = text(monitored.nagios)
    #expect(nagios.hasPrefix("RONDO WARNING - a / b, c \\n d\\010\\027[2J \"e\" | "))
    #expect(nagios.contains("'it_s_\"mine\"/x healthy_ipv4'=2;2:;;0;2"))
    let checkmk = text(monitored.checkmk)
    #expect(checkmk.contains(" a / b; c /n d/010/027[2J \"e\"\n"))
    #expect(checkmk.contains("\n0 \"Rondo pool it's='mine'/x\" healthy_ipv4=2;;;0;2|"))
  }

  @Test("A long sentence is cut between characters")
  func cut() {
    #expect("kurz".shortened(to: 4) == "kurz")
    #expect("größer".shortened(to: 6) == "gr…")
    #expect("größer".shortened(to: 7) == "grö…")
  }
}
