// TCP and Unix connections over real sockets.

import DNS
import Linux
import Testing

@Suite("TCP")
struct TCPTests {
  @Test("A connect to a listening port stands and carries octets both ways", arguments: loopbacks)
  func connects(_ loopback: IPAddress) throws {
    let listener = try TCPListener(boundTo: SocketEndpoint(loopback, port: 0))
    let connect = try TCPConnect(to: listener.localEndpoint)
    _ = try wait(for: .writable, of: connect)
    let client = try connect.finish()
    let accepted = try accept(from: listener)
    #expect(try accepted.peer.endpoint == client.localEndpoint)
    #expect(try client.peerEndpoint == listener.localEndpoint)
    let server = accepted.takeConnection()

    #expect(try client.write([1, 2, 3]) == .octets(3))
    #expect(try read(from: server) == [1, 2, 3])
    #expect(try server.write([0, 4, 5], from: 1) == .octets(2))
    #expect(try read(from: client) == [4, 5])
    try server.finishSending()
    #expect(try read(from: client) == nil)
    #expect(try client.write([6]) == .octets(1))
    #expect(try read(from: server) == [6])
  }

  @Test("A connect to a closed port is refused", arguments: loopbacks)
  func refused(_ loopback: IPAddress) throws {
    // Bound and not listening: nobody else can be given the port meanwhile.
    let taken = try TCPConnectTarget.closedPort(on: loopback)
    #expect(throws: Errno.connectionRefused) {
      let connect = try TCPConnect(to: taken)
      _ = try wait(for: .writable, of: connect)
      _ = try connect.finish()
    }
  }

  @Test("A connect leaves from the source that was asked for", arguments: loopbacks)
  func source(_ loopback: IPAddress) throws {
    let source = loopback.family == .ipv4 ? IPAddress(ipv4: 127, 0, 0, 9) : loopback
    let listener = try TCPListener(boundTo: SocketEndpoint(loopback, port: 0))
    let connect = try TCPConnect(to: listener.localEndpoint, from: source)
    _ = try wait(for: .writable, of: connect)
    let accepted = try accept(from: listener)
    #expect(accepted.peer.address == source)
    connect.abandon()
  }

  @Test("A source of the other family is an error, not a silent default")
  func sourceOfOtherFamily() throws {
    let target = SocketEndpoint(IPAddress(ipv4: 127, 0, 0, 1), port: 9)
    // TEST-NET-1, which no host has.
    #expect(throws: Errno.addressNotAvailable) {
      _ = try TCPConnect(to: target, from: IPAddress(ipv4: 192, 0, 2, 77))
    }
    #expect(throws: Errno.addressFamilyNotSupported) { _ = try TCPConnect(to: target, from: IPAddress("::1")) }
  }

  @Test("Without a connection there is nothing to accept, without octets nothing to read")
  func wouldBlock() throws {
    let listener = try TCPListener(boundTo: SocketEndpoint(loopbacks[0], port: 0))
    if try listener.accept() != nil { Issue.record("nobody has connected yet") }
    let client = try ClientConnection(to: listener.localEndpoint, timeout: patience)
    let server = try accept(from: listener).takeConnection()
    var buffer = StreamBuffer(capacity: 8)
    var room = buffer.room()
    #expect(try server.read(into: &room) == .wouldBlock)
    try client.finishSending()
  }

  @Test("A peer that does not read makes a write block, and what was written arrives")
  func backpressure() throws {
    let listener = try TCPListener(boundTo: SocketEndpoint(loopbacks[0], port: 0))
    let client = try ClientConnection(to: listener.localEndpoint, timeout: patience)
    let server = try accept(from: listener).takeConnection()
    let chunk = [UInt8](repeating: 1, count: 1 << 20)
    var sent = 0
    while case .octets(let count) = try server.write(chunk) { sent += count }
    var received = 0
    while received < sent { received += try client.receive().count }
    #expect(received == sent)
    _ = try wait(for: .writable, of: server)
  }

  @Test("A close with reset is seen as a reset")
  func reset() throws {
    let listener = try TCPListener(boundTo: SocketEndpoint(loopbacks[0], port: 0))
    let client = try ClientConnection(to: listener.localEndpoint, timeout: patience)
    let server = try accept(from: listener).takeConnection()
    server.closeWithReset()
    #expect(throws: Errno.connectionReset) { _ = try client.receive() }
  }

  @Test("An ordinary end of life is seen as the end of the stream")
  func close() throws {
    let listener = try TCPListener(boundTo: SocketEndpoint(loopbacks[0], port: 0))
    let client = try ClientConnection(to: listener.localEndpoint, timeout: patience)
    _ = try accept(from: listener)
    #expect(try client.receive().isEmpty)
  }

  @Test("A write to a closed connection is an error, and no signal ends the process")
  func brokenPipe() throws {
    let listener = try TCPListener(boundTo: SocketEndpoint(loopbacks[0], port: 0))
    let client = try ClientConnection(to: listener.localEndpoint, timeout: patience)
    try accept(from: listener).takeConnection().closeWithReset()
    _ = try wait(for: .readable, of: client)
    #expect(throws: Errno.connectionReset) { _ = try client.receive() }
    #expect(throws: Errno.brokenPipe) { try client.send([1]) }
  }

  @Test("Two listeners share a port if both ask for it")
  func sharing() throws {
    let first = try TCPListener(boundTo: SocketEndpoint(loopbacks[0], port: 0), port: .shared)
    _ = try TCPListener(boundTo: first.localEndpoint, port: .shared)
    #expect(throws: Errno.addressInUse) { _ = try TCPListener(boundTo: first.localEndpoint) }
  }

  @Test("A silent peer is asked when and as often as was set, within what the kernel accepts")
  func keepAlive() throws {
    let listener = try TCPListener(boundTo: SocketEndpoint(loopbacks[0], port: 0))
    let connect = try TCPConnect(to: listener.localEndpoint)
    _ = try wait(for: .writable, of: connect)
    let connection = try connect.finish()
    try connection.setKeepAlive(idle: .milliseconds(1_500), interval: .seconds(3), count: 4)
    #expect(try keepAliveOptions(of: connection.number) == [1, 2, 3, 4])

    try connection.setKeepAlive(idle: .zero, interval: .seconds(1_000_000), count: 1_000)
    #expect(try keepAliveOptions(of: connection.number) == [1, 1, 32_767, 127])
  }

  @Test("A client whose server says nothing times out")
  func timeout() throws {
    let listener = try TCPListener(boundTo: SocketEndpoint(loopbacks[0], port: 0))
    let client = try ClientConnection(to: listener.localEndpoint, timeout: .milliseconds(20))
    #expect(throws: Errno.timedOut) { _ = try client.receive() }
  }
}

/// Ports where nobody listens.
private enum TCPConnectTarget {
  /// A port that was free a moment ago.
  static func closedPort(on address: IPAddress) throws -> SocketEndpoint {
    try TCPListener(boundTo: SocketEndpoint(address, port: 0)).localEndpoint
  }
}

@Suite("Unix sockets")
struct UnixSocketTests {
  @Test("The path has the mode that was asked for, whatever the umask, and vanishes with the listener")
  func modeAndLife() throws {
    let path = try scratchPath("mode.sock")
    func listen() throws {
      let listener = try UnixListener(path: path, mode: 0o620)
      #expect(fileExists(path))
      #expect(try fileMode(of: path) == 0o620)
      #expect(listener.path == path)
    }
    try listen()
    #expect(!fileExists(path))
  }

  @Test("Octets go both ways, and the listener knows who connects")
  func exchange() throws {
    let path = try scratchPath("exchange.sock")
    let listener = try UnixListener(path: path)
    let client = try ClientConnection(path: path, timeout: patience)
    try client.send([1, 2])
    _ = try wait(for: .readable, of: listener)
    guard let server = try listener.accept() else { throw Errno.timedOut }
    #expect(try read(from: server) == [1, 2])
    #expect(try server.peer.processID == processID)
    #expect(try server.peer.userID == UserIdentity.current.userID)
    #expect(try server.write([3]) == .octets(1))
    #expect(try client.receive() == [3])
    if try listener.accept() != nil { Issue.record("only one has connected") }
  }

  @Test("A second listener leaves the first in peace")
  func inUse() throws {
    let path = try scratchPath("busy.sock")
    let first = try UnixListener(path: path)
    #expect(throws: Errno.addressInUse) { _ = try UnixListener(path: path) }
    #expect(fileExists(first.path))
  }

  @Test("A socket that a dead process left is replaced")
  func stale() throws {
    let path = try scratchPath("stale.sock")
    try leaveStaleSocket(at: path)
    #expect(fileExists(path))
    let listener = try UnixListener(path: path)
    _ = try ClientConnection(path: listener.path, timeout: patience)
  }

  @Test("A file that is no socket is never removed")
  func ordinaryFile() throws {
    let path = try scratchPath("file")
    try write([1], to: path)
    defer { try? removeFile(path) }
    #expect(throws: Errno.addressInUse) { _ = try UnixListener(path: path) }
    #expect(try readFile(path, limit: 10) == [1])
  }

  @Test("A listener whose path was taken over leaves it to the new owner")
  func takenOver() throws {
    let path = try scratchPath("taken.sock")
    func listenAndLose() throws {
      let first = try UnixListener(path: path)
      try removeFile(first.path)
      try write([2], to: path)
    }
    try listenAndLose()
    #expect(try readFile(path, limit: 10) == [2])
    try removeFile(path)
  }

  @Test("A path longer than the kernel's room is refused, not cut")
  func tooLong() {
    #expect(throws: Errno.nameTooLong) { _ = try UnixListener(path: "/tmp/" + String(repeating: "x", count: 103)) }
  }
}

@Suite("StreamBuffer")
struct StreamBufferTests {
  @Test("What was filled is consumed in order, and room comes back")
  func queue() {
    var buffer = StreamBuffer(capacity: 4)
    fill(&buffer, [1, 2, 3])
    #expect(octets(buffer.contents) == [1, 2, 3])
    buffer.consume(2)
    #expect(buffer.roomCount == 1)
    buffer.makeRoom()
    #expect(buffer.roomCount == 3)
    fill(&buffer, [4, 5, 6])
    #expect(octets(buffer.contents) == [3, 4, 5, 6])
    buffer.consume(4)
    #expect(buffer.count == 0)
    #expect(buffer.roomCount == 4)
  }

  private func fill(_ buffer: inout StreamBuffer, _ bytes: [UInt8]) {
    var room = buffer.room()
    for (offset, octet) in bytes.enumerated() {
      room.storeBytes(of: octet, toByteOffset: offset, as: UInt8.self)
    }
    buffer.fill(bytes.count)
  }
}
