// `rondo reload`: has the running daemon read its files anew.

import Linux
import Server

/// Orders the reload and prints what came of it.
func reload(_ options: ReloadOptions) -> Int32 {
  guard let response = send(.reload(options.force ? .force : .refuseLosses), to: options.control) else {
    return ExitStatus.failed
  }
  guard response.isDone else {
    standardError.writeLine(response.text)
    return ExitStatus.failed
  }
  return show(response.text + "\n")
}
