// `rondo drain`, `rondo force`, `rondo resume`: the admin state of nodes, and their planned windows. `rondo may-drain` asks
// beforehand.

import Health
import Linux
internal import Policy
internal import Reporting
import Server

/// Sets the admin state of nodes, or plans a window, and prints what holds now.
func setAdminState(_ options: AdminStateOptions) -> Int32 {
  guard let request = AdminStateRequest(options) else { return UsageError.exitStatus }
  guard let response = send(.adminState(request), to: options.control) else { return ExitStatus.failed }
  guard response.isDone else { return fail(response.text) }
  let status = show(response.text + "\n")
  guard options.verb == .drain, request.options.from == nil, status == ExitStatus.done else { return status }
  return options.waits
    ? waitUntilQuiet(request.nodes, control: options.control) : showQuiet(request.nodes, control: options.control)
}

/// Prints whether nodes may be drained.
///
/// - Returns: 0 for yes, 1 for no; like `rondo status` 3 if nobody knows.
func mayDrain(_ options: AdminStateOptions) -> Int32 {
  guard let request = AdminStateRequest(options) else { return UsageError.exitStatus }
  guard let response = send(.adminState(request), to: options.control) else { return StatusExit.unknown }
  if response.isDone { return show(response.text + "\n") }
  return DrainAdvice.isAdvice(response.text)
    ? show(response.text + "\n", status: ExitStatus.failed) : fail(response.text)
}

extension AdminStateRequest {
  /// With times as the host's zone has them; nil, with the reason on standard error, if one of them cannot be meant.
  fileprivate init?(_ options: AdminStateOptions) {
    var when = AdminStateRequest.Options()
    do throws(UsageError) {
      (when.from, when.end) = try options.times.resolve(at: WallClock.now(), in: hostOffset, of: options.command)
    } catch {
      standardError.writeLine(error.message)
      return nil
    }
    when.caution = options.caution
    when.target = options.target
    self.init(
      options.verb, options.nodes, reason: options.reason, when, by: .ofThisProcess(label: options.author))
  }
}

/// The offset of this host's zone at a time in seconds since 1970.
func hostOffset(at time: Int64) -> LocalTime.Offset {
  let (seconds, zone) = WallClock.localOffset(at: time)
  return LocalTime.Offset(seconds: seconds, zone: zone)
}

extension AdminStateOptions {
  /// The command that it is the options of.
  fileprivate var command: Command {
    switch verb {
    case .drain: .drain
    case .forceUp, .forceDown: .force
    case .resume: .resume
    case .mayDrain: .mayDrain
    }
  }
}
