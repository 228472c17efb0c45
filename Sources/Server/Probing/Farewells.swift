// Connections whose probe is decided and which end politely: a peer that gets QUIT and meets a closed socket with its
// answer notes an error, every ten seconds, for each node and each Rondo (RFC 5321 §4.1.1.10).
//
//   conclude ──farewell──▶ what comes is thrown away ──the node closes, or half a second──▶ close_notify, close
//
// The verdict waits for none of this, and neither does a place for the next probe.

internal import DNS
internal import Health
internal import Linux

/// The connections that are being ended.
struct Farewells: ~Copyable {
  private final class Farewell {
    var channel: ProbeChannel
    let deadline: MonotonicTime
    /// Octets that were thrown away.
    var octets = 0

    init(_ channel: consuming ProbeChannel, until deadline: MonotonicTime) {
      self.channel = channel
      self.deadline = deadline
    }
  }

  /// Descriptors that may be spent on this. With more the newest is closed at once.
  static let limit = 256
  /// How long a node may take to close.
  static let patience = Duration.milliseconds(500)
  /// The rest of a page, or of a certificate chain; a node that sends more is cut off.
  private static let octetLimit = 65_536
  private static let readSize = 16_384

  private var open: [ProbeID: Farewell] = [:]
  /// No later than the first deadline.
  private(set) var nextDeadline: MonotonicTime?

  var isEmpty: Bool { open.isEmpty }
  var count: Int { open.count }

  /// Says farewell, and keeps the connection until the node closes it or `deadline` is over.
  mutating func say(
    _ farewell: [UInt8], on channel: consuming ProbeChannel, of id: ProbeID, until deadline: MonotonicTime,
    _ epoll: borrowing Epoll, token: UInt64
  ) {
    if !farewell.isEmpty { _ = try? channel.write(farewell) }
    let entry = Farewell(channel, until: deadline)
    guard open.count < Farewells.limit, Farewells.isToBeKept(entry),
      (try? entry.channel.watch(epoll, token: token, for: .readable)) != nil
    else {
      entry.channel.part(saying: [])
      return
    }
    open[id] = entry
    nextDeadline = min(nextDeadline ?? deadline, deadline)
  }

  /// Reads what has come on the connection of a probe that is over; false if there is none of that number.
  mutating func proceed(with id: ProbeID) -> Bool {
    guard let entry = open[id] else { return false }
    if !Farewells.isToBeKept(entry) {
      open[id] = nil
      if open.isEmpty { nextDeadline = nil }
      entry.channel.part(saying: [])
    }
    return true
  }

  /// Throws away what there is to read; false once nothing more is to be waited for.
  private static func isToBeKept(_ entry: Farewell) -> Bool {
    var octets = [UInt8](repeating: 0, count: readSize)
    // A few reads: the others must not wait for a node that sends without end.
    for _ in 0..<4 {
      do throws(ChannelFailure) {
        var elements = octets.mutableSpan
        var room = MutableRawSpan(_elements: &elements)
        switch try entry.channel.read(into: &room) {
        case .octets(let count):
          entry.octets += count
          guard entry.octets < octetLimit else { return false }
        case .endOfStream: return false
        case .waits: return true
        }
      } catch {
        return false
      }
    }
    return true
  }

  /// Closes the connections whose time is over.
  mutating func sweep(at now: MonotonicTime) {
    guard let next = nextDeadline, next <= now else { return }
    nextDeadline = nil
    for (id, entry) in open {
      if entry.deadline <= now {
        open[id] = nil
        entry.channel.part(saying: [])
      } else {
        nextDeadline = min(nextDeadline ?? entry.deadline, entry.deadline)
      }
    }
  }

  /// Closes all: their descriptors are needed.
  mutating func closeAll() {
    open = [:]
    nextDeadline = nil
  }
}
