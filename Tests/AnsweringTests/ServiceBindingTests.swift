// SVCB and HTTPS on the wire (RFC 9460 §4.1).

import Answering
import DNS
import TestSupport
import Testing
import ZoneFile

@Test("RFC 9460 §4.1: the addresses of an HTTPS target are added, those of ROTATE too")
func bindingAdditionals() throws {
  let fixture = try Fixture(
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
  for type in [RecordType.https, .svcb] {
    let message = try fixture.ask(Query("kreis.example. \(type)"))
    #expect(message.answers.count == 1)
    #expect(
      message.additionals.map(\.text).sorted() == [
        "mail.kreis.example. 60 IN A 192.0.2.11", "mail.kreis.example. 60 IN A 198.51.100.11",
      ])
  }
  let own = try fixture.ask(Query("x.kreis.example. HTTPS"))
  #expect(own.answers.map(\.transferText) == ["x.kreis.example. 3600 HTTPS 00010000010003026832"])
  #expect(own.additionals == [])
}
