// Batches of datagrams over real sockets.

import DNS
import Linux
import TestSupport
import Testing

@Suite("DatagramBatch")
struct DatagramTests {
  @Test("Each asker gets the reply to its own query", arguments: loopbacks)
  func echo(_ loopback: IPAddress) throws {
    let socket = try UDPSocket(boundTo: SocketEndpoint(loopback, port: 0))
    let one = try UDPClient(to: socket.localEndpoint, timeout: patience)
    let other = try UDPClient(to: socket.localEndpoint, timeout: patience)
    try one.send([1, 2, 3])
    try other.send([4, 5])

    var batch = DatagramBatch(capacity: 8)
    #expect(try answer(2, on: socket, with: &batch).sent == 2)
    #expect(try one.receive() == [3, 2, 1])
    #expect(try other.receive() == [5, 4])
  }

  @Test("The asker's address and port are there without and with an array", arguments: loopbacks)
  func peer(_ loopback: IPAddress) throws {
    let socket = try UDPSocket(boundTo: SocketEndpoint(loopback, port: 0))
    let client = try UDPClient(to: socket.localEndpoint, timeout: patience)
    try client.send([1])

    var batch = DatagramBatch(capacity: 2)
    #expect(try batch.receive(from: socket, waiting: .forFirst) == 1)
    let endpoint = try client.localEndpoint
    #expect(batch.peer(0).endpoint == endpoint)
    #expect(batch.peerFamily(0) == loopback.family)
    #expect(batch.peer(0).high == (loopback.family == .ipv4 ? 0x7F00_0001_0000_0000 : 0))
    #expect(batch.peer(0).low == (loopback.family == .ipv4 ? 0 : 1))
  }

  @Test("A receive without waiting returns 0 when nothing is there")
  func nothingThere() throws {
    let socket = try UDPSocket(boundTo: SocketEndpoint(loopbacks[0], port: 0))
    var batch = DatagramBatch()
    #expect(try batch.receive(from: socket) == 0)
    #expect(batch.send(to: socket) == SendTally())
  }

  @Test("A waiting receive comes back empty-handed after the socket's time-out")
  func timeout() throws {
    let socket = try UDPSocket(boundTo: SocketEndpoint(loopbacks[0], port: 0))
    try socket.setReceiveTimeout(.milliseconds(20))
    var batch = DatagramBatch()
    #expect(try batch.receive(from: socket, waiting: .forFirst) == 0)
  }

  @Test("Silence for one query does not shift the replies to the others")
  func silence() throws {
    let socket = try UDPSocket(boundTo: SocketEndpoint(loopbacks[0], port: 0))
    let clients = try [1, 2, 3].map { try Client(asking: [UInt8($0)], of: socket.localEndpoint) }

    var batch = DatagramBatch(capacity: 8)
    var received = 0
    var tally = SendTally()
    while received < 3 {
      let count = try batch.receive(from: socket, waiting: .forFirst)
      received += count
      for index in 0..<count where octets(batch.query(index)) != [2] { reverse(index, in: &batch) }
      tally.sent += batch.send(to: socket).sent
    }
    #expect(tally.sent == 2)
    #expect(try clients[0].udp.receive() == [1])
    #expect(try clients[2].udp.receive() == [3])
  }

  @Test("More datagrams than the batch holds come with the next receive")
  func moreThanCapacity() throws {
    let socket = try UDPSocket(boundTo: SocketEndpoint(loopbacks[0], port: 0))
    let client = try UDPClient(to: socket.localEndpoint, timeout: patience)
    for number in 0..<5 { try client.send([UInt8(number)]) }

    var batch = DatagramBatch(capacity: 2)
    var seen: [UInt8] = []
    while seen.count < 5 {
      let count = try batch.receive(from: socket, waiting: .forFirst)
      #expect(count <= 2)
      for index in 0..<count { seen += octets(batch.query(index)) }
    }
    #expect(seen == [0, 1, 2, 3, 4])
  }

  @Test("A datagram longer than the buffer is cut and says so; the next one is whole")
  func cut() throws {
    let socket = try UDPSocket(boundTo: SocketEndpoint(loopbacks[0], port: 0))
    let client = try UDPClient(to: socket.localEndpoint, timeout: patience)
    var batch = DatagramBatch(capacity: 1)
    try client.send([UInt8](repeating: 7, count: DatagramBatch.queryCapacity + 1))
    #expect(try batch.receive(from: socket, waiting: .forFirst) == 1)
    #expect(batch.isCut(0) == true)
    #expect(batch.query(0).byteCount == DatagramBatch.queryCapacity)

    try client.send([UInt8](repeating: 8, count: DatagramBatch.queryCapacity))
    #expect(try batch.receive(from: socket, waiting: .forFirst) == 1)
    #expect(batch.isCut(0) == false)
    #expect(batch.query(0).byteCount == DatagramBatch.queryCapacity)
  }

  @Test("A reply as long as its room arrives whole")
  func fullReply() throws {
    let socket = try UDPSocket(boundTo: SocketEndpoint(loopbacks[0], port: 0))
    let client = try UDPClient(to: socket.localEndpoint, timeout: patience)
    try client.send([1])
    var batch = DatagramBatch(capacity: 1, replyCapacity: 1_232)
    #expect(try batch.receive(from: socket, waiting: .forFirst) == 1)
    var exchange = batch.exchange(0)
    #expect(exchange.reply.byteCount == 1_232)
    for offset in 0..<1_232 { exchange.reply.storeBytes(of: UInt8(9), toByteOffset: offset, as: UInt8.self) }
    batch.setReplyLength(1_232, at: 0)
    #expect(batch.send(to: socket).sent == 1)
    #expect(try client.receive() == [UInt8](repeating: 9, count: 1_232))
  }

  @Test("One reply that cannot be sent is counted and does not hold back the others")
  func refused() throws {
    let socket = try UDPSocket(boundTo: SocketEndpoint(loopbacks[0], port: 0))
    let clients = try [1, 2, 3].map { try Client(asking: [UInt8($0)], of: socket.localEndpoint) }
    // The kernel sends no UDP datagram of more than 65,507 octets: EMSGSIZE.
    var batch = DatagramBatch(capacity: 4, replyCapacity: 65_535)
    var tally = SendTally()
    var received = 0
    while received < 3 {
      let count = try batch.receive(from: socket, waiting: .forFirst)
      received += count
      for index in 0..<count {
        if octets(batch.query(index)) == [2] {
          batch.setReplyLength(65_535, at: index)
        } else {
          reverse(index, in: &batch)
        }
      }
      let more = batch.send(to: socket)
      tally.sent += more.sent
      tally.refused += more.refused
      tally.lastRefusal = more.lastRefusal ?? tally.lastRefusal
    }
    #expect(tally == SendTally(sent: 2, refused: 1, dropped: 0, lastRefusal: .messageTooLong))
    #expect(try clients[0].udp.receive() == [1])
    #expect(try clients[2].udp.receive() == [3])
  }
}

@Suite("UDPSocket")
struct UDPSocketTests {
  @Test("A wildcard socket answers from the address that was asked", arguments: [1, 5, 77])
  func answersFromWhereItWasAsked(_ last: UInt8) throws {
    let socket = try UDPSocket(boundTo: SocketEndpoint(IPAddress(ipv4: 0, 0, 0, 0), port: 0))
    // Connected: a reply from any other address would never arrive.
    let target = SocketEndpoint(IPAddress(ipv4: 127, 0, 0, last), port: try socket.localEndpoint.port)
    let client = try UDPClient(to: target, timeout: patience)
    try client.send([1, 2])
    var batch = DatagramBatch()
    #expect(try answer(1, on: socket, with: &batch).sent == 1)
    #expect(try client.receive() == [2, 1])
  }

  @Test("So does an IPv6 wildcard socket", .enabled(if: hasIPv6, "this host has no ::1"))
  func answersFromWhereItWasAskedByIPv6() throws {
    let wildcard = try #require(IPAddress("::"))
    let socket = try UDPSocket(boundTo: SocketEndpoint(wildcard, port: 0))
    let port = try socket.localEndpoint.port
    let asked = localAddresses().filter { $0.family == .ipv6 }
    try #require(!asked.isEmpty)
    for local in asked {
      let client = try UDPClient(
        to: SocketEndpoint(local, port: port), from: IPAddress("::1"), timeout: patience)
      try client.send([1, 2])
      var batch = DatagramBatch()
      #expect(try answer(1, on: socket, with: &batch).sent == 1)
      #expect(try client.receive() == [2, 1], "asked \(local)")
    }
  }

  @Test("A shared port is bound twice, an exclusive one is not", arguments: loopbacks)
  func sharing(_ loopback: IPAddress) throws {
    let shared = try UDPSocket(boundTo: SocketEndpoint(loopback, port: 0), port: .shared)
    let second = try UDPSocket(boundTo: shared.localEndpoint, port: .shared)
    #expect(try second.localEndpoint == shared.localEndpoint)

    let exclusive = try UDPSocket(boundTo: SocketEndpoint(loopback, port: 0))
    #expect(throws: Errno.addressInUse) { _ = try UDPSocket(boundTo: exclusive.localEndpoint) }
  }

  @Test("IPv4 and IPv6 wildcards share a port number", .enabled(if: hasIPv6, "this host has no IPv6"))
  func bothWildcards() throws {
    let ipv6 = try UDPSocket(boundTo: SocketEndpoint(#require(IPAddress("::")), port: 0))
    let port = try ipv6.localEndpoint.port
    _ = try UDPSocket(boundTo: SocketEndpoint(IPAddress(ipv4: 0, 0, 0, 0), port: port))
  }

  @Test("A socket at the end of its life gives its port back")
  func closes() throws {
    func bindAndForget() throws -> SocketEndpoint {
      try UDPSocket(boundTo: SocketEndpoint(loopbacks[0], port: 0)).localEndpoint
    }
    let endpoint = try bindAndForget()
    _ = try UDPSocket(boundTo: endpoint)
  }

  @Test("An address of another host cannot be bound")
  func foreignAddress() {
    #expect(throws: Errno.addressNotAvailable) {
      _ = try UDPSocket(boundTo: SocketEndpoint(IPAddress(ipv4: 198, 51, 100, 7), port: 0))
    }
  }
}

/// A client that has asked.
private final class Client {
  let udp: UDPClient

  init(asking query: [UInt8], of server: SocketEndpoint) throws {
    udp = try UDPClient(to: server, timeout: patience)
    try udp.send(query)
  }
}

/// Answers until `queries` have come, each with its octets in reverse order.
private func answer(
  _ queries: Int, on socket: borrowing UDPSocket, with batch: inout DatagramBatch
) throws -> SendTally {
  var tally = SendTally()
  var received = 0
  while received < queries {
    let count = try batch.receive(from: socket, waiting: .forFirst)
    for index in 0..<count { reverse(index, in: &batch) }
    received += count
    let more = batch.send(to: socket)
    tally.sent += more.sent
    tally.refused += more.refused
    tally.dropped += more.dropped
  }
  return tally
}

private func reverse(_ index: Int, in batch: inout DatagramBatch) {
  var exchange = batch.exchange(index)
  let count = write(reverseOf: exchange.query, into: &exchange.reply)
  batch.setReplyLength(count, at: index)
}

private func write(reverseOf query: RawSpan, into reply: inout MutableRawSpan) -> Int {
  let reversed = octets(query).reversed()
  for (offset, octet) in reversed.enumerated() {
    reply.storeBytes(of: octet, toByteOffset: offset, as: UInt8.self)
  }
  return reversed.count
}
