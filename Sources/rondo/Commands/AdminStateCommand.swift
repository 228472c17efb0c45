// `rondo drain`, `rondo force`, `rondo resume`: the admin state of a node.

import Health
internal import Policy
import Server

/// Sets the admin state and prints what holds now.
func setAdminState(_ options: AdminStateOptions) -> Int32 {
  let request = options.request.given(by: .ofThisProcess(label: options.author))
  guard let response = send(.adminState(request), to: options.control) else { return ExitStatus.failed }
  return response.isDone ? show(response.text + "\n") : fail(response.text)
}
