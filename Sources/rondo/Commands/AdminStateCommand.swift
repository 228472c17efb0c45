// `rondo drain`, `rondo force`, `rondo resume`: the admin state of nodes, and their planned windows.

import Health
import Linux
internal import Policy
internal import Reporting
import Server

/// Sends what is asked for, with times as the host's zone has them; nil, with the reason on standard error, if it cannot be.
private func adminStateRequest(_ options: AdminStateOptions, of command: Command) throws(UsageError)
  -> AdminStateRequest?
{
  let (from, end) = try options.times.resolve(at: WallClock.now(), in: hostOffset, of: command)
  var when = AdminStateRequest.Options()
  when.from = from
  when.end = end
  when.caution = options.caution
  when.target = options.target
  return AdminStateRequest(
    options.verb, options.nodes, reason: options.reason, when, by: .ofThisProcess(label: options.author))
}

/// The offset of this host's zone at a time in seconds since 1970.
func hostOffset(at time: Int64) -> LocalTime.Offset {
  let (seconds, zone) = WallClock.localOffset(at: time)
  return LocalTime.Offset(seconds: seconds, zone: zone)
}

/// Sets the admin state of nodes, or plans a window, and prints what holds now.
func setAdminState(_ options: AdminStateOptions) -> Int32 {
  let request: AdminStateRequest
  do throws(UsageError) {
    guard let read = try adminStateRequest(options, of: options.command) else { return fail("not a request") }
    request = read
  } catch {
    standardError.writeLine(error.message)
    return UsageError.exitStatus
  }
  guard let response = send(.adminState(request), to: options.control) else { return ExitStatus.failed }
  return response.isDone ? show(response.text + "\n") : fail(response.text)
}

extension AdminStateOptions {
  /// The command that it is the options of.
  fileprivate var command: Command {
    switch verb {
    case .drain: .drain
    case .forceUp, .forceDown: .force
    case .resume: .resume
    }
  }
}
