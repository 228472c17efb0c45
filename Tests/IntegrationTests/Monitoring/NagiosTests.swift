// Nagios and Icinga read the objects of Config/monitoring, and Nagios what the plug-in prints.

import DNS
import Foundation
import Testing

@Suite("Nagios and Icinga")
struct NagiosTests {
  @Test(
    "Nagios shows each state, the sentence and the performance data",
    .enabled(if: Tool("nagios4").isInstalled, "nagios4-core is not installed"), arguments: MonitoredState.allCases)
  func nagios(state: MonitoredState) throws {
    let nodes = try MailNodes()
    let rondo = try state.daemon(nodes)
    let scratch = try Scratch()
    let objects = try String(contentsOfFile: projectFile("Config/monitoring/nagios.cfg"), encoding: .utf8)
    try scratch.write(
      objects.replacing("/usr/sbin/rondo", with: rondoBinary).replacing("!127.0.0.1:8053", with: "!\(rondo.status)"),
      to: "rondo.cfg")
    try scratch.write(NagiosTests.objects, to: "objects.cfg")
    try FileManager.default.createDirectory(atPath: scratch.file("spool"), withIntermediateDirectories: false)
    try scratch.write(NagiosTests.settings(scratch), to: "nagios.cfg")
    let verified = try Tool("nagios4").run(["-v", scratch.file("nagios.cfg")])
    #expect(verified.status == 0 && verified.output.contains("Total Errors:   0"), "\(verified.output)")

    let nagios = try Tool("nagios4").start([scratch.file("nagios.cfg")])
    let service = try wait(for: "a result in Nagios") { () -> [String: String]? in
      guard nagios.isRunning else { throw DeadlinePassed(description: "nagios has ended: \(nagios.output)") }
      let text = (try? String(contentsOfFile: scratch.file("status.dat"), encoding: .utf8)) ?? ""
      guard let begin = text.firstRange(of: "servicestatus {") else { return nil }
      let lines = text[begin.upperBound...].prefix { $0 != "}" }.split(separator: "\n")
      let pairs = lines.map {
        $0.drop { $0 == "\t" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      }
      let values = Dictionary(
        uniqueKeysWithValues: pairs.filter { $0.count == 2 }.map { (String($0[0]), String($0[1])) })
      return values["has_been_checked"] == "1" ? values : nil
    }
    nagios.send(SIGTERM)
    #expect(service["current_state"] == "\(state.rawValue)")
    let plugin = try rondo.monitor("--nagios").output.split(separator: "\n")
    let sentence = plugin[0].prefix { $0 != "|" }.dropLast()
    #expect(service["plugin_output"] == String(sentence))
    let data = service["performance_data"] ?? ""
    #expect(data.contains("'pools_service_lost'=\(state == .critical ? 1 : 0);;;0;"), "\(data)")
    #expect(data.contains("'access healthy_ipv4'=") && data.contains(";2:;;0;2"), "\(data)")
    #expect(service["long_plugin_output"] == plugin.dropFirst().joined(separator: "\\n"))
    _ = try nagios.finish()
  }

  @Test(
    "Icinga takes its objects, and gives the host one service",
    .enabled(if: Tool("icinga2").isInstalled, "icinga2-bin is not installed"))
  func icinga() throws {
    let scratch = try Scratch()
    try scratch.write(
      """
      include <itl>
      object Endpoint NodeName { }
      object Zone "local" { endpoints = [ NodeName ] }
      object Host "ns1" { check_command = "dummy"; vars.rondo = "127.0.0.1:8054" }
      include "\(projectFile("Config/monitoring/icinga2.conf"))"

      """, to: "icinga2.conf")
    let result = try ChildProcess([
      "ICINGA2_USER=root", "ICINGA2_GROUP=root", "icinga2", "daemon", "-C", "-c", scratch.file("icinga2.conf"), "-D",
      "DataDir=\(scratch.file("data"))", "-D", "CacheDir=\(scratch.path)",
    ]).finish()
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect((result.output + result.errors).contains("Instantiated 1 Service."))
    #expect(!(result.output + result.errors).contains("warning/"), "\(result.output)\(result.errors)")
  }

  private static func settings(_ scratch: Scratch) -> String {
    let files = [
      "log_file": "log", "object_cache_file": "cache", "status_file": "status.dat", "check_result_path": "spool",
      "temp_file": "tmp", "lock_file": "lock", "command_file": "command", "state_retention_file": "retention",
      "query_socket": "query",
    ]
    let paths = files.map { "\($0)=\(scratch.file($1))" } + ["temp_path=\(scratch.path)"]
    return """
      cfg_file=\(scratch.file("objects.cfg"))
      cfg_file=\(scratch.file("rondo.cfg"))
      \(paths.joined(separator: "\n"))
      nagios_user=root
      nagios_group=root
      status_update_interval=1
      check_result_reaper_frequency=1
      interval_length=1
      check_for_updates=0
      service_inter_check_delay_method=n

      """
  }

  /// What the installation of an operator has already: a host, a template for services, a contact.
  private static let objects = """
    define timeperiod {
      timeperiod_name always
      alias always
      \(["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"].map { "\($0) 00:00-24:00" }
        .joined(separator: "\n  "))
    }
    define command {
      command_name nothing
      command_line /bin/true
    }
    define contact {
      contact_name nobody
      host_notification_commands nothing
      service_notification_commands nothing
      host_notification_period always
      service_notification_period always
    }
    define host {
      host_name localhost
      address 127.0.0.1
      max_check_attempts 1
      check_period always
      contacts nobody
      notification_period always
    }
    define service {
      name generic-service
      register 0
      check_period always
      contacts nobody
      notification_period always
    }

    """
}
