// What each path answers, and with which head.

import Testing

@testable import Policy
@testable import Reporting

@Suite("Status: responses")
struct StatusRouterTests {
  private func get(_ path: String, _ report: StatusReport = .sample()) -> HTTPResponse {
    StatusRouter.response(to: HTTPRequest(.get, path), from: report)
  }

  @Test(
    "Paths and their content types",
    arguments: [
      ("/", "text/html; charset=utf-8"), ("/still", "text/html; charset=utf-8"),
      ("/status.json", "application/json"), ("/status.txt", "text/plain; charset=utf-8"),
      ("/maintenance.json", "application/json"), ("/maintenance.txt", "text/plain; charset=utf-8"),
      ("/metrics", "text/plain; version=0.0.4; charset=utf-8"), ("/healthz", "text/plain; charset=utf-8"),
      ("/readyz", "text/plain; charset=utf-8"),
    ])
  func paths(path: String, contentType: String) {
    #expect(get(path).status == .ok)
    #expect(get(path).contentType == contentType)
  }

  @Test("Each path shows its own rendering")
  func bodies() {
    let report = StatusReport.withoutEx1()
    #expect(get("/", report).body == report.page(refresh: .automatic))
    #expect(get("/still", report).body == report.page(refresh: .byHand))
    #expect(get("/status.json", report).body == report.json)
    #expect(get("/status.txt", report).body == report.text)
    #expect(get("/metrics", report).body == report.metrics())
  }

  @Test("/readyz is 503 until ready and says what is missing; /healthz is 200 all the time")
  func readiness() {
    var report = StatusReport.sample()
    #expect(text(get("/readyz", report).body) == "ready\n")
    report.readiness = .waiting(for: "the first checks of 2 nodes")
    #expect(get("/readyz", report).status == .serviceUnavailable)
    #expect(text(get("/readyz", report).body) == "waiting for the first checks of 2 nodes\n")
    #expect(get("/healthz", report).status == .ok)
    #expect(text(get("/healthz", report).body) == "ok\n")
  }

  @Test("Other paths are not found", arguments: ["/status", "/status.json/", "//", "/%2e", "/favicon.ico", "/STILL"])
  func notFound(path: String) { #expect(get(path).status == .notFound) }

  @Test("The head of a response, octet by octet")
  func head() {
    let octets = StatusRouter.bytes(answering: HTTPRequest(.get, "/healthz"), from: .sample())
    let expected = [
      "HTTP/1.1 200 OK",
      "Date: Tue, 24 Nov 2026 10:03:21 GMT",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Length: 3",
      "Cache-Control: no-store",
      "X-Content-Type-Options: nosniff",
      "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'",
      "Referrer-Policy: no-referrer",
      "Connection: close",
      "",
      "ok\n",
    ].joined(separator: "\r\n")
    #expect(text(octets) == expected)
  }

  @Test("HEAD gets the head of GET and no body")
  func headRequest() {
    let get = StatusRouter.bytes(answering: HTTPRequest(.get, "/metrics"), from: .sample())
    let head = StatusRouter.bytes(answering: HTTPRequest(.head, "/metrics"), from: .sample())
    #expect(head == Array(get.dropLast(StatusReport.sample().metrics().count)))
    #expect(text(head).hasSuffix("\r\n\r\n"))
  }

  @Test("A rejection is a response too; 405 names the methods there are", arguments: HTTPStatus.allCases)
  func rejections(status: HTTPStatus) {
    let octets = text(HTTPResponse(rejecting: status).bytes(answering: .get, at: UnixTime(seconds: 0)))
    #expect(octets.hasPrefix("HTTP/1.1 \(status.rawValue) \(status.reason)\r\n"))
    #expect(octets.contains("\r\nAllow: GET, HEAD\r\n") == (status == .methodNotAllowed))
  }

  @Test("The reply to a name that is not allowed says how to allow it, and does not repeat it")
  func misdirected() {
    let response = HTTPResponse(rejecting: .misdirectedRequest)
    #expect(
      text(response.body)
        == "misdirected request: this name is not allowed; ask by address or localhost, or start rondo serve with "
        + "--status-allow-host NAME\n")
  }
}
