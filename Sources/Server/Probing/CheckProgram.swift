// `exec:`: a program that is run for one probe.

internal import DNS
internal import Health
internal import Linux
internal import Model

/// A running check program; it and all it has started is killed when this goes.
final class CheckProgram {
  private var process: ChildProcess
  /// Of what it has printed; empty until it has ended.
  private(set) var firstLine: [UInt8] = []

  /// Takes over what was started.
  init(_ process: consuming ChildProcess) { self.process = process }

  /// Has `epoll` report its end. A program for which that fails is to be killed and kept until it `hasEnded`: if it were let
  /// go while it runs, its end would be waited for.
  func watch(_ epoll: borrowing Epoll, token: UInt64) throws(SpawnFailure) {
    do throws(Errno) {
      try epoll.add(process, token: token, for: .readable)
    } catch {
      throw SpawnFailure(step: .watch, error: error)
    }
  }

  /// What is to be started, with a bare environment: `RONDO_NODE`, `RONDO_ADDRESS`, `RONDO_CHECK`, `PATH`.
  static func command(
    _ plan: ProgramPlan, for target: ProbeTarget, startedAs start: ProcessStart?
  ) -> ChildProcess.Command {
    ChildProcess.Command(
      path: plan.path, arguments: plan.arguments,
      environment: [
        "RONDO_NODE": target.node, "RONDO_ADDRESS": target.address.description, "RONDO_CHECK": target.check,
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      ], start: start)
  }

  /// Ends it and all that it has started; epoll tells when that is done.
  func kill() { process.kill() }

  /// Whether it has ended, for whoever does not ask how.
  var hasEnded: Bool { takeOutcome() != nil }

  /// What its end says about the node; nil while it runs.
  func takeOutcome() -> ProbeOutcome? {
    do throws(Errno) {
      guard let ending = try process.takeEnding() else { return nil }
      firstLine = ending.firstLine
      switch ending.status {
      case .exited(let status): return ProbeOutcome(of: .exited(status: status), output: ending.firstLine)
      case .signalled(let signal): return ProbeOutcome(of: .killed(signal: signal), output: ending.firstLine)
      }
    } catch {
      return .localFault(.systemError(code: error.rawValue))
    }
  }
}
