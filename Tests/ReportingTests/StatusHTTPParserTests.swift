// The request parser: what it takes, what it rejects with which status, and that splits and random octets change nothing.

import TestSupport
import Testing

@testable import Policy
@testable import Reporting

private func parse(_ octets: [UInt8], pieces: [Int] = []) -> HTTPRequestParser.Progress {
  var parser = HTTPRequestParser()
  var progress = HTTPRequestParser.Progress.needMore
  var at = 0
  for piece in pieces where at < octets.count {
    let end = min(octets.count, at + piece)
    let slice = octets[at..<end]
    progress = parser.feed(slice.span)
    at = end
  }
  guard at < octets.count else { return progress }
  let rest = octets[at...]
  return parser.feed(rest.span)
}

private func parse(_ request: String) -> HTTPRequestParser.Progress { parse(Array(request.utf8)) }

/// A request for `/` with these field lines besides Host.
private func withFields(_ fields: String...) -> String {
  "GET / HTTP/1.1\r\nHost: localhost\r\n" + fields.map { "\($0)\r\n" }.joined() + "\r\n"
}

@Suite("Status: HTTP requests")
struct StatusHTTPParserTests {
  @Test(
    "Requests that are accepted",
    arguments: [
      ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", .get, "/"),
      ("HEAD /metrics HTTP/1.1\r\nhOsT:\t127.0.0.1:8053 \r\n\r\n", .head, "/metrics"),
      ("GET /status.json?pretty=1&x HTTP/1.1\r\nHost: [::1]:8053\r\n\r\n", .get, "/status.json"),
      ("GET http://LOCALHOST:8053/healthz HTTP/1.1\r\nHost: anything.example\r\n\r\n", .get, "/healthz"),
      ("GET HTTP://127.0.0.1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", .get, "/"),
      ("GET http://127.0.0.1?q HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", .get, "/"),
      ("GET /readyz HTTP/1.0\r\n\r\n", .get, "/readyz"),
      ("GET / HTTP/1.7\r\nHost: 192.0.2.1\r\n\r\n", .get, "/"),
      ("\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n", .get, "/"),
      ("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nX:\r\n\r\n", .get, "/"),
      ("GET / HTTP/1.1\r\nHost: localhost\r\nX-Name: M\u{fc}ller\r\n\r\n", .get, "/"),
      ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET /second HTTP/1.1\r\n", .get, "/"),
    ] as [(String, HTTPMethod, String)])
  func taken(request: String, method: HTTPMethod, path: String) {
    #expect(parse(request) == .request(HTTPRequest(method, path)))
  }

  @Test(
    "Methods that change something are not allowed; what is no method is a bad request",
    arguments: [
      ("POST / HTTP/1.1\r\nHost: localhost\r\n\r\n", .methodNotAllowed),
      ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n", .methodNotAllowed),
      ("get / HTTP/1.1\r\nHost: localhost\r\n\r\n", .methodNotAllowed),
      ("G(T / HTTP/1.1\r\nHost: localhost\r\n\r\n", .badRequest),
      (" / HTTP/1.1\r\n", .badRequest),
    ] as [(String, HTTPStatus)])
  func methods(request: String, status: HTTPStatus) { #expect(parse(request) == .reject(status)) }

  @Test(
    "Request lines with one blank too many, odd targets, other versions",
    arguments: [
      ("GET  / HTTP/1.1\r\n", .badRequest), ("GET / HTTP/1.1 \r\n", .badRequest), ("GET /\r\n", .badRequest),
      ("GET / HTTP/2.0\r\n", .versionNotSupported), ("PRI * HTTP/2.0\r\n", .versionNotSupported),
      ("GET / HTTP/11\r\n", .badRequest), ("GET / http/1.1\r\n", .badRequest), ("GET / HTTP/1.12\r\n", .badRequest),
      ("GET * HTTP/1.1\r\n", .badRequest), ("CONNECT localhost:25 HTTP/1.1\r\n", .badRequest),
      ("GET status HTTP/1.1\r\n", .badRequest), ("GET /#top HTTP/1.1\r\n", .badRequest),
      ("GET /\u{fc} HTTP/1.1\r\n", .badRequest), ("GET https://localhost/ HTTP/1.1\r\n", .badRequest),
      ("\u{16}\u{03}\u{01}", .badRequest),
    ] as [(String, HTTPStatus)])
  func requestLines(request: String, status: HTTPStatus) { #expect(parse(request) == .reject(status)) }

  @Test(
    "A name that somebody could point at us is no Host of ours (DNS rebinding)",
    arguments: [
      ("evil.example", .misdirectedRequest), ("localhost.evil.example:8053", .misdirectedRequest),
      ("127.0.0.1.evil.example", .misdirectedRequest), ("127.1", .misdirectedRequest),
      ("", .badRequest), ("localhost:http", .badRequest), ("localhost:8053:1", .badRequest),
      ("user@localhost", .badRequest), ("[::1", .badRequest), ("[127.0.0.1]", .badRequest), ("[]", .badRequest),
      ("::1", .badRequest), ("a b", .badRequest), ("localhost:123456", .badRequest),
      ("localhost:65536", .badRequest), ("ns1.kreis.example", .misdirectedRequest),
    ] as [(String, HTTPStatus)])
  func hosts(host: String, status: HTTPStatus) {
    #expect(parse("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n") == .reject(status))
    #expect(parse("GET / HTTP/1.0\r\nHost: \(host)\r\n\r\n") == .reject(status))
  }

  @Test(
    "A name that the operator has allowed is a Host of ours, in any letter case, with any port and with a final dot",
    arguments: [
      ("ns1.kreis.example", true), ("NS1.Kreis.Example:8053", true), ("ns1.kreis.example.", true),
      ("ns1.kreis.example.:80", true), ("ns1.kreis.example:", true), ("prom_1", true), ("localhost", true),
      ("[2001:db8::1]:8053", true), ("192.0.2.53", true), ("kreis.example", false), ("x.ns1.kreis.example", false),
      ("ns1.kreis.example..", false), ("ns1.kreis.example.evil.example", false), ("prom_1.", true), (".", false),
    ])
  func allowedHosts(host: String, isOurs: Bool) {
    var hosts = StatusHosts()
    for name in ["ns1.KREIS.example", "prom_1."] {
      let isAllowed = hosts.allow(name)
      #expect(isAllowed)
    }
    var parser = HTTPRequestParser(hosts: hosts)
    let octets = Array("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n".utf8)
    #expect(parser.feed(octets.span) == (isOurs ? .request(HTTPRequest(.get, "/")) : .reject(.misdirectedRequest)))
  }

  @Test(
    "What is no host name cannot be allowed",
    arguments: ["", ".", "a..b", ".a", "ns1:8053", "[::1]", "::1", "192.0.2.1", "a b", "*", "*.example", "http://ns1"])
  func disallowedHosts(name: String) {
    var hosts = StatusHosts()
    let isAllowed = hosts.allow(name)
    #expect(!isAllowed && hosts == StatusHosts())
  }

  @Test("Host is needed once in HTTP/1.1, and never twice")
  func hostCount() {
    #expect(parse("GET / HTTP/1.1\r\n\r\n") == .reject(.badRequest))
    #expect(parse("GET http://localhost/ HTTP/1.1\r\n\r\n") == .reject(.badRequest))
    #expect(parse(withFields("Host: localhost")) == .reject(.badRequest))
    #expect(parse("GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n") == .reject(.misdirectedRequest))
  }

  @Test("Bodies are refused")
  func bodies() {
    #expect(parse(withFields("Content-Length: 12")) == .reject(.contentTooLarge))
    #expect(parse(withFields("Content-Length: 99999999999999999999999999")) == .reject(.contentTooLarge))
    #expect(parse(withFields("Content-Length: -1")) == .reject(.badRequest))
    #expect(parse(withFields("Content-Length:")) == .reject(.badRequest))
    #expect(parse(withFields("Content-Length: 0", "Content-Length: 0")) == .reject(.badRequest))
    #expect(parse(withFields("Transfer-Encoding: chunked")) == .reject(.badRequest))
  }

  @Test(
    "Fields in a form that two readers could read differently are errors (RFC 9112 §2.2, §5)",
    arguments: ["Folded: a\r\n b", "Blank : a", ": a", "NoColon", "Ctl: a\u{0}b", "Lone: a\rb", "Bare: a\nX: b"])
  func fields(field: String) { #expect(parse(withFields(field)) == .reject(.badRequest)) }

  @Test("A bare LF ends no line")
  func bareLineFeed() { #expect(parse("GET / HTTP/1.0\n\n") == .reject(.badRequest)) }

  @Test("Limits are met to the octet")
  func limits() {
    let path = { (length: Int) in "/" + String(repeating: "a", count: length - 1) }
    let longest = HTTPRequestParser.maximumRequestLine - "GET  HTTP/1.0".utf8.count
    #expect(parse("GET \(path(longest)) HTTP/1.0\r\n\r\n") == .request(HTTPRequest(.get, path(longest))))
    #expect(parse("GET \(path(longest + 1)) HTTP/1.0\r\n\r\n") == .reject(.uriTooLong))

    let rest = HTTPRequestParser.maximumHead - "GET / HTTP/1.0\r\nX: \r\n\r\n".utf8.count
    let filled = { (count: Int) in "GET / HTTP/1.0\r\nX: \(String(repeating: "a", count: count))\r\n\r\n" }
    #expect(parse(filled(rest)) == .request(HTTPRequest(.get, "/")))
    #expect(parse(filled(rest + 1)) == .reject(.headerFieldsTooLarge))

    let lines = { (count: Int) in "GET / HTTP/1.0\r\n" + String(repeating: "X: a\r\n", count: count) + "\r\n" }
    #expect(parse(lines(HTTPRequestParser.maximumFields)) == .request(HTTPRequest(.get, "/")))
    #expect(parse(lines(HTTPRequestParser.maximumFields + 1)) == .reject(.headerFieldsTooLarge))
    #expect(parse(String(repeating: "\r\n", count: 5_000)) == .reject(.headerFieldsTooLarge))
  }

  @Test("A head without its end needs more")
  func unfinished() {
    let whole = Array(withFields("Accept: text/html").utf8)
    for length in 0..<whole.count { #expect(parse(Array(whole[..<length])) == .needMore) }
  }

  @Test("Once it has decided, the parser stays with it")
  func decided() {
    var parser = HTTPRequestParser()
    let good = Array(withFields().utf8)
    let progress = parser.feed(good.span)
    #expect(progress == .request(HTTPRequest(.get, "/")))
    let noise: [UInt8] = [0, 1, 2]
    let after = parser.feed(noise.span)
    #expect(after == progress)
  }
}

@Suite("Status: HTTP requests, random")
struct StatusHTTPParserProperties {
  @Test("However a request is split, the result is the same; no octets trap")
  func splits() {
    var seeds = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: 0 ... .max, using: &seeds)
    var random = SeededGenerator(seed: seed)
    for round in 0..<4_000 {
      let octets = randomRequest(&random)
      let whole = parse(octets)
      let bytewise = parse(octets, pieces: Array(repeating: 1, count: octets.count))
      let pieces = (0..<40).map { _ in Int.random(in: 1...60, using: &random) }
      #expect(whole == bytewise && whole == parse(octets, pieces: pieces), "seed \(seed), round \(round): \(octets)")
    }
  }

  /// A good request with some octets changed, taken out, doubled, or noise throughout.
  private func randomRequest(_ random: inout SeededGenerator) -> [UInt8] {
    if Int.random(in: 0..<10, using: &random) == 0 {
      return (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
    var octets = Array(
      "GET http://[::1]:80/a?b HTTP/1.1\r\nHost: 127.0.0.1:8053\r\nContent-Length: 0\r\nAccept: */*\r\n\r\n".utf8)
    let telling = Array("\r\n :/[].\t0aH\u{0}\u{7f}".utf8) + [0xFF]
    for _ in 0..<Int.random(in: 0...4, using: &random) where !octets.isEmpty {
      let at = Int.random(in: 0..<octets.count, using: &random)
      let octet = telling[Int.random(in: 0..<telling.count, using: &random)]
      switch Int.random(in: 0..<4, using: &random) {
      case 0: octets[at] = octet
      case 1: octets.insert(octet, at: at)
      case 2: octets.remove(at: at)
      default: octets.insert(contentsOf: octets[at...].prefix(20), at: at)
      }
    }
    return octets
  }
}
