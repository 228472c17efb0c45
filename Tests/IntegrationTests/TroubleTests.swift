// A host in trouble: a log that nobody reads, no descriptors left. The daemon's work goes on.

import DNS
import Foundation
import Linux
import Testing

private let zone = """
  $ORIGIN it.example.
  @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
       1h NS  ns1
  ns1  1h A   192.0.2.53
  """

/// A daemon that was started by a shell, on an address of its own, so that its ports are known beforehand.
private struct Sheltered {
  let address = freshLoopback()
  let scratch: Scratch
  let process: ChildProcess

  /// - Parameter prelude: what the shell does before it becomes the daemon.
  init(_ prelude: String, redirection: String = "") throws {
    scratch = try Scratch()
    let file = try scratch.write(zone, to: "test.zone")
    let command =
      "cd '\(scratch.file(""))' && \(prelude) exec '\(rondoBinary)' serve '\(file)' --listen \(address):5353"
      + " --status \(address):8053 --control control.sock --state none --threads 1 \(redirection)"
    process = try ChildProcess("/bin/bash", ["-c", command])
  }

  func answers() throws -> Bool {
    let arguments = ["@\(address)", "-p", "5353", "+short", "+tries=1", "+time=5", "ns1.it.example", "A"]
    return try Tool.dig.run(arguments).output == "192.0.2.53\n"
  }
}

@Suite("A host in trouble", .enabled(if: Tool.dig.isInstalled))
struct TroubleTests {
  @Test("A log that nobody reads stops nothing: a full pipe loses lines, not checks, reloads or the end")
  func fullLog() throws {
    // The shell holds the pipe's reading end, never reads, and has filled it to the brim before the daemon begins.
    let rondo = try Sheltered(
      "mkfifo log && exec 3<>log && head -c 65536 /dev/zero >&3 &&", redirection: "2>log")
    try wait(for: "an answer") { try rondo.answers() }
    for _ in 0..<5 {
      let reload = try IntegrationTests.rondo("reload", "--control", rondo.scratch.file("control.sock"))
      #expect(reload.status == 0)
    }
    #expect(try rondo.answers())
    let start = ContinuousClock.now
    rondo.process.send(SIGTERM)
    #expect(try rondo.process.finish().status == 0)
    #expect(ContinuousClock.now - start < .seconds(3))
  }

  @Test("Without descriptors for more clients the daemon neither spins nor floods its log, and answers on")
  func noDescriptors() throws {
    let rondo = try Sheltered("ulimit -n 32 &&")
    try wait(for: "an answer") { try rondo.answers() }
    let status = SocketEndpoint(rondo.address, port: 8053)
    var idle: [Idle] = []
    while idle.count < 40 { idle.append(Idle(try ClientConnection(to: status, timeout: .seconds(5)))) }
    try wait(for: "the fault in the log") { rondo.process.errors.contains("fault=accept") }
    for _ in 0..<100 { #expect(try rondo.answers()) }
    let faults = rondo.process.errors.split(separator: "\n").count { $0.contains("fault=accept") }
    #expect(faults < 100, "one a second, not one a turn of the loop")
    idle = []
    rondo.process.send(SIGTERM)
    #expect(try rondo.process.finish().status == 0)
  }
}

@Suite("TCP clients that want too much", .enabled(if: Tool.dig.isInstalled && Tool.curl.isInstalled))
struct GreedyClientTests {
  @Test("One source keeps 50 connections at most; the longest idle makes room, and the newest is answered")
  func manyConnections() throws {
    let rondo = try RunningRondo(zone, options: ["--threads", "1"])
    var idle: [Idle] = []
    for _ in 0..<60 { idle.append(Idle(try ClientConnection(to: rondo.dns[0], timeout: .seconds(10)))) }
    #expect(try rondo.dig("+tcp", "+short", "ns1.it.example", "A") == "192.0.2.53\n")
    // The kernel holds back for a second who says nothing.
    try wait(for: "the tenth to make room") {
      try #require(try rondo.statusJSON()["answers"]["tcp_connections"]["crowded_out"].int) >= 10
    }
    #expect(try #require(try rondo.statusJSON()["answers"]["tcp_connections"]["open"].int) <= 50)
    #expect(idle.count == 60)
  }

  @Test("A client that asks and never reads costs the others nothing")
  func neverReads() throws {
    let rondo = try RunningRondo(zone, options: ["--threads", "1"])
    var greedy: [Idle] = []
    for _ in 0..<40 {
      let connection = try ClientConnection(to: rondo.dns[0], timeout: .seconds(1))
      let burst = (0..<2_000).flatMap { framed(query("ns1.it.example", id: UInt16($0))) }
      // It may be that not all of it is taken: that is the point.
      for _ in 0..<20 { guard (try? connection.send(burst)) != nil else { break } }
      greedy.append(Idle(connection))
      #expect(try rondo.dig("+tcp", "+short", "ns1.it.example", "A") == "192.0.2.53\n")
    }
    #expect(greedy.count == 40)
    #expect(rondo.process.isRunning)
  }
}

/// A connection that is kept, and on which nothing more is said.
private final class Idle {
  private let connection: ClientConnection
  init(_ connection: consuming ClientConnection) { self.connection = connection }
}
