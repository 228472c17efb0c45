// A probe's transcript for a terminal: the time since its start, then what happened; `>` is ours, `<` the node's.
//
// What a node says is shown as PeerText, printable and cut to 120 octets a line, and no more than forty lines of it.

internal import DNS
internal import Health
internal import Model
internal import Reporting

struct TranscriptLines {
  private static let mostLines = 40

  private let target: ProbeTarget
  private let started: MonotonicTime
  /// Lines of the node that may still be shown.
  private var room = TranscriptLines.mostLines
  private var hidden = 0

  init(for target: ProbeTarget, startedAt started: MonotonicTime) {
    self.target = target
    self.started = started
  }

  var heading: String { "\(target.node) \(target.address), check \(target.check) (\(target.plan.kind))" }

  mutating func write(_ entries: [(at: MonotonicTime, entry: ProbeTranscript.Entry)], _ say: (String) -> Void) {
    for (at, entry) in entries {
      for (index, text) in texts(entry).enumerated() {
        say(index == 0 ? stamp(at) + text : TranscriptLines.margin + text)
      }
    }
  }

  /// The verdict and what was learnt besides.
  mutating func write(_ end: Probes.End, at now: MonotonicTime, _ say: (String) -> Void) {
    if hidden > 0 { say(TranscriptLines.margin + "… \(hidden) octets more from the node") }
    switch end.notes.certificate {
    case .seen(let days) where days < 0: say(TranscriptLines.margin + "the certificate has expired")
    case .seen(let days): say(TranscriptLines.margin + "the certificate expires in \(days) day\(days == 1 ? "" : "s")")
    case .hidden: say(TranscriptLines.margin + "the certificate is not shown: TLS 1.3")
    case nil: break
    }
    for warning in end.notes.warnings { say(TranscriptLines.margin + "warning: \(warning)") }
    let verdict =
      switch end.outcome {
      case .success: "PASSED"
      case .failure(let reason): "FAILED: \(reason)"
      case .maintenance(let reason): "IN MAINTENANCE: \(reason)"
      case .localFault(let fault): "NO RESULT: \(fault)"
      }
    say(stamp(now) + verdict)
    say("")
  }

  // MARK: The margin

  /// As wide as a stamp.
  private static let margin = String(repeating: " ", count: 14)

  /// `     3.120 ms  `
  private func stamp(_ time: MonotonicTime) -> String {
    let text = latencyText(microseconds: (time - started).wholeNanoseconds / 1_000)
    return String(repeating: " ", count: max(0, 12 - text.count)) + text + "  "
  }

  // MARK: Entries

  private mutating func texts(_ entry: ProbeTranscript.Entry) -> [String] {
    switch entry {
    case .event(let event): texts(event)
    case .step(let step): texts(step)
    case .local(let endpoint): ["connects to \(target.endpoint.map { "\($0)" } ?? "") from \(endpoint.address)"]
    case .agreed(let version, let cipher): ["TLS established: \(version), \(cipher)"]
    case .printed(let line): ["< \(PeerText(line))"]
    }
  }

  private mutating func texts(_ event: Dialogue.Event) -> [String] {
    switch event {
    case .connected: ["connected"]
    // Said with version and cipher already.
    case .secured: []
    case .tlsFailed(let words): ["TLS failed: \(PeerText(words))"]
    case .received(let octets): said("<", octets)
    case .closed: ["the node closes the connection"]
    case .timedOut: ["the kernel gives up waiting"]
    case .failed(let reason): ["\(reason)"]
    case .localFault(let fault): ["\(fault)"]
    }
  }

  private mutating func texts(_ step: Dialogue.Step) -> [String] {
    switch step {
    case .wait: []
    case .send(let octets): said(">", octets)
    case .startTLS(let demand, let octets): said(">", octets) + ["TLS begins, \(TranscriptLines.words(for: demand))"]
    case .reconnect: ["is asked again, on a new connection"]
    case .conclude(_, _, let farewell): said(">", farewell)
    }
  }

  private static func words(for demand: TLSDemand) -> String {
    let name = demand.serverName.map { "asking for \($0)" } ?? "without a name"
    return switch demand.verification {
    case .none: "\(name), any certificate is accepted"
    case .system(let verified): "\(name), the certificate must be for \(verified)"
    case .authority(let file, let verified): "\(name), the certificate must be for \(verified) by \(file)"
    }
  }

  /// Octets line by line; a hello of `tls:` is no text.
  private mutating func said(_ mark: String, _ octets: [UInt8]) -> [String] {
    guard !octets.isEmpty else { return [] }
    if case .tls = target.plan.kind { return ["\(mark) \(octets.count) octets of a TLS handshake"] }
    var lines: [String] = []
    var rest = octets[...]
    while !rest.isEmpty {
      guard mark == ">" || room > 0 else {
        hidden += rest.count
        break
      }
      let line = rest.prefix { $0 != UInt8(ascii: "\n") }
      rest = rest.dropFirst(line.count + 1)
      if mark == "<" { room -= 1 }
      lines.append("\(mark) \(PeerText(line))")
    }
    return lines
  }
}
