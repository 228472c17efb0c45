// Floods on loopback: whoever behaves is answered all the same, and what a flood took is given back.

import DNS
import Foundation
import Linux
import TestSupport
import Testing

private let zone = """
  \(ZoneText.twoNodes)
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
  /// Open descriptors of the daemon before anybody came.
  let descriptors: [String]
  /// More than the daemon holds at a time; it closes the longest idle.
  private static let connectionCount = 1_200
  private static let slowReaderCount = 60

  init() throws {
    try raiseDescriptorLimit()
    rondo = try RunningRondo(zone)
    server = rondo.dns[0]
    descriptors = try rondo.descriptors()
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

  /// Connections from so many sources that none has more than its share; each holds the beginning of a message.
  func openManySources() throws -> Crowd? {
    guard Tool.perl.isInstalled else { return nil }
    return try Crowd(["perl"], of: 1_500, from: "127.77", to: server)
  }

  /// Returns how much memory was taken at the height of it.
  func strike() throws -> Int {
    try sendGarbage(count: 20_000)
    try expectService("behind garbage")
    let slow = try openSlowReaders()
    try expectService("beside \(slow.count) slow readers")
    let silent = try openConnections()
    try expectService("beside \(silent.count) connections that say nothing sensible")
    let crowd = try openManySources()
    try expectService("beside 1,500 connections from as many addresses")
    try sendGarbage(count: 5_000)
    try expectService("beside all of it")
    let height = try rondo.residentSize()
    withExtendedLifetime((slow, silent, crowd)) {}
    return height
  }
}

extension RunningRondo {
  /// Octets of memory that are really there (VmRSS).
  fileprivate func residentSize() throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(process.processID)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return (Int(line.split(whereSeparator: \.isWhitespace).dropFirst().first ?? "") ?? 0) * 1024
  }

  /// What the open descriptors are, once the threads for connections have theirs: each waits with an epoll of its own,
  /// and so do the control thread and the two threads in the background. While a state file is written there are two more.
  func descriptors(threads: Int = 2) throws -> [String] {
    try wait(for: "the threads to wait for connections, and no write") {
      let links = try openDescriptors()
      let isWriting = links.contains { $0.hasPrefix(scratch.file("state")) }
      return !isWriting && links.count { $0 == "anon_inode:[eventpoll]" } == threads + 3 ? links : nil
    }
  }

  /// What all descriptors are at this moment, in the order of their names.
  func openDescriptors() throws -> [String] {
    let folder = "/proc/\(process.processID)/fd"
    return try FileManager.default.contentsOfDirectory(atPath: folder)
      .compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }.sorted()
  }
}

/// Connections that a program opens from addresses of its own choice, and holds until it ends with this value.
private final class Crowd {
  private let process: ChildProcess

  /// - Parameters:
  ///   - perl: the command.
  ///   - network: the first two numbers of the addresses.
  init(_ perl: [String], of count: Int, from network: String, to server: SocketEndpoint) throws {
    let program = """
      use strict; use Socket; use Fcntl;
      my @held; $SIG{PIPE} = "IGNORE"; $| = 1;
      for my $n (1 .. \(count)) {
        socket(my $socket, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
        fcntl($socket, F_SETFL, O_NONBLOCK) or die "fcntl: $!";
        my $source = sprintf "\(network).%d.%d", $n / 250, 1 + $n % 250;
        bind($socket, pack_sockaddr_in(0, inet_aton($source))) or die "bind: $!";
        connect($socket, pack_sockaddr_in(\(server.port), inet_aton("\(server.address)")));
        syswrite($socket, "\\0");
        push @held, $socket;
      }
      print "held\n"; sleep 600;
      """
    process = try ChildProcess(perl + ["-e", program])
    try wait(for: "\(count) connections") {
      guard process.isRunning else { throw DeadlinePassed(description: "perl has ended: \(process.errors)") }
      return process.output.hasPrefix("held")
    }
  }

  deinit {
    process.send(SIGKILL)
    _ = try? process.finish()
  }
}

/// Whether tests and daemon are built with the address or the thread sanitizer.
private var isSanitized: Bool {
  // The strings become C strings that outlive the calls; null means this process and all it has loaded.
  unsafe dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil
}

/// Waits until the daemon has these descriptors and no others.
private func expectDescriptors(_ expected: [String], of rondo: RunningRondo) throws {
  func now() throws -> [String] { try rondo.descriptors() }
  do {
    try wait(for: "the descriptors to be given back") { try now() == expected }
  } catch is DeadlinePassed {
    #expect(try now() == expected)
  }
}

@Test("A flood of garbage, of connections and of slow readers stops nobody, and its memory comes back")
func floods() throws {
  let flood = try Flood()
  try flood.expectService("before the flood")
  let before = try flood.rondo.residentSize()
  var heights: [Int] = []
  for _ in 0..<3 {
    heights.append(try flood.strike())
    try wait(for: "the daemon to see that they are gone") {
      try flood.rondo.statusJSON()["answers"]["tcp_connections"]["open"].int == 0
    }
    try expectDescriptors(flood.descriptors, of: flood.rondo)
  }
  let after = try flood.rondo.residentSize()
  let megabytes = { (octets: Int) in "\(octets >> 20) MB" }
  let course: Comment =
    "before \(megabytes(before)), during \(heights.map(megabytes)), after \(megabytes(after))"
  // A sanitizer holds freed memory back.
  if isSanitized { return }
  #expect(after < before + 32 << 20, course)
  // A leak would add up.
  #expect(heights[2] < heights[0] + 16 << 20, course)
}

private let hasNetwork =
  Namespace.arePossible && areInstalled([.perl, .dig, .curl, Tool("ss")], for: "a flood of SYNs")

@Test(
  "A flood of SYNs from addresses that hear no answer stops nobody, and costs the daemon no descriptor",
  .enabled(if: hasNetwork))
func halfOpenConnections() throws {
  try raiseDescriptorLimit()
  let attacker = try Namespace()
  let host = try Namespace()
  let cable = try Cable(from: attacker, to: host, number: 1)
  // A lost SYN-ACK is sent once more, so that the test sees the end of it.
  try host.run("sysctl", "-qw", "net.ipv4.tcp_synack_retries=1")
  // Addresses that do not hear what they are answered.
  try attacker.run("ip", "route", "add", "local", "10.99.0.0/16", "dev", "lo")
  try attacker.run(
    "nft", "table inet deaf { chain input { type filter hook input priority 0; ip daddr 10.99.0.0/16 drop; }; }")
  let rondo = try RunningRondo(zone, listen: ["\(cable.farAddress):53"], on: host)
  let (descriptors, memory) = (try rondo.descriptors(), try rondo.residentSize())
  func halfOpen() throws -> Int {
    try host.run("ss", "-Htn", "state", "syn-recv").output.split(separator: "\n").count
  }
  do {
    let crowd = try Crowd(attacker.prefix + ["perl"], of: 1_500, from: "10.99", to: rondo.dns[0])
    try wait(for: "half-open connections") { try halfOpen() >= 100 }
    for options in [["+notcp"], ["+tcp"]] {
      #expect(try rondo.addresses("mail.it.example", options[0]).count == 2)
    }
    try attacker.awaitPort(53, at: cable.farAddress)
    // While it lasts too, but for connections that spoke and are not yet closed.
    try expectDescriptors(descriptors, of: rondo)
    withExtendedLifetime(crowd) {}
  }
  try wait(for: "the half-open connections to be forgotten") { try halfOpen() == 0 }
  try expectDescriptors(descriptors, of: rondo)
  #expect(try rondo.residentSize() < memory + 16 << 20)
}
