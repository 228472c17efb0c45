// Epoll, event counters, signals, threads and clocks.

import DNS
import Linux
import Synchronization
import Testing

@Suite("Events")
struct EventTests {
  @Test("A signalled counter wakes epoll, and drained it sleeps again")
  func counter() throws {
    let counter = try EventCounter()
    var epoll = try Epoll()
    try epoll.add(counter, token: 77, for: .readable)
    #expect(try epoll.wait(timeout: .zero) == 0)

    counter.signal()
    counter.signal()
    #expect(try epoll.wait(timeout: patience) == 1)
    #expect(epoll.event(0).token == 77)
    #expect(epoll.event(0).readiness.contains(.readable))
    #expect(counter.drain() == 2)
    #expect(counter.drain() == 0)
    #expect(try epoll.wait(timeout: .zero) == 0)
  }

  @Test("A counter signalled by another thread wakes epoll")
  func counterFromThread() throws {
    let counter = Shared(try EventCounter())
    var epoll = try Epoll()
    try epoll.add(counter.value, token: 1, for: .readable)
    let thread = try Thread.start(name: "waker") { counter.value.signal() }
    #expect(try epoll.wait(timeout: patience) == 1)
    thread.join()
  }

  @Test("Interest and token can be changed, and a removed source is silent")
  func modify() throws {
    let counter = try EventCounter()
    var epoll = try Epoll()
    try epoll.add(counter, token: 1, for: .readable)
    try epoll.modify(counter, token: UInt64.max, for: .writable)
    #expect(try epoll.wait(timeout: patience) == 1)
    #expect(epoll.event(0).token == UInt64.max)
    #expect(epoll.event(0).readiness == .writable)
    try epoll.remove(counter)
    #expect(try epoll.wait(timeout: .zero) == 0)
    #expect(throws: Errno.noSuchFileOrDirectory) { try epoll.remove(counter) }
  }

  @Test("More events than there is room for come with the next wait")
  func manyEvents() throws {
    let counters = try [Shared(EventCounter()), Shared(EventCounter()), Shared(EventCounter())]
    var epoll = try Epoll(capacity: 2)
    for (index, counter) in counters.enumerated() {
      counter.value.signal()
      try epoll.add(counter.value, token: UInt64(index), for: .readable)
    }
    var tokens: Set<UInt64> = []
    while tokens.count < 3 {
      let count = try epoll.wait(timeout: patience)
      #expect(count == 1 || count == 2)
      for index in 0..<count { tokens.insert(epoll.event(index).token) }
    }
    #expect(tokens == [0, 1, 2])
  }

  @Test("A wait lasts no shorter than its time-out", arguments: [Duration.microseconds(1), .milliseconds(3)])
  func timeout(_ timeout: Duration) throws {
    var epoll = try Epoll()
    let start = MonotonicClock.now()
    #expect(try epoll.wait(timeout: timeout) == 0)
    #expect(Duration.nanoseconds(MonotonicClock.now() - start) >= timeout)
  }

  @Test("A time-out in the past does not wait")
  func pastTimeout() throws {
    var epoll = try Epoll()
    #expect(try epoll.wait(timeout: .seconds(-5)) == 0)
  }

  @Test("A signal is read, not suffered")
  func signal() throws {
    let outcome = Mutex<(first: Signal?, second: Signal?, error: Errno?)>((nil, .terminate, nil))
    try withThread {
      do throws(Errno) {
        let signals = try SignalSource()
        var epoll = try Epoll()
        try epoll.add(signals, token: 1, for: .readable)
        raiseHangUp()
        guard try epoll.wait(timeout: patience) == 1 else { throw .timedOut }
        let (first, second) = (try signals.next(), try signals.next())
        outcome.withLock { $0 = (first, second, nil) }
      } catch {
        outcome.withLock { $0.error = error }
      }
    }
    let (first, second, error) = outcome.withLock { $0 }
    #expect(error == nil)
    #expect(first == .hangUp)
    #expect(second == nil)
  }
}

@Suite("Threads")
struct ThreadTests {
  @Test("A thread owns what is moved into it, has its name, and takes no signals but faults")
  func start() throws {
    let socket = try UDPSocket(boundTo: SocketEndpoint(loopbacks[0], port: 0))
    let endpoint = try socket.localEndpoint
    let seen = Shared(Mutex<(SocketEndpoint?, String, [Bool])>((nil, "", [])))
    let thread = try Thread.start(name: "udp worker with a long name", moving: socket) { socket in
      let local = try? socket.localEndpoint
      seen.value.withLock { $0 = (local, threadName(), blockedSignals()) }
    }
    thread.join()
    let (local, name, blocked) = seen.value.withLock { $0 }
    #expect(local == endpoint)
    #expect(name == "udp worker with")
    #expect(blocked == [true, true, false])
    // The thread's end was the socket's end.
    _ = try UDPSocket(boundTo: endpoint)
  }

  @Test("The maker's own signal mask is as before")
  func maskOfMaker() throws {
    let before = blockedSignals()
    try Thread.start(name: "short") {}.join()
    #expect(blockedSignals() == before)
  }

  @Test("There is at least one processor")
  func processors() {
    #expect(onlineProcessorCount() >= 1)
  }
}

@Suite("Clocks")
struct ClockTests {
  @Test("The monotonic clock does not run backwards, and the wall clock is past 2025")
  func now() {
    let first = MonotonicClock.now()
    #expect(MonotonicClock.now() >= first)
    #expect(WallClock.now() > 1_750_000_000)
    #expect(WallClock.nowInMilliseconds() / 1_000 >= WallClock.now() - 1)
  }
}

/// Something with one owner that a test shares with its threads.
final class Shared<Value: ~Copyable & Sendable>: Sendable {
  let value: Value
  init(_ value: consuming Value) { self.value = value }
}

/// Runs `body` on a thread of its own, to its end.
private func withThread(_ body: @escaping @Sendable () -> Void) throws {
  try Thread.start(name: "test", body).join()
}
