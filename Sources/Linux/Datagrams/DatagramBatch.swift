// A batch of queries and their replies: the memory of the answer path, and the views that may be had of it.
//
//   receive(from:)  ──▶  exchange(0), exchange(1), …  ──▶  send(to:)
//   one recvmmsg         query in, reply out                one sendmmsg
//
// All memory is taken once, in one piece, and never moves:
//
//   queries   capacity × (4,096 + 64) octets     what arrived
//   replies   capacity × (4,096 + 64) octets     what is to leave
//   names     capacity × 32                      sockaddr_in or sockaddr_in6 of the asker
//   controls  capacity × 64                      one cmsghdr with the PKTINFO of the query
//   slots     capacity × 24                      `Slot`, what the answer path reads and writes
//   headers   2 × capacity × (64 + 16)           mmsghdr and iovec, for each direction
//
// Buffers are a cache line longer than their use, so that the heads of all queries do not share one cache set.
//
// What a worker calls for each query is inlined into it (@inlinable): as calls across modules these views cost 360
// instructions a query, inlined 110, the system calls not counted.

internal import CLinux
package import DNS
internal import Glibc

/// What the answer path knows of one datagram.
@usableFromInline
struct Slot: BitwiseCopyable {
  /// Octets of the query that are in its buffer.
  @usableFromInline var queryLength: UInt32
  /// Octets of the reply; 0 for silence.
  @usableFromInline var replyLength: UInt32
  /// Octets of the control message that goes back with the reply; 0 for none.
  var controlLength: UInt16
  /// Whether the datagram was longer than its buffer.
  @usableFromInline var isCut: Bool
  /// Whether the kernel has not taken the reply.
  var isUnsent = false
  /// What the reply's maker wants to know again once it is sent.
  @usableFromInline var note: UInt64 = 0
}

/// Up to `capacity` datagrams, received by one system call, answered in place and sent by another.
///
/// Owned by one worker. After its creation nothing is allocated, and no reference is counted.
@safe @usableFromInline
package struct DatagramBatch: ~Copyable {
  /// The most datagrams that one receive takes.
  @usableFromInline package let capacity: Int
  /// The most octets kept of a query; of a longer one the rest is cut off.
  @inlinable package static var queryCapacity: Int { 4_096 }
  /// The most octets of a reply.
  @usableFromInline package let replyCapacity: Int
  /// How many datagrams the last receive brought.
  @usableFromInline package internal(set) var count = 0

  // Every pointer below lies inside `arena`, is written here only, and has `capacity` elements of its stride: an index below
  // `count`, which never exceeds `capacity`, is in bounds, and its product with a stride far from overflow. That is the
  // proof of each `unsafe` in this type's files.
  private let arena: UnsafeMutableRawPointer
  @usableFromInline let queries: UnsafeMutableRawPointer
  @usableFromInline let replies: UnsafeMutableRawPointer
  @usableFromInline let names: UnsafeMutableRawPointer
  let controls: UnsafeMutableRawPointer
  @usableFromInline let slots: UnsafeMutablePointer<Slot>
  let arriving: UnsafeMutablePointer<mmsghdr>
  let leaving: UnsafeMutablePointer<mmsghdr>
  let leavingVectors: UnsafeMutablePointer<iovec>

  @inlinable static var queryStride: Int { queryCapacity + 64 }
  @usableFromInline let replyStride: Int
  @inlinable static var nameStride: Int { 32 }
  static var controlStride: Int { 64 }

  /// Takes memory for `capacity` datagrams (1–1024, what one call can carry) and replies of 512–65,535 octets.
  package init(capacity: Int = 64, replyCapacity: Int = 4_096) {
    self.capacity = min(max(capacity, 1), 1_024)
    self.replyCapacity = min(max(replyCapacity, 512), 65_535)
    replyStride = (self.replyCapacity + 127) & ~63

    var size = 0
    func reserve(_ octets: Int, _ count: Int) -> Int {
      defer { size += (octets * count + 63) & ~63 }
      return size
    }
    let queryOffset = reserve(Self.queryStride, self.capacity)
    let replyOffset = reserve(replyStride, self.capacity)
    let nameOffset = reserve(Self.nameStride, self.capacity)
    let controlOffset = reserve(Self.controlStride, self.capacity)
    let slotOffset = reserve(MemoryLayout<Slot>.stride, self.capacity)
    let arrivingOffset = unsafe reserve(MemoryLayout<mmsghdr>.stride, self.capacity)
    let leavingOffset = unsafe reserve(MemoryLayout<mmsghdr>.stride, self.capacity)
    let arrivingVectorOffset = unsafe reserve(MemoryLayout<iovec>.stride, self.capacity)
    let leavingVectorOffset = unsafe reserve(MemoryLayout<iovec>.stride, self.capacity)

    // `size` is the sum of the pieces, each padded to the alignment; all elements are plain numbers, for which zeros are good.
    unsafe arena = .allocate(byteCount: size, alignment: 64)
    unsafe arena.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    unsafe queries = arena + queryOffset
    unsafe replies = arena + replyOffset
    unsafe names = arena + nameOffset
    unsafe controls = arena + controlOffset
    unsafe slots = (arena + slotOffset).bindMemory(to: Slot.self, capacity: self.capacity)
    unsafe arriving = (arena + arrivingOffset).bindMemory(to: mmsghdr.self, capacity: self.capacity)
    unsafe leaving = (arena + leavingOffset).bindMemory(to: mmsghdr.self, capacity: self.capacity)
    unsafe leavingVectors = (arena + leavingVectorOffset).bindMemory(to: iovec.self, capacity: self.capacity)
    let arrivingVectors = unsafe (arena + arrivingVectorOffset).bindMemory(to: iovec.self, capacity: self.capacity)

    for index in 0..<self.capacity {
      unsafe arrivingVectors[index] = iovec(iov_base: queries + index * Self.queryStride, iov_len: Self.queryCapacity)
      unsafe arriving[index].msg_hdr.msg_iov = arrivingVectors + index
      unsafe arriving[index].msg_hdr.msg_iovlen = 1
      unsafe arriving[index].msg_hdr.msg_name = names + index * Self.nameStride
      unsafe arriving[index].msg_hdr.msg_control = controls + index * Self.controlStride
      unsafe leaving[index].msg_hdr.msg_iov = leavingVectors + index
      unsafe leaving[index].msg_hdr.msg_iovlen = 1
      makeReady(toReceive: index)
    }
  }

  deinit { unsafe arena.deallocate() }
}

// The only owner of its memory, so it can move to the thread that will work with it.
extension DatagramBatch: @unchecked Sendable {}

/// One query and the room for its reply, a view of its batch.
@usableFromInline
package struct Exchange: ~Copyable, ~Escapable {
  @usableFromInline package let query: RawSpan
  /// `replyCapacity` octets, with whatever an earlier reply left in them.
  @usableFromInline package var reply: MutableRawSpan

  @inlinable @inline(__always) @_lifetime(copy query, copy reply)
  init(query: RawSpan, reply: consuming MutableRawSpan) {
    self.query = query
    self.reply = reply
  }
}

extension DatagramBatch {
  /// The query at `index` and the room for its reply; `setReplyLength` says afterwards how much of it is to be sent.
  @inlinable @inline(__always) @_lifetime(&self)
  package mutating func exchange(_ index: Int) -> Exchange {
    precondition(index >= 0 && index < count)
    // Both are inside the arena (see there), do not overlap, and live no longer than the access to `self`.
    let query = unsafe RawSpan(
      _unsafeStart: queries + index &* Self.queryStride, byteCount: Int(slots[index].queryLength))
    let reply = unsafe MutableRawSpan(_unsafeStart: replies + index &* replyStride, byteCount: replyCapacity)
    return unsafe _overrideLifetime(Exchange(query: query, reply: reply), mutating: &self)
  }

  /// The query at `index`.
  @inlinable @inline(__always) @_lifetime(borrow self)
  package func query(_ index: Int) -> RawSpan {
    precondition(index >= 0 && index < count)
    // Inside the arena (see there).
    let query = unsafe RawSpan(
      _unsafeStart: queries + index &* Self.queryStride, byteCount: Int(slots[index].queryLength))
    return unsafe _overrideLifetime(query, borrowing: self)
  }

  /// Decides to send the first `length` octets of the reply at `index`; 0, as after a receive, for silence.
  @inlinable @inline(__always)
  package mutating func setReplyLength(_ length: Int, at index: Int) {
    precondition(index >= 0 && index < count && length >= 0 && length <= replyCapacity)
    // In bounds (see the arena).
    unsafe slots[index].replyLength = UInt32(truncatingIfNeeded: length)
  }

  /// The same, and keeps a number with the reply until the next receive.
  @inlinable @inline(__always)
  package mutating func setReplyLength(_ length: Int, noting note: UInt64, at index: Int) {
    setReplyLength(length, at: index)
    // In bounds (see the arena), as it was just now.
    unsafe slots[index].note = note
  }

  /// What was noted with the reply at `index`, until the next receive.
  package func note(_ index: Int) -> UInt64 {
    precondition(index >= 0 && index < capacity)
    // In bounds (see the arena).
    return unsafe slots[index].note
  }

  /// Whether the last `send` has sent the reply at `index`.
  package func isSent(_ index: Int) -> Bool {
    precondition(index >= 0 && index < capacity)
    // In bounds (see the arena).
    return unsafe slots[index].replyLength > 0 && !slots[index].isUnsent
  }

  /// The memory of the reply at `index`, until the next receive.
  @_lifetime(borrow self)
  package func replyMemory(_ index: Int) -> RawSpan {
    precondition(index >= 0 && index < capacity)
    // Inside the arena (see there).
    let reply = unsafe RawSpan(_unsafeStart: replies + index &* replyStride, byteCount: replyCapacity)
    return unsafe _overrideLifetime(reply, borrowing: self)
  }

  /// What `setReplyLength` has decided.
  package func replyLength(_ index: Int) -> Int {
    precondition(index >= 0 && index < count)
    // In bounds (see the arena).
    return unsafe Int(slots[index].replyLength)
  }

  /// Whether the datagram at `index` was longer than `queryCapacity`, its end being lost (MSG_TRUNC).
  @inlinable @inline(__always)
  package func isCut(_ index: Int) -> Bool {
    precondition(index >= 0 && index < count)
    // In bounds (see the arena).
    return unsafe slots[index].isCut
  }

  /// The family of the address that asked at `index`.
  package func peerFamily(_ index: Int) -> AddressFamily { peer(index).family }

  /// Who asked at `index`; allocates nothing.
  @inlinable @inline(__always)
  package func peer(_ index: Int) -> PeerAddress {
    precondition(index >= 0 && index < capacity)
    // Inside the arena (see there); the view ends with this call.
    return SocketAddressLayout.peer(
      unsafe RawSpan(_unsafeStart: names + index &* Self.nameStride, byteCount: Self.nameStride))
  }
}
