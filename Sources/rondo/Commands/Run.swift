// From an invocation to what it does.

import Linux
internal import Policy
internal import Reporting
import Server

/// How a command ended, as the exit status says it.
enum ExitStatus {
  static let done: Int32 = 0
  /// Something is wrong, or could not be done.
  static let failed: Int32 = 1
  static let usage: Int32 = 2
}

/// What `rondo status` ends with: the exit status of a monitoring plug-in.
enum StatusExit {
  static let unknown = Int32(Severity.unknown.rawValue)
}

/// Runs the command that the arguments name and returns the exit status of the process.
func run(_ arguments: [String], startedAs start: ProcessStart) -> Int32 {
  if arguments.first == MemoryTrial.command { return measureLoad(Array(arguments.dropFirst())) }
  let invocation: Invocation
  do throws(UsageError) {
    invocation = try Invocation(arguments: arguments)
  } catch {
    standardError.writeLine(error.message)
    // To a monitoring system 2 would mean that the service is lost.
    return ["status", "monitor"].contains(arguments.first) ? StatusExit.unknown : UsageError.exitStatus
  }
  switch invocation {
  case .serve(let options): return serve(options, startedAs: start)
  case .check(let options): return check(options)
  case .initialize(let options): return initialize(options)
  case .status(let options): return status(options)
  case .monitor(let options): return monitor(options)
  case .events(let options): return events(options)
  case .reload(let options): return reload(options)
  case .timeline(let options): return timeline(options)
  case .probe(let options): return probe(options, startedAs: start)
  case .explain(let options): return explain(options)
  case .query(let options): return query(options)
  case .adminState(let options): return setAdminState(options)
  case .mayDrain(let options): return mayDrain(options)
  case .maintenance(let options): return maintenance(options)
  case .quiet(let options): return quiet(options)
  case .version: return show("rondo \(rondoVersion)\n")
  case .help(let command): return show(helpText(command))
  }
}

/// What the daemon's own child does before a reload.
private func measureLoad(_ files: [String]) -> Int32 {
  do throws(MemoryTrial.MeasuringFailure) {
    return show("\(try MemoryTrial.measure(files))\n")
  } catch {
    return show("\(error.reason)\n", status: ExitStatus.failed)
  }
}

/// Writes what a command was asked for to standard output.
func show(_ text: String, status: Int32 = ExitStatus.done) -> Int32 {
  do throws(Errno) {
    try standardOutput.write(text)
    return status
  } catch .brokenPipe {
    // The reader has seen enough, as in `rondo status | head`.
    return status
  } catch {
    return fail("cannot write to standard output: \(error)")
  }
}

/// Says on standard error what could not be done.
func fail(_ message: String) -> Int32 {
  standardError.writeLine("rondo: \(message)")
  return ExitStatus.failed
}
