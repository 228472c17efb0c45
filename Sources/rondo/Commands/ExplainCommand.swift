// `rondo explain`: why a name is answered as it is, by the running daemon.

import DNS
import Linux
internal import Reporting
import Server

/// Asks the daemon and prints what it says.
func explain(_ options: ExplainOptions) -> Int32 {
  let request = ExplainRequest(name: options.name, types: options.types, asker: options.asker)
  guard let response = send(.explain(request), to: options.control) else { return ExitStatus.failed }
  guard response.isDone else { return fail("the daemon cannot explain: \(response.text)") }
  return show(response.text + "\n")
}
