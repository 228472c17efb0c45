// What the process before has left in the state directory, read once, before anything is served.
//
// A file that is damaged, another's, or no regular file is reported, gets a dated name, and is never half obeyed. It is
// renamed by the writer's thread, which writes no new file of that name before: nothing is overwritten unread.

internal import Health
internal import Linux
internal import Policy
internal import Reporting

struct StateAtStart {
  private(set) var memory = HealthMemory()
  private(set) var calendar = MaintenanceCalendar()
  private(set) var serials = SerialBook(isKept: false)
  /// What the ledger of hand-outs has left.
  private(set) var handOuts = HandOutPast()
  /// Which start of the kernel this is.
  let boot = kernelBoot()
  /// Nil for `--state none`.
  private(set) var writer: StateWriter?
  /// What needs attention until the next start: the files that were set aside.
  private(set) var conditions: [Condition] = []
  private let log: Log
  private var setAside: [StateFile: String] = [:]

  /// Nothing, kept nowhere.
  init(_ log: Log) {
    self.log = log
    log.events?.open(after: nil, wake: nil)
  }

  /// - Parameter directory: nil for `--state none`.
  init(directory: String?, _ log: Log) throws(Errno) {
    self.log = log
    guard let directory else {
      log.events?.open(after: nil, wake: nil)
      return
    }
    readHealth(in: directory)
    readAdminStates(in: directory)
    readHandOuts(in: directory)
    readSerials(in: directory)
    let events = readEvents(in: directory)
    let writer = try StateWriter(directory: directory, setAside: setAside)
    self.writer = writer
    guard let recorder = log.events else { return }
    recorder.open(after: events) { [weak recorder] in
      if let recorder { writer.keepEvents(of: recorder) }
    }
  }

  private mutating func readEvents(in directory: String) -> EventFile? {
    guard let octets = octets(of: .events, in: directory, limit: 2 * EventFile.mostOctets) else { return nil }
    do throws(EventFileError) {
      let file = try EventFile(octets: octets)
      if file.tornOctets > 0 { log.write(.historyCut(octets: file.tornOctets)) }
      if let last = file.events.last, file.isOpenEnded { log.write(.endedWithoutStop(last: last.time)) }
      return file
    } catch {
      setAside(.events, because: error.description)
      return nil
    }
  }

  private mutating func readHealth(in directory: String) {
    guard let octets = octets(of: .health, in: directory, limit: HealthMemory.mostOctets) else { return }
    do throws(HealthMemoryError) {
      memory = try HealthMemory(octets: octets, readAt: WallClock.now())
    } catch {
      switch error {
      case .tooOld, .fromTheFuture: log.write(.memoryNotUsed(reason: error.description))
      case .tooLong, .unknownVersion, .malformed, .torn: setAside(.health, because: error.description)
      }
    }
  }

  private mutating func readAdminStates(in directory: String) {
    guard let octets = octets(of: .adminStates, in: directory, limit: MaintenanceCalendar.mostOctets) else { return }
    do throws(CalendarFileError) {
      calendar = try MaintenanceCalendar(octets: octets)
    } catch {
      log.write(.adminStatesNotRead(reason: error.description))
      setAside(.adminStates, because: error.description)
    }
  }

  private mutating func readHandOuts(in directory: String) {
    guard let octets = octets(of: .handOuts, in: directory, limit: HandOutPast.mostOctets) else { return }
    do throws(HandOutPastError) {
      handOuts = try HandOutPast(octets: octets, boot: boot)
    } catch {
      setAside(.handOuts, because: error.description)
    }
  }

  private mutating func readSerials(in directory: String) {
    serials = SerialBook()
    guard let octets = octets(of: .serials, in: directory, limit: SerialFile.mostOctets) else {
      if setAside[.serials] != nil { serials = SerialBook(past: .damaged) }
      return
    }
    let file = SerialFile(octets: octets)
    if let damage = file.damage { setAside(.serials, because: damage) }
    serials = SerialBook(file.entries, past: file.past)
  }

  /// What is in a file; nil when there is none, or it cannot be read and is to be set aside.
  private mutating func octets(of file: StateFile, in directory: String, limit: Int) -> [UInt8]? {
    do throws(StateFileError) {
      return try StateDirectory(directory).read(file.name, limit: limit)
    } catch .system(.noSuchFileOrDirectory) {
      return nil
    } catch {
      if file == .adminStates { log.write(.adminStatesNotRead(reason: error.description)) }
      setAside(file, because: error.description)
      return nil
    }
  }

  private mutating func setAside(_ file: StateFile, because reason: String) {
    let name = "\(file.name).unusable-\(StateAtStart.stamp())"
    setAside[file] = name
    log.write(.stateSetAside(file, as: name, reason: reason))
    conditions.append(
      Condition(
        .stateSetAside, file.name,
        "the state file \(file.name) was unusable at the start (\(reason)): \(file.lossWords); it is now \(name)"))
  }

  /// `20261128T170312.042Z`: two starts in one second get two names.
  private static func stamp() -> String {
    String(UnixTime.now.withMilliseconds.filter { $0 != "-" && $0 != ":" })
  }
}

extension StateFile {
  /// What it means that the file could not be used.
  fileprivate var lossWords: String {
    switch self {
    case .adminStates: "no admin state or window in it is applied"
    case .handOuts: "every address counts as handed out until the start"
    case .serials: "serials have leapt ahead"
    case .health: "every node was checked anew"
    case .events: "the event history begins anew"
    }
  }
}

extension CalendarFileError {
  fileprivate var description: String {
    switch self {
    case .unknownVersion: "the file is of another version"
    case .malformed(let line): "line \(line) of the file is malformed"
    case .torn: "the file does not come to its end"
    }
  }
}

extension EventFileError {
  fileprivate var description: String {
    switch self {
    case .unknownVersion: "the file is of another version"
    case .malformed(let line): "line \(line) of the file is malformed"
    }
  }
}

extension HandOutPastError {
  fileprivate var description: String {
    switch self {
    case .unknownVersion: "the file is of another version"
    case .malformed(let line): "line \(line) of the file is malformed"
    case .torn: "the file does not come to its end"
    }
  }
}

extension HealthMemoryError {
  fileprivate var description: String {
    switch self {
    case .tooLong: "the file is too long"
    case .unknownVersion: "the file is of another version"
    case .malformed(let line): "line \(line) of the file is malformed"
    case .torn: "the file does not come to its end"
    case .tooOld(let seconds): "the file is \(seconds) s old"
    case .fromTheFuture(let seconds): "the file was written \(seconds) s in the future"
    }
  }
}
