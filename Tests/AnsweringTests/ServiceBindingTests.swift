// SVCB and HTTPS on the wire (RFC 9460 §4.1).

import Answering
import DNS
import Testing
import ZoneFile

@Test("RFC 9460 §4.1: the addresses of an HTTPS target are added, those of ROTATE too")
func bindingAdditionals() throws {
  let configuration = try configuration(
    """
    $ORIGIN kreis.example.
    $TTL 1h
    $NODE ex1 192.0.2.11
    $NODE ex2 198.51.100.11
    $POOL access ex1 ex2 check=none
    @ SOA ns1 hostmaster 7 1h 15m 1w 1m
    @ NS ns1.other.example.
    @ HTTPS 1 mail alpn=h2
    @ SVCB 0 mail
    x HTTPS 1 . alpn=h2
    mail 60 ROTATE access
    """)
  let snapshot = snapshot(configuration)
  func answer(_ name: String, _ type: RecordType) throws -> DecodedMessage {
    let asked = try query(name, type)
    var responder = Responder()
    var tally = AnswerTally()
    var reply = [UInt8](repeating: 0, count: 4096)
    var span = reply.mutableSpan
    var target = MutableRawSpan(_elements: &span)
    var received = QueryContext(asked.span.octets, from: ClientAddress(ipv4: 1), over: .udp)
    let length = responder.answer(&received, from: snapshot, into: &target, tally: &tally)
    return try DecodedMessage(Array(reply[..<length]))
  }
  for type in [RecordType.https, .svcb] {
    let message = try answer("kreis.example.", type)
    #expect(message.answers.count == 1)
    #expect(
      message.additionals.sorted() == [
        "mail.kreis.example. 60 A c000020b", "mail.kreis.example. 60 A c633640b",
      ])
  }
  let own = try answer("x.kreis.example.", .https)
  #expect(own.answers == ["x.kreis.example. 3600 HTTPS 00010000010003026832"])
  #expect(own.additionals == [])
}
