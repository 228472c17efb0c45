// Waiting for many descriptors at once.

internal import CLinux
internal import Glibc

/// An epoll instance with room for the events of one wait; wraps `epoll(7)`.
@safe
package struct Epoll: ~Copyable {
  /// What a descriptor is watched for. Errors and hang-ups are always reported.
  package struct Interest: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// EPOLLIN
    package static let readable = Interest(rawValue: EPOLLIN.rawValue)
    /// EPOLLOUT
    package static let writable = Interest(rawValue: EPOLLOUT.rawValue)
    /// EPOLLRDHUP: the peer will send nothing more.
    package static let peerFinished = Interest(rawValue: EPOLLRDHUP.rawValue)
  }

  /// What came to be of a descriptor.
  package struct Readiness: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// EPOLLIN
    package static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    /// EPOLLOUT
    package static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// EPOLLRDHUP
    package static let peerFinished = Readiness(rawValue: EPOLLRDHUP.rawValue)
    /// EPOLLERR: the next call on it says which error.
    package static let failed = Readiness(rawValue: EPOLLERR.rawValue)
  }

  /// The token a descriptor was added with, and what came to be of it.
  package struct Event: Sendable {
    package let token: UInt64
    package let readiness: Readiness
  }

  private let descriptor: FileDescriptor
  /// The most events that one wait returns; the rest come with the next.
  package let capacity: Int
  /// How many events the last wait returned.
  package private(set) var count = 0
  // `capacity` elements, initialised; an index below `count` ≤ `capacity` is in bounds.
  private let events: UnsafeMutablePointer<epoll_event>

  /// Wraps `epoll_create1(2)`.
  package init(capacity: Int = 128) throws(Errno) {
    descriptor = FileDescriptor(owning: try call("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
    self.capacity = max(capacity, 1)
    unsafe events = .allocate(capacity: self.capacity)
    unsafe events.initialize(repeating: epoll_event(), count: self.capacity)
  }

  deinit { unsafe events.deallocate() }

  /// Watches `source` until it is removed or closed; wraps `epoll_ctl(2)` with EPOLL_CTL_ADD.
  package func add(_ source: borrowing some Pollable & ~Copyable, token: UInt64, for interest: Interest) throws(Errno) {
    try control(EPOLL_CTL_ADD, source.number, token, interest)
  }

  /// Changes what `source` is watched for, and its token; wraps `epoll_ctl(2)` with EPOLL_CTL_MOD.
  package func modify(
    _ source: borrowing some Pollable & ~Copyable, token: UInt64, for interest: Interest
  ) throws(Errno) {
    try control(EPOLL_CTL_MOD, source.number, token, interest)
  }

  /// Watches `source` no more; wraps `epoll_ctl(2)` with EPOLL_CTL_DEL. Closing a descriptor does it as well.
  package func remove(_ source: borrowing some Pollable & ~Copyable) throws(Errno) {
    try control(EPOLL_CTL_DEL, source.number, 0, [])
  }

  private func control(_ operation: Int32, _ number: Int32, _ token: UInt64, _ interest: Interest) throws(Errno) {
    // The kernel copies the event during the call; its union is only ever used as `u64`.
    var event = unsafe epoll_event(events: interest.rawValue, data: epoll_data_t(u64: token))
    try call("epoll_ctl") { unsafe epoll_ctl(descriptor.number, operation, number, &event) }
  }

  /// Waits for events, `timeout` at most (rounded up to milliseconds; nil for ever), and returns how many `event` has.
  ///
  /// Returns 0 after the time-out, and earlier when a signal interrupts it: the caller looks at its clock anyhow.
  /// Wraps `epoll_wait(2)`.
  package mutating func wait(timeout: Duration? = nil) throws(Errno) -> Int {
    try wait(milliseconds: timeout.map(Self.milliseconds))
  }

  /// The same with a time-out that need not be worked out first.
  package mutating func wait(milliseconds: Int32?) throws(Errno) -> Int {
    count = 0
    // The kernel writes at most `capacity` elements.
    let found = attempt("epoll_wait") {
      unsafe epoll_wait(descriptor.number, events, Int32(clamping: capacity), milliseconds ?? -1)
    }
    if found < 0 {
      let error = Errno.current
      guard error == .interrupted else { throw error }
      return 0
    }
    count = Int(found)
    return count
  }

  /// The event at `index`, below what the last wait returned.
  package func event(_ index: Int) -> Event {
    precondition(index >= 0 && index < count)
    // In bounds (see `events`); any bits are a number.
    let event = unsafe events[index]
    return unsafe Event(token: event.data.u64, readiness: Readiness(rawValue: event.events))
  }

  /// Rounded up, so that a loop does not wake just before its timer and spin; 0 for what is past.
  private static func milliseconds(_ span: Duration) -> Int32 {
    let (seconds, attoseconds) = span.components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    guard seconds < 1_000_000 else { return 1_000_000_000 }
    return Int32(seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}

// The only owner of its memory.
extension Epoll: @unchecked Sendable {}
