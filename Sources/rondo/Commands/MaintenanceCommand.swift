// `rondo maintenance`: drains and windows of the past fortnight, now, and planned, as the status port shows them.

import DNS
import Linux
internal import Reporting

/// Prints what the running daemon knows.
func maintenance(_ options: MaintenanceOptions) -> Int32 {
  let path = options.output == .json ? "/maintenance.json" : "/maintenance.txt"
  do throws(Errno) {
    return show(String(decoding: try fetch(path, from: options.endpoint).body, as: UTF8.self))
  } catch {
    return fail(
      "nothing from \(options.endpoint): \(error); is the daemon running, and is its --status the same?")
  }
}
