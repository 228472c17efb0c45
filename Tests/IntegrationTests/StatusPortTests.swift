// The status port over real sockets: curl as monitoring uses it, and clients that misbehave.

import DNS
import Linux
import TestSupport
import Testing

private let zone = ZoneText.twoNodes

@Suite("Status port", .enabled(if: Tool.curl.isInstalled))
struct StatusPortTests {
  /// What curl prints for a path, the status code and the type on a last line.
  private func curl(_ rondo: RunningRondo, _ path: String, _ options: String...) throws -> String {
    try Tool.curl.run(
      ["-sS", "--max-time", "20", "-w", "\n%{http_code} %{content_type}"] + options + ["http://\(rondo.status)\(path)"]
    ).output
  }

  /// All that comes back for some octets, to the end of the connection.
  private func exchange(_ octets: String, with rondo: RunningRondo) throws -> String {
    let connection = try ClientConnection(to: try endpoint(rondo), timeout: patience)
    try connection.send(Array(octets.utf8))
    var response: [UInt8] = []
    while true {
      let more = try connection.receive()
      if more.isEmpty { return String(decoding: response, as: UTF8.self) }
      response += more
    }
  }

  private func endpoint(_ rondo: RunningRondo) throws -> SocketEndpoint {
    try #require(SocketEndpoint(logged: "address=\(rondo.status)"))
  }

  @Test("Every path answers in its own form")
  func paths() throws {
    let rondo = try RunningRondo(zone)
    let page = try curl(rondo, "/")
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("\n200 text/html; charset=utf-8"))
    #expect(page.contains("ex1") && !page.contains("<script"))
    #expect(try curl(rondo, "/metrics").hasSuffix("\n200 text/plain; version=0.0.4; charset=utf-8"))
    #expect(try curl(rondo, "/healthz") == "ok\n\n200 text/plain; charset=utf-8")
    #expect(try curl(rondo, "/readyz") == "ready\n\n200 text/plain; charset=utf-8")
    #expect(try curl(rondo, "/status.json").hasSuffix("\n200 application/json"))
    #expect(try curl(rondo, "/nothing").hasSuffix("\n404 text/plain; charset=utf-8"))
  }

  @Test("The JSON says what is served and where")
  func json() throws {
    let rondo = try RunningRondo(zone)
    let json = try rondo.statusJSON()
    #expect(json["schema"].string == "rondo-status/1")
    #expect(json["severity"].string == "ok")
    #expect(json["ready"].bool == true)
    #expect(json["configuration"]["files"][0].string == rondo.zoneFile)
    #expect(json["zones"][0]["apex"].string == "it.example.")
    #expect(json["zones"][0]["serial"].int == 7)
    #expect(json["nodes"].array.compactMap { $0["state"].string } == ["unchecked", "unchecked"])
    let listeners = json["listeners"].array.compactMap { $0["address"].string }
    #expect(listeners == ["\(rondo.dns[0])", "\(rondo.dns[0])", rondo.status, rondo.controlPath])
  }

  @Test("What was asked is counted in the metrics")
  func metrics() throws {
    let rondo = try RunningRondo(zone)
    let client = try UDPClient(to: rondo.dns[0], timeout: patience)
    for id in 0..<7 as Range<UInt16> {
      try client.send(query("mail.it.example", id: id))
      _ = try client.receive()
    }
    try client.send(query("nobody.it.example", id: 8))
    _ = try client.receive()
    let metrics = try curl(rondo, "/metrics")
    #expect(metrics.contains(#/rondo_queries_total\{.*udp.*ipv4.*\} 8\n/#), "\(metrics)")
    #expect(metrics.contains(#/\{.*NXDOMAIN.*\} 1\n/#), "\(metrics)")
  }

  @Test("HEAD has no body, POST is not allowed, a foreign Host is turned away")
  func methods() throws {
    let rondo = try RunningRondo(zone)
    let head = try curl(rondo, "/healthz", "--head")
    #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && head.contains("Content-Length: 3\r\n") && !head.contains("ok\n"))
    #expect(try curl(rondo, "/", "--data", "x=1").hasSuffix("\n405 text/plain; charset=utf-8"))
    #expect(try curl(rondo, "/", "-H", "Host: evil.example").hasSuffix("\n421 text/plain; charset=utf-8"))
    #expect(try curl(rondo, "/healthz", "-H", "Host: localhost:8053").hasPrefix("ok\n"))
  }

  @Test("A client may ask by a name that is allowed, and learns how to allow another")
  func allowedNames() throws {
    let rondo = try RunningRondo(zone, options: ["--threads", "2", "--status-allow-host", "NS1.it.example"])
    let port = try #require(rondo.status.split(separator: ":").last)
    #expect(try curl(rondo, "/metrics", "-H", "Host: ns1.IT.example:\(port)").hasSuffix("; charset=utf-8"))
    #expect(try curl(rondo, "/healthz", "-H", "Host: ns1.it.example.").hasPrefix("ok\n"))
    let foreign = try curl(rondo, "/healthz", "-H", "Host: ns2.it.example")
    #expect(foreign.hasSuffix("\n421 text/plain; charset=utf-8"))
    #expect(foreign.contains("--status-allow-host NAME"))
  }

  @Test("Garbage is answered 400")
  func garbage() throws {
    let rondo = try RunningRondo(zone)
    #expect(try exchange("\u{16}\u{3}\u{1}\r\n\r\n", with: rondo).hasPrefix("HTTP/1.1 400 "))
    #expect(try exchange("GET\r\n\r\n", with: rondo).hasPrefix("HTTP/1.1 400 "))
    #expect(try exchange("GET / HTTP/1.1\r\n\r\n", with: rondo).hasPrefix("HTTP/1.1 400 "))
    #expect(
      try exchange("GET /\(String(repeating: "x", count: 4_000)) HTTP/1.1\r\n", with: rondo).hasPrefix("HTTP/1.1 414 "))
  }

  @Test("Clients that say nothing keep nobody else waiting, and are sent away")
  func slowClients() throws {
    let rondo = try RunningRondo(zone)
    let slow = try ClientConnection(to: try endpoint(rondo), timeout: patience)
    try slow.send(Array("GET / HT".utf8))
    let silent = try ClientConnection(to: try endpoint(rondo), timeout: patience)
    #expect(try curl(rondo, "/healthz").hasPrefix("ok\n"))
    let client = try UDPClient(to: rondo.dns[0], timeout: patience)
    try client.send(query("mail.it.example", id: 1))
    #expect(try #require(Reply(try client.receive())).addresses.count == 2)
    // Closed by the daemon, with or without a last word.
    while try !slow.receive().isEmpty {}
    while try !silent.receive().isEmpty {}
  }

  @Test("rondo status prints the text, or with --json the JSON, and exits accordingly")
  func command() throws {
    let rondo = try RunningRondo(zone)
    let text = try rondo.statusCommand()
    #expect(text.status == 0)
    #expect(text.output.hasPrefix("OK: 1 pool, 2 nodes, no check fails\n"))
    let json = try rondo.statusCommand("--json")
    #expect(json.status == 0)
    #expect(try JSON(parsing: json.output)["severity"].string == "ok")
    _ = try rondo.stop()
    let nobody = try rondo.statusCommand()
    #expect(nobody.status == 3)
    #expect(nobody.output == "")
    #expect(nobody.errors.contains("is the daemon running, and is its --status the same?"))
  }
}
