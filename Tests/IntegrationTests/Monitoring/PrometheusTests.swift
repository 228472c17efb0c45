// Prometheus scrapes a daemon, loads the rules, and answers every query of the dashboard.

import DNS
import Foundation
import Linux
import Testing

private let hasPeers = Tool("prometheus").isInstalled && Tool.openssl.isInstalled && Tool.curl.isInstalled
private let hasParser = pythonHas("prometheus_client", package: "python3-prometheus-client")

@Suite("Prometheus and Grafana")
struct PrometheusTests {
  private let scratch: Scratch
  private let dashboard: JSON

  init() throws {
    scratch = try Scratch()
    dashboard = try JSON(
      parsing: String(contentsOfFile: projectFile("Config/monitoring/grafana-dashboard.json"), encoding: .utf8))
  }

  // MARK: The dashboard

  @Test("Prometheus has data for every query of the dashboard, and the rules work", .enabled(if: hasPeers))
  func dashboardHasData() throws {
    let address = freshLoopback()
    let node = try TLSNode(at: address, .good, of: try TestCertificates(in: scratch), "-www")
    let rondo = try busyDaemon(checking: address, port: node.port)
    let prometheus = try RunningPrometheus(scraping: rondo, in: scratch)
    try prometheus.waitForScrapes(3)
    #expect(try prometheus.query("up{job=\"rondo\"}") == ["1"])
    var count = 0
    for panel in dashboard["panels"].array where panel["type"].string != "row" {
      for target in panel["targets"].array {
        let query = plain(try #require(target["expr"].string))
        #expect(try !prometheus.query(query).isEmpty, "\(panel["title"].string ?? ""): \(query)")
        count += 1
      }
    }
    #expect(count > 25)
    for variable in dashboard["templating"]["list"].array where variable["type"].string == "query" {
      let text = try #require(variable["query"]["query"].string)
      let parts = try #require(text.wholeMatch(of: /label_values\((.*), ([a-z]+)\)/))
      #expect(try !prometheus.values(of: String(parts.2), in: plain(String(parts.1))).isEmpty, "\(text)")
    }
    try wait(for: "the recording rules") { try !prometheus.query("job:rondo_severity:max").isEmpty }
    for rule in try prometheus.rules() {
      #expect(rule["health"].string == "ok", "\(rule["name"].string ?? "")")
      #expect(rule["type"].string != "recording" || rule["lastError"].string == nil)
    }
    #expect(try prometheus.rules().count > 25)
  }

  /// With something to see in every panel: a drained node, a certificate, a secondary that does not answer, queries.
  private func busyDaemon(checking node: IPAddress, port: UInt16) throws -> RunningRondo {
    let zone = """
      $ORIGIN it.example.
      $NODE ex1 \(node) site=nord
      $NODE ex2 \(freshLoopback())
      $CHECK page https:\(port)/ verify=ca:ca.pem every=1s fall=1
      $POOL access ex1 ex2 check=page
      @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
           1h NS  ns1
      ns1  1h A   192.0.2.53
      mail 60 ROTATE access

      """
    let rondo = try RunningRondo(
      zone, in: scratch,
      options: [
        "--threads", "1", "--transfer-allow", "127.0.0.0/8", "--notify", "\(freshLoopback()):53", "--rate-limit", "100",
      ])
    try rondo.command("drain", "ex2", "--for", "1h", "--reason", "patch day", "--force")
    let answer = try ChildProcess(rondoBinary, ["query", "mail.it.example", "@\(rondo.dns[0])"]).finish()
    #expect(answer.output.contains("\(node)"), "\(answer.output)")
    return rondo
  }

  /// A query with the variables of Grafana replaced as for "All".
  private func plain(_ query: String) -> String {
    var query = query.replacing("$__rate_interval", with: "10s")
    for variable in dashboard["templating"]["list"].array {
      if let name = variable["name"].string { query = query.replacing("$\(name)", with: ".*") }
    }
    return query
  }

  @Test("The dashboard can be imported anywhere: no panel names a data source of somebody's own")
  func portable() throws {
    #expect(dashboard["uid"].string == nil && dashboard["id"].int == nil && dashboard["title"].string == "Rondo")
    let names = dashboard["templating"]["list"].array.compactMap(\.["name"].string)
    #expect(names.first == "datasource")
    var cells: Set<[Int]> = []
    var numbers: Set<Int> = []
    for panel in dashboard["panels"].array {
      #expect(numbers.insert(try #require(panel["id"].int)).inserted)
      let place = try ["x", "y", "w", "h"].map { try #require(panel["gridPos"][$0].int) }
      for x in place[0]..<(place[0] + place[2]) {
        for y in place[1]..<(place[1] + place[3]) {
          #expect(x < 24 && cells.insert([x, y]).inserted, "panels overlap")
        }
      }
      guard panel["type"].string != "row" else { continue }
      #expect(panel["datasource"]["uid"].string == "${datasource}")
      #expect(panel["description"].string?.isEmpty == false)
      for target in panel["targets"].array {
        #expect(target["datasource"]["uid"].string == "${datasource}")
        let used = target["expr"].string?.matches(of: /\$([a-z]+)/).map { String($0.1) } ?? []
        #expect(Set(used).isSubset(of: names))
      }
    }
  }

  // MARK: Alerts

  @Test(
    "Every kind of warning or critical finding raises an alert of its severity",
    .enabled(if: Tool("promtool").isInstalled && Tool.curl.isInstalled))
  func alerts() throws {
    let rondo = try MonitoredState.ok.daemon(try MailNodes())
    let page = try Tool.curl.run(["-sS", "http://\(rondo.status)/metrics"]).output
    let kinds = page.matches(of: /rondo_conditions\{kind="([a-z-]+)",severity="([a-z]+)"\}/)
      .map { (kind: String($0.1), severity: String($0.2)) }
    #expect(kinds.count > 20)
    let rules = projectFile("Config/monitoring/prometheus-alerts.yml")
    var test = "rule_files: [ \"\(rules)\" ]\nevaluation_interval: 1m\ntests:\n"
    for (kind, severity) in kinds {
      let fires = ["warning", "critical"].contains(severity)
      test += """
          - interval: 1m
            input_series:
              - series: 'rondo_conditions{job="rondo",instance="a",kind="\(kind)",severity="\(severity)"}'
                values: '1x120'
            promql_expr_test:
              - expr: count by (severity, kind) (ALERTS{alertstate="firing",instance="a"})
                eval_time: 2h
                exp_samples: \(fires ? "[ { labels: '{severity=\"\(severity)\",kind=\"\(kind)\"}', value: 1 } ]" : "[]")

        """
    }
    let result = try Tool("promtool").run(["test", "rules", try scratch.write(test, to: "kinds.test.yml")])
    #expect(result.status == 0, "\(result.output)\(result.errors)")
  }

  // MARK: OpenMetrics

  @Test("The parser of OpenMetrics reads what is sent to a client that prefers it", .enabled(if: hasParser))
  func openMetrics() throws {
    let rondo = try MonitoredState.warning.daemon(try MailNodes())
    let accept = "Accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
    let page = try Tool.curl.run(["-sS", "-i", "-H", accept, "http://\(rondo.status)/metrics"]).output
    #expect(page.contains("\r\nContent-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n"))
    #expect(page.contains("\r\nVary: Accept\r\n") && page.hasSuffix("\n# EOF\n"))
    let body = page[(page.firstRange(of: "\r\n\r\n")?.upperBound ?? page.startIndex)...]
    try scratch.write(String(body), to: "page")
    let script = """
      import sys
      from prometheus_client.openmetrics.parser import text_string_to_metric_families
      for family in text_string_to_metric_families(open(sys.argv[1]).read()):
        print(family.name, family.type, family.unit or "-", len(family.samples))
      """
    let families = try ChildProcess(python, ["-c", script, scratch.file("page")]).finish()
    #expect(families.status == 0, "\(families.errors)")
    for line in ["rondo_build info - 1", "rondo_queries counter - 4", "process_start_time_seconds gauge seconds 1"] {
      #expect(families.output.contains("\(line)\n"), "\(line)")
    }
    // The same samples as in the plain format.
    let names = { (text: String) in
      Set(text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { $0.prefix { $0 != " " } })
    }
    let plain = try Tool.curl.run(["-sS", "http://\(rondo.status)/metrics"]).output
    #expect(names(String(body)) == names(plain))
  }
}

/// Prometheus on a port of its own, with the rules of the project.
private final class RunningPrometheus {
  private let process: ChildProcess
  private let address: String

  init(scraping rondo: RunningRondo, in scratch: Scratch) throws {
    var settings = try String(contentsOfFile: projectFile("Config/monitoring/prometheus.yml"), encoding: .utf8)
    settings = settings.replacing("192.0.2.53:8053", with: rondo.status)
      .replacing(/\n +- 198\.51\.100\.53:8053/, with: "").replacing("15s", with: "1s")
    for file in ["prometheus-alerts.yml", "prometheus-recording.yml"] {
      var rules = try String(contentsOfFile: projectFile("Config/monitoring/\(file)"), encoding: .utf8)
      rules = rules.replacing("interval: 1m", with: "interval: 1s")
      try scratch.write(rules, to: file)
    }
    try scratch.write("global: { evaluation_interval: 1s }\n" + settings, to: "prometheus.yml")
    let host = freshLoopback()
    address = "\(host):9090"
    process = try Tool("prometheus").start([
      "--config.file=\(scratch.file("prometheus.yml"))", "--storage.tsdb.path=\(scratch.file("tsdb"))",
      "--web.listen-address=\(address)", "--log.level=warn",
    ])
  }

  deinit { process.send(SIGKILL) }

  /// Waits until the daemon was scraped so often.
  func waitForScrapes(_ count: Int) throws {
    try wait(for: "\(count) scrapes") {
      guard process.isRunning else { throw DeadlinePassed(description: "prometheus has ended: \(process.errors)") }
      let found = try? query("count_over_time(rondo_health_publications_total[1m])")
      return (found?.first.flatMap { Int($0) } ?? 0) >= count
    }
  }

  private func ask(_ path: String, _ options: [String] = []) throws -> JSON {
    let result = try Tool.curl.run(["-sS", "--max-time", "10", "-G", "http://\(address)/api/v1/\(path)"] + options)
    guard result.status == 0 else { throw DeadlinePassed(description: "prometheus: \(result.errors)") }
    let answer = try JSON(parsing: result.output)
    guard answer["status"].string == "success" else {
      throw DeadlinePassed(description: "prometheus: \(result.output)")
    }
    return answer["data"]
  }

  /// The values that a query gives at this moment.
  func query(_ text: String) throws -> [String] {
    try ask("query", ["--data-urlencode", "query=\(text)"])["result"].array.compactMap { $0["value"][1].string }
      .filter { $0 != "NaN" }
  }

  func values(of label: String, in selector: String) throws -> [String] {
    try ask("label/\(label)/values", ["--data-urlencode", "match[]=\(selector)"]).array.compactMap(\.string)
  }

  func rules() throws -> [JSON] { try ask("rules")["groups"].array.flatMap(\.["rules"].array) }
}
