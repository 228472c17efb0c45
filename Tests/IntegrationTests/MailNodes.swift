// Mail nodes for the checks to knock at: listening sockets on loopback addresses that only one test uses.

import DNS
import Linux
import Synchronization

/// A loopback address that nothing else on this host is likely to use: the second octet is the process's, the last two
/// count up.
func freshLoopback() -> IPAddress {
  let number = loopbacksTaken.withLock { taken in
    taken += 1
    return taken
  }
  return IPAddress(
    ipv4: 127, UInt8(100 + processID % 100), UInt8(number / 250), UInt8(1 + number % 250))
}

private let loopbacksTaken = Mutex(0)

/// A node that accepts connections: the kernel does it, up to the length of the queue, without anybody's help.
final class MailNode {
  let address: IPAddress
  let port: UInt16
  private var listener: TCPListener?
  /// Enough for all that a test's checks and its clients open.
  private static let queue: Int32 = 4_096

  init(port: UInt16 = 0) throws {
    address = freshLoopback()
    let listener = try TCPListener(boundTo: SocketEndpoint(address, port: port), backlog: MailNode.queue)
    self.port = try listener.localEndpoint.port
    self.listener = consume listener
  }

  /// From here on connections are refused.
  func stop() { listener = nil }

  func start() throws {
    listener = try TCPListener(boundTo: SocketEndpoint(address, port: port), backlog: MailNode.queue)
  }
}

/// Two nodes with the same port, as one check wants them.
struct MailNodes {
  let first: MailNode
  let second: MailNode

  init() throws {
    first = try MailNode()
    second = try MailNode(port: first.port)
  }

  var port: UInt16 { first.port }

  /// Directives for both: `$NODE` ex1 and ex2.
  var directives: String { "$NODE ex1 \(first.address)\n$NODE ex2 \(second.address)" }

  var addresses: Set<String> { [first.address.description, second.address.description] }

  /// A zone that hands out both, checked with these options.
  func zone(checking options: String) -> String {
    """
    $ORIGIN it.example.
    \(directives)
    $CHECK port  tcp:\(port) \(options)
    $POOL access ex1 ex2 check=port
    @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
         1h NS  ns1
    ns1  1h A   192.0.2.53
    mail 60 ROTATE access

    """
  }
}

/// A node that neither accepts nor refuses: its queue is full, so the kernel drops what asks for a connection.
final class SilentNode {
  let address: IPAddress
  private let listener: TCPListener
  private var queue: [Waiting] = []

  /// Holds a connection that waits for ever.
  private final class Waiting {
    let connect: TCPConnect
    init(_ connect: consuming TCPConnect) { self.connect = connect }
  }

  init(port: UInt16) throws {
    address = freshLoopback()
    listener = try TCPListener(boundTo: SocketEndpoint(address, port: port), backlog: 0)
    var epoll = try Epoll(capacity: 1)
    // Two connections usually do it; the bound is for a kernel that counts otherwise.
    for token in 1...64 {
      let waiting = Waiting(try TCPConnect(to: SocketEndpoint(address, port: port)))
      queue.append(waiting)
      try epoll.add(waiting.connect, token: UInt64(token), for: .writable)
      if try epoll.wait(timeout: .milliseconds(300)) == 0 { return }
      try epoll.remove(waiting.connect)
    }
    throw DeadlinePassed(description: "the queue of a listener does not fill")
  }
}
