// What `rondo probe` shows of a probe, line by line, with a node that says too much and unprintable things.

import DNS
import Health
import Model
import Testing

@testable import Reporting
@testable import Server

@Suite("Probe transcript")
struct TranscriptTests {
  private static func target(_ kind: CheckPlan.Kind) -> ProbeTarget {
    ProbeTarget(
      node: "ex1", address: IPAddress(ipv4: 192, 0, 2, 1), check: "mta",
      plan: CheckPlan(kind: kind, every: .seconds(5), timeout: .seconds(2), fall: 3, rise: 2))
  }

  private static func shown(
    _ kind: CheckPlan.Kind, _ entries: [(Int64, ProbeTranscript.Entry)], _ end: Probes.End, at endMicroseconds: Int64
  ) -> [String] {
    func time(_ microseconds: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: 1_000_000 + microseconds * 1_000) }
    var lines = TranscriptLines(for: target(kind), startedAt: time(0))
    var said = [lines.heading]
    lines.write(entries.map { (time($0.0), $0.1) }) { said.append($0) }
    lines.write(end, at: time(endMicroseconds)) { said.append($0) }
    return said
  }

  private static let mail = CheckPlan.Kind.mail(MailPlan(service: .smtp, port: 25))

  @Test("Each step has its time; ours is marked >, the node's <, and nothing from the wire can steer a terminal")
  func steps() {
    let lines = Self.shown(
      Self.mail,
      [
        (120, .local(SocketEndpoint(IPAddress(ipv4: 192, 0, 2, 53), port: 40_000))), (340, .event(.connected)),
        (340, .step(.wait)), (2_100, .event(.received(Array("220 ex1\u{1b}[31m ready\r\n".utf8)))),
        (2_150, .step(.send(Array("EHLO a\r\n".utf8)))),
        (12_500, .event(.received(Array("250-ex1\r\n250 STARTTLS\r\n".utf8)))),
        (
          12_600,
          .step(
            .startTLS(
              TLSDemand(serverName: "mail.example", verification: .none), afterSending: Array("STARTTLS\r\n".utf8)))
        ),
        (14_000, .agreed(version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384")),
        (14_000, .event(.secured(certificate: [1]))),
        (
          15_000,
          .step(.conclude(.success, notes: ProbeNotes(), farewell: Array("QUIT\r\n".utf8)))
        ),
      ],
      Probes.End(
        outcome: .success,
        notes: ProbeNotes(certificate: .seen(daysLeft: 1), warnings: [.certificateExpiresSoon(days: 1)])), at: 150_000)
    #expect(
      lines == [
        "ex1 192.0.2.1, check mta (smtp:25)",
        "    0.120 ms  connects to 192.0.2.1:25 from 192.0.2.53",
        "    0.340 ms  connected",
        "    2.100 ms  < 220 ex1\\027[31m ready",
        "    2.150 ms  > EHLO a",
        "     12.5 ms  < 250-ex1",
        "              < 250 STARTTLS",
        "     12.6 ms  > STARTTLS",
        "              TLS begins, asking for mail.example, any certificate is accepted",
        "     14.0 ms  TLS established: TLSv1.3, TLS_AES_256_GCM_SHA384",
        "     15.0 ms  > QUIT",
        "              the certificate expires in 1 day",
        "              warning: certificate expires in 1 day",
        "      150 ms  PASSED",
        "",
      ])
  }

  @Test("Forty lines of a node are shown, each cut to 120 octets, and how much more there was")
  func bounds() {
    let flood = Array(String(repeating: String(repeating: "x", count: 500) + "\n", count: 50).utf8)
    let lines = Self.shown(
      Self.mail, [(1, .event(.received(flood))), (2, .event(.received(flood)))],
      Probes.End(outcome: .failure(.tooLong(.greeting))), at: 3)
    #expect(lines.count == 1 + 40 + 3)
    #expect(lines[1] == "    0.001 ms  < " + String(repeating: "x", count: 120) + "…")
    #expect(lines[41] == "              … \(10 * 501 + 50 * 501) octets more from the node")
    #expect(lines[42] == "    0.003 ms  FAILED: greeting is too long")
  }

  @Test("A TLS hello is counted, not shown")
  func hello() {
    let lines = Self.shown(
      .tls(HelloPlan(port: 443)), [(5, .step(.send([22, 3, 1]))), (9, .event(.received([21, 3])))],
      Probes.End(outcome: .failure(.closedBefore(.serverHello))), at: 10)
    #expect(lines[1] == "    0.005 ms  > 3 octets of a TLS handshake")
    #expect(lines[2] == "    0.009 ms  < 2 octets of a TLS handshake")
  }

  @Test("Maintenance and faults of this host have words of their own")
  func verdicts() {
    func last(_ outcome: ProbeOutcome) -> String? {
      Self.shown(Self.mail, [], Probes.End(outcome: outcome), at: 0).dropLast().last
    }
    #expect(
      last(.maintenance(.reply(PeerText("421 later"), in: .greeting)))
        == "    0.000 ms  IN MAINTENANCE: greeting was 421 later")
    #expect(
      last(.localFault(.sourceNotAvailable(IPAddress(ipv4: 192, 0, 2, 9))))
        == "    0.000 ms  NO RESULT: local: source 192.0.2.9 is no address of this host, or has no free port")
  }
}
