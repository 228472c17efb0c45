// `rondo monitor`: every system is given the state of `rondo status`, in the form that it reads.

import DNS
import Foundation
import Testing

private let hasYAML = pythonHas("yaml", package: "python3-yaml")

@Suite("rondo monitor", .enabled(if: Tool.curl.isInstalled))
struct MonitorCommandTests {
  @Test("Every monitoring system is given the state of rondo status", arguments: MonitoredState.allCases)
  func sameState(state: MonitoredState) throws {
    let nodes = try MailNodes()
    let rondo = try state.daemon(nodes)
    let status = try rondo.statusCommand()
    #expect(status.status == state.rawValue, "\(status.output)")

    let nagios = try rondo.monitor("--nagios")
    #expect(nagios.status == state.rawValue && nagios.errors == "")
    #expect(nagios.output.hasPrefix("RONDO \(state.word) - "), "\(nagios.output)")

    let checkmk = try rondo.monitor("--checkmk")
    #expect(checkmk.status == 0 && checkmk.errors == "")
    let services = try checkmk.output.split(separator: "\n").map { try LocalCheck($0) }
    #expect(services.map(\.name) == ["Rondo", "Rondo pool access", "Rondo pool store"])
    #expect(services.map(\.state).max() == Int(state.rawValue), "\(checkmk.output)")

    let prtg = try rondo.monitor("--prtg")
    #expect(prtg.status == 0 && prtg.errors == "")
    #expect(try PRTGSensor(prtg.output).state == state, "\(prtg.output)")

    #expect(try metrics(of: rondo).contains("\nrondo_severity \(state.rawValue)\n"))
    if hasYAML {
      let alerts = try ZabbixTemplate(reading: rondo).alerts
      let expected: [MonitoredState: Set<String>] = [
        .warning: ["WARNING"], .critical: ["HIGH"], .starting: ["AVERAGE"],
      ]
      #expect(Set(alerts.map(\.priority)).subtracting(["INFO"]) == expected[state, default: []], "\(alerts)")
    }
  }

  private func metrics(of rondo: RunningRondo) throws -> String {
    try Tool.curl.run(["-sS", "--max-time", "10", "http://\(rondo.status)/metrics"]).output
  }

  @Test("A daemon that does not answer is critical, and is said to be so in the form that was asked for")
  func silence() throws {
    let status = "\(freshLoopback()):8053"
    let nagios = try rondo("monitor", "--nagios", "--status", status)
    #expect(nagios.status == 2)
    #expect(nagios.output.hasPrefix("RONDO CRITICAL - no status from \(status): "), "\(nagios.output)")
    let checkmk = try rondo("monitor", "--checkmk", "--status", status)
    #expect(checkmk.status == 0)
    #expect(try LocalCheck(Substring(checkmk.output.dropLast())).state == 2)
    let prtg = try rondo("monitor", "--prtg", "--status", status)
    #expect(prtg.status == 0)
    let sensor = try JSON(parsing: prtg.output)["prtg"]
    #expect(sensor["error"].int == 1 && sensor["text"].string?.hasPrefix("no status from \(status): ") == true)
  }

  @Test(
    "Wrong usage is unknown to a monitoring system, not critical",
    arguments: [["monitor"], ["monitor", "--nagios", "--prtg"], ["monitor", "--nagios", "--warning", "1"]])
  func usage(words: [String]) throws {
    let result = try ChildProcess(rondoBinary, words).finish()
    #expect(result.status == 3 && result.output == "" && result.errors.hasPrefix("rondo: monitor"), "\(result.errors)")
  }

  @Test("The output of a plug-in keeps to the guidelines, whatever is in a reason", arguments: MonitoredState.allCases)
  func guidelines(state: MonitoredState) throws {
    let nodes = try MailNodes()
    let output = try state.daemon(nodes).monitor("--nagios").output
    #expect(output.utf8.count < 8_192 && output.hasSuffix("\n"))
    let lines = output.split(separator: "\n")
    let first = lines[0].split(separator: "|", omittingEmptySubsequences: false)
    #expect(first.count == 2 && lines.dropFirst().allSatisfy { !$0.contains("|") && !$0.contains(";") })
    #expect(first[0].wholeMatch(of: #/RONDO (OK|WARNING|CRITICAL|UNKNOWN) - .+ /#) != nil, "\(first[0])")
    let data = first[1].split(separator: " '").map { $0.hasPrefix("'") ? $0.dropFirst() : $0[...] }
    for reading in data {
      // 'label'=value[UOM];[warn];[crit];[min];[max]
      let form = #/ ?'?([^'=]+)'=(\d+)(c|s|);(\d+:)?;;0;(\d*)/#
      #expect(reading.wholeMatch(of: form) != nil, "\(reading)")
    }
    #expect(data.contains { $0.contains("access healthy_ipv4'=") } && data.contains { $0.contains("queries'=0c;") })
  }

  @Test("A pool that has lost its nodes is one service, and the daemon another")
  func poolService() throws {
    let nodes = try MailNodes()
    let rondo = try MonitoredState.critical.daemon(nodes)
    let services = try rondo.monitor("--checkmk").output.split(separator: "\n").map { try LocalCheck($0) }
    #expect(services.map(\.state) == [0, 0, 2])
    #expect(services[1].text == "2 of 2 healthy (IPv4)" && services[1].metrics["healthy_ipv4"] == "2;;;0;2")
    #expect(services[2].text.hasPrefix("SERVICE LOST: pool store: "), "\(services[2].text)")
  }
}

/// A line of a local check, read as the manual of Checkmk describes it.
private struct LocalCheck {
  let state: Int
  let name: String
  let metrics: [String: String]
  let text: String

  init(_ line: Substring) throws {
    let parts = try #require(line.wholeMatch(of: /([0-3]) "([^"]+)" (-|\S+) (.+)/), "\(line)")
    state = Int(parts.1) ?? -1
    name = String(parts.2)
    text = String(parts.4)
    var metrics: [String: String] = [:]
    if parts.3 != "-" {
      for metric in parts.3.split(separator: "|") {
        // NAME=VALUE;WARN;CRIT;MIN;MAX
        let fields = try #require(metric.wholeMatch(of: /([a-z][a-z0-9_]*)=(\d+;;;0;\d*)/), "\(metric)")
        #expect(metrics.updateValue(String(fields.2), forKey: String(fields.1)) == nil)
      }
    }
    self.metrics = metrics
  }
}

/// The answer of a script, read as the manual of PRTG describes it.
private struct PRTGSensor {
  let state: MonitoredState?

  init(_ text: String) throws {
    let sensor = try JSON(parsing: text)["prtg"]
    #expect((sensor["text"].string?.count ?? 0) <= 2_000 && sensor["text"].string?.isEmpty == false)
    let channels = sensor["result"].array
    #expect(channels.count <= 50 && channels.count > 10)
    #expect(
      Set(channels.compactMap(\.["channel"].string)).count == channels.count, "a channel without a name of its own")
    for channel in channels {
      #expect(channel["value"].int != nil)
      #expect(["Custom", "Count", "TimeSeconds"].contains(channel["unit"].string))
      #expect([nil, "Absolute", "Difference"].contains(channel["mode"].string))
      #expect([nil, "Second"].contains(channel["speedtime"].string))
    }
    let severity = try #require(channels.first { $0["channel"].string == "Severity" })
    let value = try #require(severity["value"].int)
    let limits = try ["limitmaxwarning", "limitmaxerror"].map { try #require(severity[$0].string.flatMap(Int.init)) }
    #expect(severity["limitmode"].int == 1)
    // Yellow above the first limit, red above the second; PRTG has no colour for a daemon that starts.
    let isYellow = value > limits[0] && value <= limits[1]
    #expect((channels.contains { $0["warning"].int == 1 }) == isYellow)
    state = MonitoredState(rawValue: Int32(value))
    #expect((value > limits[1]) == [.critical, .starting].contains(state))
  }
}

/// What Zabbix makes of the status with the template of the project.
private struct ZabbixTemplate {
  private(set) var values: [String: String] = [:]
  private(set) var alerts: [(priority: String, name: String)] = []

  init(reading rondo: RunningRondo) throws {
    let scratch = try Scratch()
    let status = try Tool.curl.run(["-sS", "--max-time", "10", "http://\(rondo.status)/status.json"]).output
    try scratch.write(status, to: "status.json")
    let result = try Tool.shell.run([
      "-c", "exec \"$0\" \"$1\" \"$2\" <\"$3\"", python, projectFile("Tests/Monitoring/zabbix-template.py"),
      projectFile("Config/monitoring/zabbix-template.yaml"), scratch.file("status.json"),
    ])
    #expect(result.status == 0, "\(result.errors)")
    for line in result.output.split(separator: "\n") {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      if fields[0] == "alert" { alerts.append((fields[1], fields[2])) } else { values[fields[1]] = fields[2] }
    }
    #expect(values["rondo.pool.state[\"access\"]"] != nil && values["rondo.node.state[\"ex2\"]"] != nil)
  }
}
