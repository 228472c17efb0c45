// Holds a dialogue with a node that sends what a test gives it, in the pieces the test chooses.

import DNS
import Health
import Model

/// How a probe went, seen from the socket.
struct Talk: Equatable {
  var sent = ""
  var demands: [TLSDemand] = []
  var outcome: ProbeOutcome?
  var notes = ProbeNotes()
  var farewell = ""
  /// What was waited for when there was nothing more to tell.
  var stage = Stage.connection
  /// Octets the dialogue took before it concluded.
  var octetsTaken = 0
  /// Whether it asked for a second connection.
  var reconnects = false

  /// What must not depend on how the octets were cut.
  var end: [String] { ["\(outcome, default: "none")", "\(notes)", farewell, "\(stage)"] }

  /// Connects, says `pieces` in clear, lets TLS stand if it was asked for, says `afterTLS`, and closes if told to. A second
  /// connection, if one is asked for, hears `onReconnect` and is closed.
  init(
    _ kind: CheckPlan.Kind, in circumstances: ProbeCircumstances = .ordinary, _ pieces: [[UInt8]],
    afterTLS: [[UInt8]] = [], closes: Bool = false, onReconnect: [[UInt8]] = []
  ) {
    var dialogue = Dialogue(of: .plan(kind), in: circumstances)
    note(dialogue.advance(on: .connected))
    hear(pieces, &dialogue)
    if outcome == nil, !demands.isEmpty {
      note(dialogue.advance(on: .secured(certificate: [])))
      hear(afterTLS, &dialogue)
    }
    stage = dialogue.stage
    if closes, outcome == nil, !reconnects { note(dialogue.advance(on: .closed)) }
    guard reconnects else { return }
    note(dialogue.advance(on: .connected))
    reconnects = false
    hear(onReconnect, &dialogue)
    reconnects = true
    if outcome == nil { note(dialogue.advance(on: .closed)) }
  }

  init(
    _ kind: CheckPlan.Kind, in circumstances: ProbeCircumstances = .ordinary, _ text: String, afterTLS: String = "",
    closes: Bool = false
  ) {
    self.init(
      kind, in: circumstances, text.isEmpty ? [] : [Array(text.utf8)],
      afterTLS: afterTLS.isEmpty ? [] : [Array(afterTLS.utf8)], closes: closes)
  }

  private mutating func hear(_ pieces: [[UInt8]], _ dialogue: inout Dialogue) {
    for piece in pieces where outcome == nil && !reconnects {
      octetsTaken += piece.count
      note(dialogue.advance(on: .received(piece)))
    }
  }

  private mutating func note(_ step: Dialogue.Step) {
    switch step {
    case .wait: break
    case .send(let octets): sent += String(decoding: octets, as: UTF8.self)
    case .startTLS(let demand, let octets):
      sent += String(decoding: octets, as: UTF8.self)
      demands.append(demand)
    case .reconnect: reconnects = true
    case .conclude(let outcome, let notes, let farewell):
      self.outcome = outcome
      self.notes = notes
      self.farewell = String(decoding: farewell, as: UTF8.self)
    }
  }

  /// The outcome in words.
  var words: String { outcome?.description ?? "none, waits for \(stage)" }
}

extension CheckPlan {
  static func plan(_ kind: Kind) -> CheckPlan {
    CheckPlan(kind: kind, every: .seconds(5), timeout: .seconds(2), fall: 3, rise: 2)
  }
}

extension ProbeCircumstances {
  /// EX1 of two nodes, handed out as mail and autodiscover; 2026-06-01.
  static var ordinary: ProbeCircumstances {
    var circumstances = ProbeCircumstances()
    circumstances.version = "1.2.3"
    circumstances.address = IPAddress(ipv4: 192, 0, 2, 11)
    circumstances.node = ExpectedNode(meant: "ex1", others: ["ex2", "ex3"])
    circumstances.names = HandedOutNames(["mail.kreis.example", "autodiscover.kreis.example"])
    circumstances.civilSeconds = 1_780_272_000
    circumstances.random = Array(0..<64)
    circumstances.helloName = "rondo1.kreis.example"
    return circumstances
  }
}

extension CheckPlan.Kind {
  static func smtp(
    _ security: MailPlan.Security = .clear, mustNameNode: Bool = false, helloName: String? = nil
  ) -> Self {
    .mail(
      MailPlan(service: .smtp, port: 25, security: security, mustNameNode: mustNameNode, helloName: helloName))
  }

  static func imap(_ security: MailPlan.Security = .clear, mustNameNode: Bool = false) -> Self {
    .mail(MailPlan(service: .imap, port: 143, security: security, mustNameNode: mustNameNode))
  }

  static func pop3(_ security: MailPlan.Security = .clear, mustNameNode: Bool = false) -> Self {
    .mail(MailPlan(service: .pop3, port: 110, security: security, mustNameNode: mustNameNode))
  }

  static func http(
    _ statuses: [ClosedRange<UInt16>] = [200...200], expected: String? = nil, host: String? = nil,
    mustNameNode: Bool = false, tls: TLSChoice? = nil, port: UInt16 = 80
  ) -> Self {
    .http(
      HTTPPlan(
        port: port, path: "/owa/healthcheck.htm", tls: tls, statuses: statuses,
        expected: expected.map { Array($0.utf8) },
        host: host, mustNameNode: mustNameNode))
  }
}
