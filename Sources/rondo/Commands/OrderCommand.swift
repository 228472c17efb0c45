// `rondo drain`, `rondo force`, `rondo resume`: what an operator orders of a node.

import Health
internal import Policy
import Server

/// Gives the order and prints what holds now.
func giveOrder(_ options: OrderOptions) -> Int32 {
  let request = options.request.given(by: .ofThisProcess(label: options.author))
  guard let response = order(.order(request), at: options.control) else { return ExitStatus.failed }
  return response.isDone ? show(response.text + "\n") : fail(response.text)
}
