// The two local services: status over HTTP, commands over the control socket.
//
// It owns their connections and puts requests together; what they ask is the daemon's to answer.

internal import Health
internal import Linux
internal import Reporting

/// The connections of status port and control socket.
struct LocalServices: ~Copyable {
  private let log: Log
  private let sockets: OpenSockets
  private var statusExchanges: ShortExchanges<TCPConnection, HTTPReader>
  private var controlExchanges = ShortExchanges<UnixConnection, CommandReader>(reading: CommandReader())
  /// Until when no new clients of the two services are taken, in monotonic nanoseconds; nil while they are.
  private var listenersRest: Int64?

  /// - Parameter hosts: names by which the status port may be asked.
  init(at sockets: OpenSockets, hosts: StatusHosts, _ epoll: borrowing Epoll, _ log: Log) throws(Errno) {
    statusExchanges = ShortExchanges(reading: HTTPReader(hosts: hosts))
    try sockets.watchServices(
      epoll, status: Daemon.Token.statusListener.rawValue, control: Daemon.Token.controlListener.rawValue,
      by: .beginning)
    self.log = log
    self.sockets = sockets
  }

  // MARK: Time

  /// When `step` is next to be called; nil if it need not be.
  var nextDeadline: Int64? {
    [statusExchanges.nextDeadline, controlExchanges.nextDeadline, listenersRest].compactMap { $0 }.min()
  }

  /// Closes connections whose time is up, and takes new clients again after a pause.
  mutating func step(to now: MonotonicTime, _ epoll: borrowing Epoll) {
    resumeListeners(now: now.nanoseconds, epoll)
    statusExchanges.sweep(now: now.nanoseconds)
    controlExchanges.sweep(now: now.nanoseconds)
  }

  // MARK: Status

  mutating func acceptStatusConnections(_ epoll: borrowing Epoll) {
    do throws(Errno) {
      while let accepted = try sockets.acceptStatus() {
        statusExchanges.add(accepted.takeConnection(), epoll, now: MonotonicClock.now()) {
          Daemon.Token.status($0).rawValue
        }
      }
    } catch {
      statusExchanges.dropOldest()
      pauseListeners(because: error, epoll)
    }
  }

  /// The request of a client of the status port, once it is complete.
  mutating func statusRequest(on number: UInt64, _ epoll: borrowing Epoll) -> HTTPReader.Request? {
    statusExchanges.proceed(with: number, epoll, token: Daemon.Token.status(number).rawValue)
  }

  /// Answers a request, now or later.
  mutating func respond(_ response: SharedOctets, toStatus number: UInt64, _ epoll: borrowing Epoll) {
    statusExchanges.respond(response, to: number, epoll, token: Daemon.Token.status(number).rawValue)
  }

  // MARK: Control

  mutating func acceptControlConnections(_ epoll: borrowing Epoll) {
    do throws(Errno) {
      while let connection = try sockets.acceptControl() {
        controlExchanges.add(connection, epoll, now: MonotonicClock.now()) { Daemon.Token.control($0).rawValue }
      }
    } catch {
      controlExchanges.dropOldest()
      pauseListeners(because: error, epoll)
    }
  }

  /// The command of a client of the control socket, once it is complete; nil inside when there is none of that name.
  mutating func command(on number: UInt64, _ epoll: borrowing Epoll) -> ControlCommand?? {
    controlExchanges.proceed(with: number, epoll, token: Daemon.Token.control(number).rawValue)
  }

  /// Answers a command, now or later: whoever needs time for an answer keeps the number, and calls this when it is there.
  mutating func respond(_ response: ControlResponse, toControl number: UInt64, _ epoll: borrowing Epoll) {
    controlExchanges.respond(
      SharedOctets(response.octets), to: number, epoll, token: Daemon.Token.control(number).rawValue)
  }

  /// The clients that are connected to the control socket.
  var controlClients: Set<UInt64> { controlExchanges.numbers }

  /// The user at the other end of a control connection, as the kernel vouches for; nil when it has gone.
  func userID(of number: UInt64) -> UInt32? { try? controlExchanges.exchange(number)?.connection.peer.userID }

  // MARK: Out of descriptors

  /// Takes no more clients of either service for a second: a listener whose accept fails stays readable, and to ask it
  /// again at once would be all that this thread does.
  private mutating func pauseListeners(because error: Errno, _ epoll: borrowing Epoll) {
    log.write(.workerFault(worker: 0, fault: "accept", reason: error.description))
    listenersRest = MonotonicClock.now() + 1_000_000_000
    try? sockets.watchServices(
      epoll, status: Daemon.Token.statusListener.rawValue, control: Daemon.Token.controlListener.rawValue, by: .pausing)
  }

  private mutating func resumeListeners(now: Int64, _ epoll: borrowing Epoll) {
    guard let until = listenersRest, until <= now else { return }
    listenersRest = nil
    try? sockets.watchServices(
      epoll, status: Daemon.Token.statusListener.rawValue, control: Daemon.Token.controlListener.rawValue,
      by: .resuming)
  }
}
