// The commands of docs/monitoring.md, as printed: with folders of the test, and a `rondo` that asks the test's daemon.

import DNS
import Foundation
import Testing

@Suite(
  "docs/monitoring.md", .enabled(if: Tool("promtool").isInstalled && Tool.curl.isInstalled, "promtool is not installed")
)
struct MonitoringPageTests {
  private let page: String

  init() throws { page = try String(contentsOfFile: projectFile("docs/monitoring.md"), encoding: .utf8) }

  @Test("Every command works, and the scripts that it copies too")
  func commands() throws {
    let rondo = try MonitoredState.ok.daemon(try MailNodes())
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: scratch.file("bin"), withIntermediateDirectories: false)
    try scratch.write("#!/bin/sh\nexec \(rondoBinary) \"$@\" --status \(rondo.status)\n", to: "bin/rondo")
    try setMode(of: scratch.file("bin/rondo"), to: 0o755)
    func run(_ script: String) throws -> Finished {
      try Tool("bash").run(["-ec", "PATH=\(scratch.file("bin")):$PATH\n\(script)"])
    }
    let blocks = page.split(separator: "```sh\n").dropFirst().compactMap { $0.split(separator: "```").first }
    #expect(blocks.count == 5)
    for block in blocks {
      var script = String(block).replacing(
        "/usr/share/doc/rondo/examples/monitoring", with: projectFile("Config/monitoring"))
      for folder in ["/etc/", "/usr/lib/", "/var/"] {
        script = script.replacing(" \(folder)", with: " \(scratch.path)\(folder)")
      }
      let result = try run(script.replacing("127.0.0.1:8053", with: rondo.status))
      #expect(result.status == 0 && !result.output.isEmpty, "\(block)\(result.output)\(result.errors)")
    }
    let checkmk = try run("usr=\(scratch.path)/usr/lib/check_mk_agent/local/rondo; exec $usr")
    #expect(checkmk.output.hasPrefix("0 \"Rondo\" "), "\(checkmk.output)\(checkmk.errors)")
    let prtg = try run("exec \(scratch.path)/var/prtg/scriptsxml/rondo")
    #expect(try JSON(parsing: prtg.output)["prtg"]["result"].array.count > 10, "\(prtg.errors)")
  }

  @Test("Every alert, every trigger and every kind of finding is on the page, and every file of the folder")
  func complete() throws {
    let alerts = try String(contentsOfFile: projectFile("Config/monitoring/prometheus-alerts.yml"), encoding: .utf8)
    for alert in alerts.matches(of: /- alert: (\w+)/) { #expect(page.contains("| \(alert.1) |"), "\(alert.1)") }
    let records = try String(contentsOfFile: projectFile("Config/monitoring/prometheus-recording.yml"), encoding: .utf8)
    for record in records.matches(of: /- record: (\S+)/) { #expect(page.contains("| `\(record.1)` |"), "\(record.1)") }
    let template = try String(contentsOfFile: projectFile("Config/monitoring/zabbix-template.yaml"), encoding: .utf8)
    let triggers = template.matches(of: /expression: .*\n *name: '([^']+)'/).map {
      $0.1.replacing(/\{#[A-Z]+\}/, with: "…")
    }
    #expect(triggers.count == 7)
    for trigger in triggers { #expect(page.contains("| \(trigger) |"), "\(trigger)") }
    let kinds = try #require(alerts.firstMatch(of: /kind!~"([a-z|-]+)"/))
    for kind in kinds.1.split(separator: "|") { #expect(page.contains("`\(kind)`"), "\(kind)") }
    for file in try FileManager.default.contentsOfDirectory(atPath: projectFile("Config/monitoring")) {
      #expect(page.contains("`\(file)`"), "\(file)")
    }
  }
}
