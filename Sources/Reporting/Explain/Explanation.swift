// Why a name is answered as it is, in words for an administrator: zone, name, pool, nodes, and the answer itself.
//
// The words come from the configuration and the monitor, the answer from Responder on the snapshot that is served, with
// rotation counters of its own: an explanation does not turn them.

package import Answering
package import DNS
package import Health
internal import Model
package import Policy
package import ZoneFile

/// What is served at one moment.
package struct ServedView {
  package var configuration: Configuration
  package var plan: HealthPlan
  package var monitor: HealthMonitor
  package var histories: PoolHistories
  package var snapshot: AnswerSnapshot
  /// Nil for no limit.
  package var limits: RateLimitPlan?
  package var now: MonotonicTime
  /// How times are worded.
  package var words: TimeWords
  /// Until when caches may have the addresses of nodes that an admin state keeps out, by their names.
  package var quiet: [String: QuietReport]

  package init(
    configuration: Configuration, plan: HealthPlan, monitor: HealthMonitor, histories: PoolHistories,
    snapshot: AnswerSnapshot, limits: RateLimitPlan? = nil, now: MonotonicTime, words: TimeWords,
    quiet: [String: QuietReport] = [:]
  ) {
    self.configuration = configuration
    self.plan = plan
    self.monitor = monitor
    self.histories = histories
    self.snapshot = snapshot
    self.limits = limits
    self.now = now
    self.words = words
    self.quiet = quiet
  }
}

/// The text for one question.
package struct Explanation {
  private let view: ServedView
  private let request: ExplainRequest
  package private(set) var lines: [String] = []
  /// Aliases followed; as many as Responder follows.
  private static let longestChain = 12

  package init(_ request: ExplainRequest, in view: ServedView) {
    self.view = view
    self.request = request
    for type in request.types {
      if !lines.isEmpty { lines.append("") }
      lines.append("\(request.name.plain), type \(type)" + (request.asker.map { ", for \($0)" } ?? "") + ":")
      follow(type)
      show(answer(to: type))
    }
    for line in view.limits?.explained(for: request.asker) ?? [] { lines.append(line) }
  }

  package var text: String { lines.map { String(decoding: terminalSafe($0), as: UTF8.self) }.joined(separator: "\n") }

  private mutating func say(_ line: String) { lines.append("  " + line) }

  // MARK: The name

  private mutating func follow(_ type: RecordType) {
    var name = request.name
    for _ in 0..<Explanation.longestChain {
      let finding = view.configuration.find(name, type)
      tell(finding, of: name, type)
      switch finding {
      case .alias(_, _, let target): name = target
      case .renamed(_, _, let target?): name = target
      default: return
      }
    }
    say("That is as far as aliases are followed.")
  }

  private mutating func tell(_ finding: NameFinding, of name: DomainName, _ type: RecordType) {
    let word = name.plain
    switch finding {
    case .outsideZones:
      guard name == request.name else {
        say("\(word) is in no zone of this server: the client's resolver continues from there.")
        return
      }
      say("No zone of this server is at or above \(word), so it does not answer: REFUSED.")
      say("To serve the name here, begin a zone for it with $ZONE. Otherwise the client")
      say("should ask another server.")
    case .delegated(let zone, let at):
      tell(zone)
      say("NS records at \(at.plain) delegate it to other name servers: the answer is a")
      say("referral, and those servers answer for everything below.")
    case .renamed(let zone, let at, let target):
      tell(zone)
      say("A DNAME at \(at.plain) renames everything below it:")
      say(target.map { "\(word) becomes \($0.plain)." } ?? "the new name would be too long, which is an error.")
    case .alias(let zone, let origin, let target):
      tell(zone, origin, word)
      say("It is an alias (CNAME) of \(target.plain).")
    case .records(let zone, let origin, let records):
      tell(zone, origin, word)
      let count = records.count == 1 ? "one \(type) record" : "\(records.count) \(type) records"
      say("It has \(count). No check applies: always answered.")
    case .rotation(let zone, let origin, let rotation):
      tell(zone, origin, word)
      tell(rotation, type == .a ? .ipv4 : .ipv6)
    case .noData(let zone, let origin):
      tell(zone, origin, word)
      if type == .soa, name == zone.apex {
        say("It is the zone's own name, and the SOA is the record that begins a zone.")
        return
      }
      say("The name exists, and has no \(type): the answer is \"no such record\"\(remembered(zone))")
    case .emptyNonTerminal(let zone):
      tell(zone)
      say("\(word) has no records, but names below it do, so it exists:")
      say("the answer is \"no such record\"\(remembered(zone))")
    case .noName(let zone, let encloser):
      tell(zone)
      say("It has no \(word), and no wildcard below \(encloser.plain) that matches it:")
      say("the answer is \"no such name\" (NXDOMAIN)\(remembered(zone))")
    }
  }

  private mutating func tell(_ zone: Zone) {
    say("Zone \(zone.apex.plain) (\(zone.location.place)) is authoritative, serial \(zone.soa.serial).")
  }

  private mutating func tell(_ zone: Zone, _ origin: NameFinding.Origin, _ word: String) {
    tell(zone)
    switch origin {
    case .written(let location): say("\(word) is defined in it, at \(location.place).")
    case .wildcard(let wildcard, let location):
      say("\(word) is not written in it; \(wildcard.plain) at \(location.place) matches it.")
    }
  }

  private func remembered(_ zone: Zone) -> String { ", remembered for \(min(zone.soa.ttl, zone.soa.minimum)) s." }

  // MARK: The pool

  private mutating func tell(_ rotation: RotationRecord, _ family: AddressFamily) {
    let pool = PoolExplanation(rotation, family, for: request.asker, in: view)
    say("ROTATE with TTL \(rotation.ttl): the \(family.displayName) addresses of \(pool.heading)")
    for line in pool.lines { say(line) }
  }

  // MARK: The answer

  private func answer(to type: RecordType) -> ReplyText {
    let question = request.name.wire + [UInt8(type.rawValue >> 8), UInt8(type.rawValue & 0xFF), 0, 1]
    // One question, and an OPT that takes 1,232 octets (RFC 6891 §6.1.2).
    let query: [UInt8] = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1] + question + [0, 0, 41, 0x04, 0xD0, 0, 0, 0, 0, 0, 0]
    var room = [UInt8](repeating: 0, count: Int(Responder.defaultPayloadLimit))
    var elements = room.mutableSpan
    var octets = MutableRawSpan(_elements: &elements)
    var responder = Responder()
    var tally = AnswerTally()
    let asker = request.asker ?? IPAddress(ipv4: 127, 0, 0, 1)
    var received = QueryContext(query.span.octets, from: ClientAddress(asker), over: .udp)
    let length = responder.answer(&received, from: view.snapshot, into: &octets, tally: &tally)
    return ReplyText(Array(room[..<length]))
  }

  private mutating func show(_ reply: ReplyText) {
    let cut = reply.isTruncated ? ", truncated: the client asks again over TCP" : ""
    say("The answer at this moment: \(reply.codeName)\(cut)")
    for line in reply.answers { say("  \(line)") }
    if reply.answers.isEmpty { for line in reply.authority { say("  authority: \(line)") } }
    for line in reply.additional { say("  beside it: \(line)") }
  }
}

extension SourceLocation {
  /// `mail.zone:14`
  fileprivate var place: String { "\(file):\(line)" }
}

extension DomainName {
  /// Without the final dot that people leave out.
  package var plain: String { isRoot ? "." : String(description.dropLast()) }
}
