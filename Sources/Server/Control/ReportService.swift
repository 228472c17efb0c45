// Reports for the clients of the status port, rendered in the background from a view of one moment.
//
//   requests ─▶ waiting ──(nothing is being rendered)──▶ one view, one rendering of each page ─▶ all who wait
//
// Requests that arrive during a rendering wait for the next one and share it. So a report is never older than the
// request for it, one rendering is under way at most, and clients share its octets.

internal import Health
internal import Linux
internal import Reporting

/// Octets that several connections send.
final class SharedOctets: Sendable {
  let octets: [UInt8]

  init(_ octets: [UInt8]) { self.octets = octets }
}

/// Each page that was asked for, rendered from one view.
struct RenderedReports: Sendable {
  private let pages: [HTTPRequest: SharedOctets]
  /// Who asked for what.
  private let clients: [(number: UInt64, request: HTTPRequest)]

  init(_ view: DaemonView, for clients: [(number: UInt64, request: HTTPRequest)]) {
    self.clients = clients
    var pages: [HTTPRequest: SharedOctets] = [:]
    // Of a hundred thousand pools it takes a while, and a reader of events asks every second.
    var report: StatusReport?
    for (_, request) in clients where pages[request] == nil {
      if let response = StatusRouter.response(to: request, view.facts.history, view.facts.localTime) {
        pages[request] = SharedOctets(response.bytes(answering: request.method, at: view.clock.civil))
      } else {
        let whole = report ?? view.report()
        report = whole
        pages[request] = SharedOctets(StatusRouter.bytes(answering: request, from: whole))
      }
    }
    self.pages = pages
  }

  /// Each client by its number, with what it is sent.
  var responses: [(number: UInt64, response: SharedOctets)] {
    clients.compactMap { client in pages[client.request].map { (client.number, $0) } }
  }
}

struct ReportService: ~Copyable {
  private let renderer: BackgroundThread
  private let results: Mailbox<BackgroundResult>
  private var waiting: [(number: UInt64, request: HTTPRequest)] = []
  private var isRendering = false
  private var isWatching = false
  private var nextWatch: Int64 = 0
  private var attentionLog = AttentionLog()

  init(on renderer: BackgroundThread, _ results: Mailbox<BackgroundResult>) {
    self.renderer = renderer
    self.results = results
  }

  /// Whether `render` would begin something.
  var canRender: Bool { !waiting.isEmpty && !isRendering }

  /// Takes a request that only a report answers.
  mutating func add(_ request: HTTPRequest, from client: UInt64) { waiting.append((client, request)) }

  /// Begins to render what clients wait for.
  mutating func render(_ view: consuming DaemonView) {
    guard canRender else { return }
    isRendering = true
    let clients = waiting
    let results = results
    waiting = []
    renderer.run { [view] in results.post(.rendered(RenderedReports(view, for: clients))) }
  }

  // MARK: The log

  /// How often the log looks for what has come to need attention, in nanoseconds.
  private static let watchInterval: Int64 = 5_000_000_000

  /// When `watch` is next to be called.
  var nextDeadline: Int64? { isWatching ? nil : nextWatch }

  func isWatchDue(at now: MonotonicTime) -> Bool { !isWatching && nextWatch <= now.nanoseconds }

  /// Begins to look for what needs attention.
  mutating func watch(_ view: consuming DaemonView, at now: MonotonicTime) {
    isWatching = true
    nextWatch = now.nanoseconds + Self.watchInterval
    let results = results
    renderer.run { [view] in results.post(.watched(view.report(.withoutNames).attention)) }
  }

  /// Logs what is new.
  mutating func finishWatching(_ attention: Attention, _ log: Log) {
    isWatching = false
    for line in attentionLog.lines(for: attention, at: .now) { log.write(line) }
  }

  /// Takes note that what was begun is ready.
  mutating func finishRendering() { isRendering = false }
}
