// Whether there is memory for reading big files beside all that is in use.
//
// A process whose memory runs out ends at once: no program of this language catches that. So a child of the daemon, with
// the same rights and limits and in the same control group, first reads and compiles the files. If that ends it, or if
// what it took has no room under the daemon's own limit, the files are not read. The kernel ends the child before anything
// else that runs out of memory with it.

internal import Health
internal import Linux
internal import ZoneFile

package enum MemoryTrial {
  /// The command by which this program is started as that child; for nobody else, and in no help text.
  package static let command = "internal-measure-load"
  /// Files that are smaller all together, in octets, need no trial: they take less than the daemon does by itself.
  ///
  /// An octet of a file takes 25 octets of memory at most while it is read. Under a limit on address space each counts.
  static func threshold(_ circumstances: LoadCircumstances) -> Int {
    switch circumstances {
    case .alone: Int.max
    case .beforeServing: limitedThreshold
    case .besideAnother: addressSpaceLimit() == nil ? 4 << 20 : limitedThreshold
    }
  }

  private static let limitedThreshold = 256 << 10
  /// Reading takes seconds; a file system that hangs takes for ever.
  private static let timeLimit = Duration.seconds(600)

  /// Why the files must not be read, and what to do; nil if they may be.
  static func lack(for files: [String], _ circumstances: LoadCircumstances) -> LoadFailure? {
    let advice = advice(circumstances)
    do throws(SpawnFailure) {
      // Paths start from the same folder; the user of the service need not have the right to enter it anew.
      var child = try ChildProcess(
        .init(path: "/proc/self/exe", arguments: [command] + files, environment: [:], folder: .inherited))
      return verdict(on: &child, advice)
    } catch {
      return error.error == .noMemory ? LoadFailure(reason: "there is no memory for it", remedy: advice) : nil
    }
  }

  private static func verdict(on child: inout ChildProcess, _ advice: String) -> LoadFailure? {
    do throws(Errno) {
      var epoll = try Epoll(capacity: 1)
      try epoll.add(child, token: 0, for: .readable)
      let end = MonotonicClock.now() + timeLimit.wholeNanoseconds
      while true {
        _ = try epoll.wait(timeout: .nanoseconds(max(0, end - MonotonicClock.now())))
        if let ending = try child.takeEnding() {
          return verdict(on: ending.status, saying: String(decoding: ending.firstLine, as: UTF8.self), advice)
        }
        guard MonotonicClock.now() < end else {
          return LoadFailure(
            reason: "a trial of it did not end within \(timeLimit.components.seconds) s",
            remedy: "look at the disk that the files are on, and at the load of this host")
        }
      }
    } catch {
      // What cannot be measured is tried, as a start would.
      return nil
    }
  }

  /// - Parameter line: the first that the child printed.
  static func verdict(
    on status: ChildProcess.Status, saying line: String, _ advice: String = advice(.besideAnother)
  ) -> LoadFailure? {
    if status.isThatOfLackingMemory {
      return LoadFailure(
        reason: "there is not enough memory for it: a trial of it ran out of it", remedy: advice)
    }
    guard status == .exited(0), let growth = Int(line) else {
      return LoadFailure(
        reason: "a trial of whether there is memory for it ended with \(status)" + (line.isEmpty ? "" : ": \(line)"),
        remedy: "run rondo check with the same files, as the user and under the limits of the service; if it finds no "
          + "error, restart Rondo, which then reads them without a trial")
    }
    guard let limit = addressSpaceLimit(), let used = addressSpaceInUse(), used + growth + ServerNeeds.slack > limit
    else {
      return nil
    }
    return LoadFailure(
      reason: "it takes \(mebibytes(growth)) MiB of address space, and the limit leaves "
        + "\(mebibytes(max(0, limit - used - ServerNeeds.slack))) MiB beside what clients may need", remedy: advice)
  }

  private static func advice(_ circumstances: LoadCircumstances) -> String {
    let more = "give the host or the service more memory (MemoryMax=, LimitAS=, ulimit -v)"
    return circumstances == .besideAnother
      ? "\(more), or restart Rondo, which then needs no room for both contents" : more
  }

  private static func mebibytes(_ octets: Int) -> Int { octets >> 20 }

  /// What the child does: reads and compiles the files and returns how much address space that took at most, in octets.
  package static func measure(_ files: [String]) throws(MeasuringFailure) -> Int {
    offerToOutOfMemoryKiller()
    guard let before = addressSpaceInUse() else { throw .notTold }
    do throws(Errno) {
      // On a thread of its own, as in the daemon: each has memory in pieces of its own.
      try Thread.start(name: "loader", stackSize: 8 << 20) {
        guard let configuration = loadConfiguration(files: files).configuration else { return }
        ConfigurationProducts.make(of: configuration)
      }.join()
    } catch {
      throw MeasuringFailure(reason: "no thread could be started: \(error)")
    }
    guard let peak = addressSpacePeak() else { throw .notTold }
    return max(0, peak - before)
  }

  /// Why the child cannot tell what reading takes; its only line of output.
  package struct MeasuringFailure: Error {
    package let reason: String

    fileprivate static let notTold = MeasuringFailure(
      reason: "/proc/self/status does not show the address space in use")
  }
}
