// What this host has to give for the server to start: address space, descriptors, threads.
//
//   options ─▶ what is needed ─▶ there? ─▶ start          what is refused all the same ─▶ step, reason, limit to raise
//
// A process whose memory runs out ends at once: no program of this language catches that. So the start asks beforehand.

internal import Linux
internal import Reporting

/// Does one step of the start; if this host refuses it, the failure names the step, the reason and what to raise.
func starting<Value: ~Copyable>(
  _ step: String, _ body: () throws(Errno) -> Value
) throws(ServerFailure) -> Value {
  do throws(Errno) {
    return try body()
  } catch {
    throw ServerFailure("\(step) cannot be started: \(error)" + (error.remedy.map { "; \($0)" } ?? ""))
  }
}

extension Errno {
  /// Which limit to raise, for the operator; nil for an error that comes of no limit.
  var remedy: String? {
    switch self {
    // What pthread_create(3) and fork(2) fail with for want of memory too.
    case .wouldBlock:
      ServerNeeds.addressSpaceIsShort
        ? ServerNeeds.addressSpaceAdvice
        : "allow the service or its user more threads (TasksMax=, LimitNPROC=, ulimit -u), or use fewer --threads"
    case .tooManyOpenFiles:
      "allow more open files (LimitNOFILE=, ulimit -n; the limit is \(descriptorLimit() ?? 0))"
    case .tooManyOpenFilesInSystem: "allow this host more open files (sysctl fs.file-max)"
    case .noMemory, .noBufferSpace:
      ServerNeeds.addressSpaceIsShort
        ? ServerNeeds.addressSpaceAdvice : "give the host or the service more memory (MemoryMax=)"
    case .noSpaceLeft: "allow more watched descriptors (sysctl fs.epoll.max_user_watches)"
    default: nil
    }
  }
}

/// What a server with certain options takes, by measure and rounded up.
package enum ServerNeeds {
  /// Address space of a worker, in octets: its stack, its batch, its notes of hand-outs.
  private static let worker = 6 << 20
  /// Of all other threads: 8 MiB each for the stacks of loader and reporter.
  private static let otherThreads = 20 << 20
  /// Under a limit on address space: for what clients may make Rondo hold at the same time (64 KiB for each of 1,000 TCP
  /// connections, 64 MiB for reports that are read slowly), for checks, and for a small reload.
  static let slack = 160 << 20
  /// Descriptors that do not depend on the options.
  private static let fixedDescriptors = 26

  /// Refuses to start where the limits leave too little for the server to live.
  ///
  /// To be called before the files are read, and again before the first thread.
  package static func require(for options: ServerOptions) throws(ServerFailure) {
    let addresses =
      switch options.listening {
      case .everywhere: 2
      case .at(let endpoints): endpoints.count
      }
    let workers = options.threads * (addresses + 1)
    let isLimited = addressSpaceLimit() != nil
    let space = otherThreads + worker * workers + (isLimited ? slack : 0)
    guard canReserve(space) else {
      throw ServerFailure(
        "there is no memory for a server with \(counted(workers, "worker")): \(space >> 20) MiB more are needed; "
          + (isLimited ? addressSpaceAdvice : "give the host more memory") + ", or use fewer --threads")
    }
    // For each worker its socket, or an epoll and its listeners, and what wakes it.
    let descriptors = fixedDescriptors + options.threads * (3 * addresses + 2)
    if let limit = descriptorLimit(), limit < descriptors {
      throw ServerFailure(
        "the limit on open files is \(limit), and the server needs \(descriptors), and one more for each client and each "
          + "check at a time; raise LimitNOFILE= or ulimit -n, or use fewer --threads")
    }
  }

  /// Whether the next stack may have no room under the limit on address space.
  fileprivate static var addressSpaceIsShort: Bool {
    guard let limit = addressSpaceLimit(), let used = addressSpaceInUse() else { return false }
    return limit - used < 16 << 20
  }

  fileprivate static var addressSpaceAdvice: String {
    let (limit, used) = (addressSpaceLimit() ?? 0, addressSpaceInUse() ?? 0)
    return "allow more address space (LimitAS=, ulimit -v; \(used >> 20) of \(limit >> 20) MiB are in use)"
  }
}
