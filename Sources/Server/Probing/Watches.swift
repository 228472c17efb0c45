// `watch=on`: one idle connection held to each watched target that is up. When it breaks, the service behind it has
// probably stopped, and a probe tells within milliseconds; servers that close idle connections are met again later.
//
//   probe succeeds ──▶ connecting ──▶ held ──▶ broken ──▶ a probe at once
//         ▲                                                   │
//         └────────── after a pause, if it was short-lived ───┘

internal import DNS
internal import Health
internal import Linux
internal import Model

/// The idle connections of all watched targets.
struct Watches: ~Copyable {
  private enum Hold: ~Copyable {
    case connecting(TCPConnect)
    case held(TCPConnection)
    case closed
  }

  private final class Watch {
    var target: Int
    var hold: Hold
    let begun: MonotonicTime

    init(_ connect: consuming TCPConnect, target: Int, at now: MonotonicTime) {
      hold = .connecting(connect)
      self.target = target
      begun = now
    }
  }

  /// When a target may be connected to again, and how long was waited for that.
  private struct Pause {
    var until: MonotonicTime
    var length: Duration
  }

  /// A server that closes sooner does not like idle connections: it is left in peace for twice as long each time.
  private static let shortLife = Duration.seconds(10)
  private static let shortestPause = Duration.seconds(1)
  private static let longestPause = Duration.seconds(300)

  private var watches: [UInt64: Watch] = [:]
  private var numbers: [Int: UInt64] = [:]
  private var pauses: [Int: Pause] = [:]
  private var lastNumber: UInt64 = 0

  var count: Int { watches.count }

  /// Connects to a target that has just been found well, unless it is held already.
  mutating func hold(
    _ target: Int, at endpoint: SocketEndpoint, from source: IPAddress?, _ epoll: borrowing Epoll,
    at now: MonotonicTime,
    token: (UInt64) -> UInt64
  ) {
    guard numbers[target] == nil, pauses[target].map({ $0.until <= now }) != false else { return }
    // What fails here will be tried again after the next probe; a watch adds to checks and is none.
    guard let connect = try? TCPConnect(to: endpoint, from: source) else { return }
    lastNumber += 1
    guard (try? epoll.add(connect, token: token(lastNumber), for: .writable)) != nil else { return }
    watches[lastNumber] = Watch(connect, target: target, at: now)
    numbers[target] = lastNumber
  }

  /// Looks at a connection of which epoll has told; returns its target if it broke.
  mutating func poll(
    _ number: UInt64, plan: (Int) -> CheckPlan, _ epoll: borrowing Epoll, token: UInt64, at now: MonotonicTime
  ) -> Int? {
    guard let watch = watches[number] else { return nil }
    guard !Watches.stands(watch, plan(watch.target), epoll, token) else { return nil }
    release(watch.target)
    let life = now - watch.begun
    if life < Watches.shortLife {
      let length = pauses[watch.target].map { min($0.length * 2, Watches.longestPause) } ?? Watches.shortestPause
      pauses[watch.target] = Pause(until: now + length, length: length)
    } else {
      pauses[watch.target] = nil
    }
    return watch.target
  }

  /// Whether the connection is coming to be, or has just come to be and is now held.
  private static func stands(_ watch: Watch, _ plan: CheckPlan, _ epoll: borrowing Epoll, _ token: UInt64) -> Bool {
    var hold = Hold.closed
    swap(&hold, &watch.hold)
    switch consume hold {
    case .connecting(let connect):
      do throws(Errno) {
        guard try connect.progress() == .connected else {
          watch.hold = .connecting(connect)
          return true
        }
        let connection = connect.connection()
        // This notices a node that vanishes without a word even between two probes.
        try connection.setKeepAlive(idle: plan.every, interval: plan.fast, count: 3)
        // Greetings stay unread: only the end is of interest.
        try epoll.modify(connection, token: token, for: .peerFinished)
        watch.hold = .held(connection)
        return true
      } catch {
        return false
      }
    // Only its end is of interest.
    case let other:
      watch.hold = other
      return false
    }
  }

  /// Lets go of a target that is out of the answers, or no longer there.
  mutating func release(_ target: Int) {
    guard let number = numbers.removeValue(forKey: target) else { return }
    watches[number] = nil
  }

  /// After a reload targets have other indices: `successors` has the new one of each, nil for those that are gone.
  mutating func renumber(_ successors: [Int?]) {
    numbers = [:]
    for (number, watch) in watches {
      if let next = successors[watch.target] {
        watch.target = next
        numbers[next] = number
      } else {
        watches[number] = nil
      }
    }
    var kept: [Int: Pause] = [:]
    for (target, pause) in pauses { successors[target].map { kept[$0] = pause } }
    pauses = kept
  }
}
