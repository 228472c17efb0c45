// Which path of the status port shows what.

/// The answers of the status port.
package enum StatusRouter {
  /// The response to a request that the parser let through.
  package static func response(to request: HTTPRequest, from report: StatusReport) -> HTTPResponse {
    if let response = response(to: request, report.readiness) { return response }
    if let response = response(to: request, report.history, report.localTime) { return response }
    return switch request.path {
    case "/status.json": graded(HTTPResponse(.ok, contentType: "application/json", body: report.json), report)
    case "/status.txt": graded(HTTPResponse(.ok, contentType: "text/plain; charset=utf-8", body: report.text), report)
    case "/maintenance.json":
      graded(HTTPResponse(.ok, contentType: "application/json", body: report.maintenanceJSON), report)
    case "/maintenance.txt":
      graded(HTTPResponse(.ok, contentType: "text/plain; charset=utf-8", body: report.maintenanceText), report)
    case "/nagios.txt":
      graded(
        HTTPResponse(.ok, contentType: "text/plain; charset=utf-8", body: MonitorReport(report).nagios), report)
    case "/checkmk.txt":
      graded(
        HTTPResponse(.ok, contentType: "text/plain; charset=utf-8", body: MonitorReport(report).checkmk), report)
    case "/prtg.json":
      graded(HTTPResponse(.ok, contentType: "application/json", body: MonitorReport(report).prtg), report)
    case MetricsFormat.path:
      HTTPResponse(.ok, contentType: request.metrics.contentType, body: report.metrics(request.metrics))
    case "/still": html(report.page(refresh: .byHand))
    default: html(report.page(refresh: .automatic))
    }
  }

  /// The response to a request that needs no report; nil where it takes one.
  package static func response(to request: HTTPRequest, _ readiness: StatusReport.Readiness) -> HTTPResponse? {
    switch request.path {
    case "/", "/still", "/status.json", "/status.txt", "/maintenance.json", "/maintenance.txt", "/nagios.txt",
      "/checkmk.txt",
      "/prtg.json", MetricsFormat.path:
      nil
    case "/events.json", "/events.jsonl", "/events.txt": faultOfQuery(request.query)
    case "/healthz": HTTPResponse(.ok, line: "ok")
    case "/readyz": self.readiness(readiness)
    default:
      HTTPResponse(
        .notFound,
        line: "not found; there are / /still /status.json /status.txt /maintenance.json /maintenance.txt /events.json "
          + "/events.jsonl /events.txt /metrics "
          + "/nagios.txt /checkmk.txt /prtg.json /healthz /readyz")
    }
  }

  /// Whether the query of a request for that path means anything.
  package static func takesQuery(_ path: String) -> Bool { path.hasPrefix("/events.") }

  /// Nil for a query that can be answered.
  private static func faultOfQuery(_ query: String) -> HTTPResponse? {
    do throws(EventQueryError) {
      _ = try EventQuery(query)
      return nil
    } catch {
      return HTTPResponse(.badRequest, line: "bad query: \(error.message)")
    }
  }

  /// The response to a request for events alone; nil for any other.
  package static func response(
    to request: HTTPRequest, _ history: EventHistory, _ localTime: LocalTime
  ) -> HTTPResponse? {
    guard takesQuery(request.path), let query = try? EventQuery(request.query) else { return nil }
    let selection = EventSelection(query, from: history)
    var response: HTTPResponse
    switch request.path {
    case "/events.json": response = HTTPResponse(.ok, contentType: "application/json", body: selection.json)
    case "/events.jsonl": response = HTTPResponse(.ok, contentType: "application/jsonl", body: selection.jsonLines)
    default:
      response = HTTPResponse(.ok, contentType: "text/plain; charset=utf-8", body: selection.text(localTime))
    }
    response.events = selection.mark
    return response
  }

  /// The octets to send for one request, the connection to be closed after them.
  package static func bytes(answering request: HTTPRequest, from report: StatusReport) -> [UInt8] {
    response(to: request, from: report).bytes(answering: request.method, at: report.now)
  }

  /// The response with what the report comes to in its head.
  private static func graded(_ response: HTTPResponse, _ report: StatusReport) -> HTTPResponse {
    var response = response
    response.severity = report.severity
    return response
  }

  private static func html(_ page: [UInt8]) -> HTTPResponse {
    HTTPResponse(.ok, contentType: "text/html; charset=utf-8", body: page)
  }

  private static func readiness(_ readiness: StatusReport.Readiness) -> HTTPResponse {
    switch readiness {
    case .ready: HTTPResponse(.ok, line: "ready")
    case .waiting(let missing): HTTPResponse(.serviceUnavailable, line: "waiting for \(missing)")
    }
  }
}
