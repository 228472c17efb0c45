// `rondo query`: asks a DNS server one question and prints the answer, so that no other tool is needed to see it.

import DNS
import Linux
internal import Reporting

/// Asks and prints; 0 when the server knows the answer, be it "no such name", 1 when there is none.
func query(_ options: QueryOptions) -> Int32 {
  var message = QueryMessage(name: options.name, type: options.type)
  message.recordClass = options.recordClass
  message.asksRecursion = options.asksRecursion
  message.extensions = options.extensions
  message.identifier = UInt16.random(in: .min ... .max)
  var exchange = QueryExchange(message, with: options.server, within: .seconds(options.time))
  let reply: QueryExchange.Reply
  do throws(QueryExchange.Failure) {
    reply = try exchange.run(options.transport, tries: options.tries)
  } catch {
    return fail("no answer from \(options.server)\(error.message)")
  }
  let code = reply.message.code
  let status = code == .noError || code == .nameError ? ExitStatus.done : ExitStatus.failed
  switch options.output {
  case .full:
    let note = hint(reply.message, to: message).map { ";; \($0)\n" } ?? ""
    return show(reply.text(from: options.server) + note, status: status)
  case .short:
    let shown = show(reply.message.shortText, status: status)
    guard status != ExitStatus.done else { return shown }
    let note = hint(reply.message, to: message).map { "; \($0)" } ?? ""
    return fail("\(options.server) answered \(code.name)\(note)")
  }
}

/// What to do about an error that may come of EDNS.
private func hint(_ reply: ReceivedMessage, to query: QueryMessage) -> String? {
  let mayBeEDNS = reply.code == .formatError || reply.code == .notImplemented
  guard mayBeEDNS, query.extensions != nil, reply.extensions == nil else { return nil }
  return "perhaps the server does not know EDNS: try +noedns"
}

extension QueryExchange.Reply {
  /// The reply, then how long it took, from whom, when, and how large it was.
  fileprivate func text(from server: SocketEndpoint) -> String {
    """
    \(followsTruncation ? ";; Truncated over UDP, asked again over TCP.\n" : "")\(message.text)\
    ;; Query time: \(time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000) msec
    ;; SERVER: \(server.address)#\(server.port)(\(server.address)) (\(isOverTCP ? "TCP" : "UDP"))
    ;; WHEN: \(UnixTime(milliseconds: WallClock.nowInMilliseconds()))
    ;; MSG SIZE  rcvd: \(message.octets.count)

    """
  }
}
