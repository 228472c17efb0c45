// Measures by how much a forged query is amplified: octets of the reply for octets of the query, by type and transport.
//
// `amplification PORT OPEN SLIPPING LIMITED`: addresses of three servers of zones/kreis.example.zone, one without a rate
// limit, one that answers all beyond a limit short, and one with the usual slip. Prints the table for docs/protocol.md,
// and what a flood comes to on the standard error stream. Exit status 1 when a bound is broken. scripts/amplification
// starts the servers.

import DNS
import Linux

private let patience = Duration.seconds(2)

/// What a bound said, and what was measured in its place.
private struct Report {
  private(set) var violations: [String] = []

  mutating func require(_ isKept: Bool, _ violation: @autoclosure () -> String) {
    if !isKept { violations.append(violation()) }
  }
}

private struct NoAnswer: Error {}

/// The reply to one query; several attempts, for a busy machine.
private func reply(to query: [UInt8], from server: SocketEndpoint) throws -> [UInt8] {
  for _ in 0..<5 {
    let client = try UDPClient(to: server, timeout: patience)
    try client.send(query)
    if let reply = try? client.receive() { return reply }
  }
  throw NoAnswer()
}

private func replyByTCP(to query: [UInt8], from server: SocketEndpoint) throws -> [UInt8] {
  let client = try ClientConnection(to: server, timeout: patience)
  try client.send(bigEndian(UInt16(query.count)) + query)
  var octets: [UInt8] = []
  while octets.count < 2 || octets.count < 2 + Int(octets[0]) << 8 | Int(octets[1]) {
    let more = try client.receive()
    if more.isEmpty { throw NoAnswer() }
    octets += more
  }
  return Array(octets.dropFirst(2))
}

/// All replies to a burst of queries, sent a few at a time so that no buffer runs over.
private func replies(to queries: [[UInt8]], from server: SocketEndpoint) throws -> [[UInt8]] {
  let client = try UDPClient(to: server, timeout: .milliseconds(150))
  var replies: [[UInt8]] = []
  for start in stride(from: 0, to: queries.count, by: 40) {
    let end = min(start + 40, queries.count)
    for query in queries[start..<end] { try client.send(query) }
    let most = replies.count + end - start
    while replies.count < most, let reply = try? client.receive() { replies.append(reply) }
  }
  return replies
}

/// Whether a reply is what goes out in the place of one that is held back: TC, or BADCOOKIE.
private func isShort(_ reply: [UInt8]) -> Bool { reply[2] & 0x02 != 0 || reply[3] & 0x0F == 7 }

/// One reply in the table: octets asked, octets answered, and their ratio.
private func cells(_ query: [UInt8], _ reply: [UInt8]) -> String {
  "\(query.count) → \(reply.count) | \(ratio(reply.count, query.count))"
}

/// With one digit behind the point.
private func ratio(_ one: Int, _ other: Int) -> String {
  let tenths = (one * 10 + other / 2) / other
  return "\(tenths / 10).\(tenths % 10)"
}

/// Measures one row of the table, and holds it against its bounds.
private func row(_ asked: Asked, _ servers: Servers, _ report: inout Report) throws -> String {
  var line = "| \(asked.title) |"
  let extended = asked.extended
  for (query, most) in [(asked.plain, 512), (extended, asked.due == .few ? 512 : 1232)] {
    guard let query else {
      line += " | |"
      continue
    }
    let reply = try reply(to: query, from: servers.open)
    line += " \(cells(query, reply)) |"
    report.require(reply.count <= most, "\(asked.title): \(reply.count) octets over UDP")
    if asked.due == .code {
      report.require(
        reply.count <= query.count + 6, "\(asked.title): an error of \(reply.count) octets to \(query.count)")
    }
  }
  var longest: Int?
  for query in [asked.plain, extended].compactMap({ $0 }) {
    let short = try replies(to: Array(repeating: query, count: 40), from: servers.slipping).filter(isShort).map(\.count)
    for length in short {
      report.require(length <= query.count, "\(asked.title): limited, yet \(length) octets to \(query.count)")
    }
    longest = short.max() ?? longest
  }
  line += " \(longest.map { "\(extended.count) → \($0)" } ?? "silence") |"
  let whole = try replyByTCP(to: extended, from: servers.open)
  return line + " \(cells(extended, whole)) |"
}

/// What a flood of a thousand queries in one name comes to.
private func flood(_ title: String, _ queries: [[UInt8]], _ servers: Servers, _ report: inout Report) throws {
  let asked = queries.map(\.count).reduce(0, +)
  for (name, server) in [("no limit", servers.open), ("limited", servers.limited)] {
    let answered = try replies(to: queries, from: server).map(\.count).reduce(0, +)
    standardError.writeLine("\(title), \(name): \(asked) octets asked, \(answered) answered, \(ratio(answered, asked))")
    if name == "limited" { report.require(answered < asked, "\(title): the limit amplifies") }
  }
}

private struct Servers {
  let open: SocketEndpoint
  let slipping: SocketEndpoint
  let limited: SocketEndpoint
}

private func run(_ servers: Servers) throws -> Report {
  var report = Report()
  print("| question | UDP, no EDNS | × | UDP, EDNS | × | over the rate limit | TCP, EDNS | × |")
  print("|---|---:|---:|---:|---:|---:|---:|---:|")
  for asked in everythingAsked { print(try row(asked, servers, &report)) }
  let eight = Asked("", "eight.kreis.example", 28).extended
  try flood("1,000 queries for one name", Array(repeating: eight, count: 1000), servers, &report)
  let names = (0..<1000).map { Asked("", "n\($0).many.kreis.example", 1).extended }
  try flood("1,000 queries for as many names", names, servers, &report)
  return report
}

let words = Array(CommandLine.arguments.dropFirst())
let addresses = words.dropFirst().compactMap { IPAddress($0) }
guard let port = words.first.flatMap({ UInt16($0) }), addresses.count == 3 else {
  standardError.writeLine("usage: amplification PORT OPEN SLIPPING LIMITED")
  exit(2)
}
let endpoints = addresses.map { SocketEndpoint($0, port: port) }
private let report = try run(Servers(open: endpoints[0], slipping: endpoints[1], limited: endpoints[2]))
for violation in report.violations { standardError.writeLine("over the bound: \(violation)") }
exit(report.violations.isEmpty ? 0 : 1)
