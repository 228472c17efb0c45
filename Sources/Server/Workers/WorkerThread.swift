// Starting workers on their threads and ending them.

internal import Answering
internal import Linux

/// A worker's thread, seen from the control thread.
final class WorkerThread {
  let link: WorkerLink
  private var thread: Thread?

  /// Starts worker `number`; if it fails later, its link tells why and `alarm` is signalled.
  init(
    number: Int, _ listeners: [ListeningSockets], _ publication: Publication<AnswerSnapshot>, connectionLimit: Int,
    alarm: Shared<EventCounter>
  ) throws(Errno) {
    let link = try WorkerLink()
    self.link = link
    thread = try Thread.start(name: "worker-\(number)") {
      do throws(Errno) {
        var worker = try Worker(listeners, publication, link, connectionLimit: connectionLimit)
        try worker.run()
      } catch {
        link.fail(error)
        alarm.value.signal()
      }
    }
  }

  /// Tells the worker to end and waits until it has.
  func stop() {
    link.stop()
    thread.take()?.join()
  }
}
