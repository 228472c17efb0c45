// `rondo reload`: has the running daemon read its files anew.

import Health
import Linux
import Server

/// Orders the reload and prints what came of it.
func reload(_ options: ReloadOptions) -> Int32 {
  let command = ControlCommand.reload(options.force ? .force : .refuseLosses, by: .ofThisProcess(label: nil))
  guard let response = send(command, to: options.control) else { return ExitStatus.failed }
  guard response.isDone else {
    standardError.writeLine(response.text)
    return ExitStatus.failed
  }
  return show(response.text + "\n")
}
