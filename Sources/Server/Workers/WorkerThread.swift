// Starting workers on their threads and ending them.

internal import Answering
internal import Linux
internal import Synchronization

/// What control and a worker share.
final class WorkerLink: Sendable {
  let counters = WorkerCounters()
  /// Signalled when a worker that waits in epoll is to look at `isStopping`, and at what is published.
  let wakeUp: EventCounter
  private let stopping = Atomic<Bool>(false)
  private let lastFailure = Mutex<Errno?>(nil)

  init() throws(Errno) { wakeUp = try EventCounter() }

  var isStopping: Bool { stopping.load(ordering: .acquiring) }

  /// Why the worker could not go on; nil while it does.
  var failure: Errno? { lastFailure.withLock { $0 } }

  func stop() {
    stopping.store(true, ordering: .releasing)
    wakeUp.signal()
  }

  func fail(_ error: Errno) { lastFailure.withLock { $0 = error } }
}

/// A worker's thread, seen from the control thread.
final class WorkerThread {
  let link: WorkerLink
  /// The socket whose receive call the worker sleeps in, if it does.
  private let receiving: ListeningSockets?
  private var thread: Thread?

  /// Starts a worker for the datagrams of one listening address.
  init(
    datagramsOf sockets: ListeningSockets, number: Int, _ publication: Publication<AnswerSnapshot>,
    limits: ResponseLimits?, transfers: TransferReports
  ) throws(Errno) {
    let link = try WorkerLink()
    self.link = link
    receiving = sockets
    thread = try Thread.start(name: "udp-\(number)") {
      var worker = DatagramWorker(sockets, publication, link, limits: limits, transfers: transfers)
      worker.run()
    }
  }

  /// Starts a worker for the connections of all listening addresses. If it fails later, its link tells why, and
  /// `alarm` is signalled.
  init(
    connectionsOf listeners: [ListeningSockets], number: Int, _ publication: Publication<AnswerSnapshot>,
    connectionLimit: Int, sources: ConnectionSources, alarm: Shared<EventCounter>,
    transfers: TransferReports
  ) throws(Errno) {
    let link = try WorkerLink()
    self.link = link
    receiving = nil
    thread = try Thread.start(name: "tcp-\(number)") {
      do throws(Errno) {
        var worker = try ConnectionWorker(
          listeners, publication, link, connectionLimit: connectionLimit, sources: sources, transfers: transfers)
        try worker.run()
      } catch {
        link.fail(error)
        alarm.value.signal()
      }
    }
  }

  /// Has a worker of connections look at what is published now. One of datagrams cannot be woken; it does so with its
  /// next query.
  func moveOn() {
    if receiving == nil { link.wakeUp.signal() }
  }

  /// Tells the worker to end and waits until it has.
  func stop() {
    link.stop()
    receiving?.udp.wakeReceiver()
    thread.take()?.join()
  }
}
