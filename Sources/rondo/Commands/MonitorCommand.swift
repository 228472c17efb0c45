// `rondo monitor`: the status in the words of a monitoring system, from the status port of the running daemon.
//
//   /nagios.txt, /checkmk.txt, /prtg.json ─▶ print ─▶ exit as the system expects

import DNS
import Linux
internal import Reporting

/// Prints the status once.
///
/// A daemon that does not answer is a critical service, as the guidelines for plug-ins have it, and not an unknown one.
func monitor(_ options: MonitorOptions) -> Int32 {
  let response: (severity: Severity, body: [UInt8])
  do throws(Errno) {
    response = try fetch(options.system.path, from: options.endpoint, within: .seconds(8))
  } catch {
    let reason = "no status from \(options.endpoint): \(error); is the daemon running, and is its --status the same?"
    return showMonitored(options.system.silence(reason), options.system.exitStatus(of: .critical))
  }
  let text = String(decoding: response.body, as: UTF8.self)
  return showMonitored(text, options.system.exitStatus(of: response.severity))
}

/// A plug-in whose output is lost knows nothing.
private func showMonitored(_ text: String, _ status: Int32) -> Int32 {
  show(text) == ExitStatus.done ? status : StatusExit.unknown
}

extension MonitorOptions.System {
  fileprivate var path: String {
    switch self {
    case .nagios: "/nagios.txt"
    case .checkmk: "/checkmk.txt"
    case .prtg: "/prtg.json"
    }
  }

  fileprivate func silence(_ reason: String) -> String {
    switch self {
    case .nagios: MonitorReport.nagios(silence: reason)
    case .checkmk: MonitorReport.checkmk(silence: reason)
    case .prtg: MonitorReport.prtg(silence: reason)
    }
  }

  /// Checkmk and PRTG read the state from the output; another exit status than 0 would be an error of the script.
  fileprivate func exitStatus(of severity: Severity) -> Int32 {
    switch self {
    case .nagios: Int32(severity.rawValue)
    case .checkmk, .prtg: ExitStatus.done
    }
  }
}
