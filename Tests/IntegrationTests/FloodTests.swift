// Floods on loopback: whoever behaves is answered all the same, and what a flood took is given back.

import DNS
import Foundation
import Linux
import Testing

private let zone = """
  $ORIGIN it.example.
  $NODE ex1 192.0.2.1
  $NODE ex2 192.0.2.2
  @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
       1h NS  ns1
  ns1  1h A   192.0.2.53
  mail 60 ROTATE ex1 ex2 check=none
  \((0..<90).map { "big 1h TXT \"\($0) \(String(repeating: "t", count: 240))\"" }.joined(separator: "\n"))
  """

/// A connection among many that are kept open.
private final class HeldConnection {
  let connection: ClientConnection

  init(to endpoint: SocketEndpoint) throws { connection = try ClientConnection(to: endpoint, timeout: .seconds(2)) }
}

/// What a daemon and those who wish it ill do to one another.
private struct Flood {
  let rondo: RunningRondo
  let server: SocketEndpoint
  /// More than the daemon holds at a time; it closes the longest idle.
  private static let connectionCount = 1_200
  private static let slowReaderCount = 60

  init() throws {
    try raiseDescriptorLimit()
    rondo = try RunningRondo(zone)
    server = rondo.dns[0]
  }

  /// Octets of memory that are really there (VmRSS).
  func residentSize() throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(rondo.process.processID)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return (Int(line.split(whereSeparator: \.isWhitespace).dropFirst().first ?? "") ?? 0) * 1024
  }

  /// One who behaves asks over UDP, three times if need be as resolvers do, and over a connection of his own.
  func expectService(_ when: Comment) throws {
    let client = try UDPClient(to: server, timeout: .seconds(2))
    var answer: [UInt8]?
    for _ in 0..<3 where answer == nil {
      try client.send(query("mail.it.example", id: 77))
      answer = try? client.receive()
    }
    #expect(answer.flatMap { Reply($0) }?.addresses.count == 2, when)
    let connection = try ClientConnection(to: server, timeout: .seconds(5))
    try connection.send(framed(query("mail.it.example", id: 78)))
    #expect(Reply(try connection.receiveMessage())?.addresses.count == 2, when)
  }

  func sendGarbage(count: Int) throws {
    let client = try UDPClient(to: server, timeout: .seconds(1))
    var random = SystemRandomNumberGenerator()
    for _ in 0..<count {
      let octets = (0..<Int.random(in: 0...80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      try? client.send(octets)
    }
  }

  /// Connections that say nothing, half a length, half a message, or no message at all.
  func openConnections() throws -> [HeldConnection] {
    let beginnings: [[UInt8]] = [
      [], [0], [0, 40, 1, 2, 3], [0, 3, 1, 2, 3], [0xFF, 0xFF] + [UInt8](repeating: 7, count: 99),
    ]
    return try (0..<Flood.connectionCount).map { number in
      let held = try HeldConnection(to: server)
      try? held.connection.send(beginnings[number % beginnings.count])
      return held
    }
  }

  /// Connections that ask for much and read nothing.
  func openSlowReaders() throws -> [HeldConnection] {
    var question = query("big.it.example", id: 5)
    question[question.count - 3] = 16
    let questions = (0..<200).flatMap { _ in framed(question) }
    return try (0..<Flood.slowReaderCount).map { _ in
      let held = try HeldConnection(to: server)
      try? held.connection.send(questions)
      return held
    }
  }

  /// Returns how much memory was taken at the height of it.
  func strike() throws -> Int {
    try sendGarbage(count: 20_000)
    try expectService("behind garbage")
    let slow = try openSlowReaders()
    try expectService("beside \(slow.count) slow readers")
    let silent = try openConnections()
    try expectService("beside \(silent.count) connections that say nothing sensible")
    try sendGarbage(count: 5_000)
    try expectService("beside all of it")
    return try residentSize()
  }
}

@Test("A flood of garbage, of connections and of slow readers stops nobody, and its memory comes back")
func floods() throws {
  let flood = try Flood()
  try flood.expectService("before the flood")
  let before = try flood.residentSize()
  var heights: [Int] = []
  for _ in 0..<3 {
    heights.append(try flood.strike())
    try wait(for: "the daemon to see that they are gone") {
      try flood.rondo.statusJSON()["answers"]["tcp_connections"]["open"].int == 0
    }
  }
  let after = try flood.residentSize()
  let megabytes = { (octets: Int) in "\(octets >> 20) MB" }
  let course: Comment =
    "before \(megabytes(before)), during \(heights.map(megabytes)), after \(megabytes(after))"
  #expect(after < before + 32 << 20, course)
  // A leak would add up.
  #expect(heights[2] < heights[0] + 16 << 20, course)
}
