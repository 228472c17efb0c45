// Files as they are broken in practice, and to the letter what the operator reads.

import Testing
import ZoneFile

struct BrokenFile: CustomTestStringConvertible, Sendable {
  var name: String
  var text: String
  var messages: String

  var testDescription: String { name }
}

@Test("A broken file is explained", arguments: brokenFiles)
func golden(file: BrokenFile) {
  let result = read(file.text)
  #expect(result.text == file.messages)
  #expect(result.configuration == nil)
}

private let brokenFiles: [BrokenFile] = [
  BrokenFile(
    name: "missing SOA",
    text: """
      $ORIGIN kreis.example.
      $TTL 1h
      mail  A   192.0.2.11
      mail  A   198.51.100.11
      """,
    messages: """
      mail.zone:3:1: error: no zone begins in what was read, and this record belongs to none (and 1 more like it); a SOA record or $ZONE begins a zone; add the SOA record of the zone, or $ZONE with its name.
      mail  A   192.0.2.11
      ^~~~
      """),
  BrokenFile(
    name: "unknown pool",
    text: """
      $AUTHORITY  ns1.kreis.example. ns2.kreis.example.  contact=hostmaster.kreis.example.
      $NODE   ex1  192.0.2.11
      $NODE   ex2  198.51.100.11
      $CHECK  mta  tcp:25
      $POOL   access  ex1 ex2  check=mta
      $ZONE   mail.kreis.example.
      @              60  ROTATE acess
      """,
    messages: """
      mail.zone:7:27: error: pool "acess" is not defined; did you mean "access"? Define it with $POOL, above or below its use.
      @              60  ROTATE acess
                                ^~~~~
      """),
  BrokenFile(
    name: "bad address",
    text: """
      $NODE ex1 192.0.2.11
      $NODE ex2 198.51.100.311 2001:db8::12::1
      """,
    messages: """
      mail.zone:2:11: error: "198.51.100.311" is not an IP address; write four numbers from 0 to 255 with dots, without leading zeros, for example 192.0.2.11.
      $NODE ex2 198.51.100.311 2001:db8::12::1
                ^~~~~~~~~~~~~~
      mail.zone:2:26: error: "2001:db8::12::1" is not an IP address; write up to eight groups of hexadecimal digits with colons, for example 2001:db8::11.
      $NODE ex2 198.51.100.311 2001:db8::12::1
                               ^~~~~~~~~~~~~~~
      """),
  BrokenFile(
    name: "duplicate node",
    text: """
      $NODE ex1 192.0.2.11
      $NODE ex1 198.51.100.11
      """,
    messages: """
      mail.zone:2:7: error: the node "ex1" is defined twice; its first definition is at mail.zone:1:7; remove or rename one of them.
      $NODE ex1 198.51.100.11
            ^~~
      """),
  BrokenFile(
    name: "unclosed parenthesis",
    text: """
      $ORIGIN kreis.example.
      @ 1h SOA ns1 hostmaster ( 2026112401 1h
             15m 1w 1m
      @ NS ns1
      ns1 A 192.0.2.53
      """,
    messages: """
      mail.zone:2:25: error: this "(" is never closed; all that follows would belong to this one record; put ")" after the last field of the record.
      @ 1h SOA ns1 hostmaster ( 2026112401 1h
                              ^
      """),
  BrokenFile(
    name: "TTL overflow",
    text: """
      $TTL 69y
      $ORIGIN kreis.example.
      @ 4000w SOA ns1 hostmaster 1 1h 15m 1w 1m
      """,
    messages: """
      mail.zone:1:6: error: the TTL "69y" is not a time; write seconds, or numbers with the units w d h m s, for example 3600 or 1h30m.
      $TTL 69y
           ^~~
      mail.zone:3:3: error: the TTL 4000w is too long a time; the most is 2147483647 seconds, about 68 years (RFC 2181 §8); write a shorter time, for example 1h.
      @ 4000w SOA ns1 hostmaster 1 1h 15m 1w 1m
        ^~~~~
      """),
  BrokenFile(
    name: "label over 63 octets",
    text: """
      $ORIGIN kreis.example.
      abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-0123456789-x A 192.0.2.1
      """,
    messages: """
      mail.zone:2:1: error: a part of the owner name has 66 octets; between two dots there may be 63 (RFC 1035 §2.3.4); shorten it.
      abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-0123456789-x A 192.0.2.1
      ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
      """),
  BrokenFile(
    name: "CNAME beside other data",
    text: """
      $ORIGIN kreis.example.
      $TTL 1h
      @	SOA	ns1.a. hostmaster.a. 1 1h 15m 1w 1m
      	NS	ns1.a.
      	NS	ns2.a.
      mail	CNAME	server
      	MX	10	server
      server	A	192.0.2.1
      """,
    messages: """
      mail.zone:6:6: error: "mail.kreis.example." has a CNAME and other records; MX is at mail.zone:7:2, and a CNAME must be alone at its name (RFC 1034 §3.6.2); remove the CNAME or the others.
      mail    CNAME   server
              ^~~~~
      """),
  BrokenFile(
    name: "no check",
    text: """
      $NODE ex1 192.0.2.11
      $NODE ex2 198.51.100.11
      $POOL access ex1 ex2
      """,
    messages: """
      mail.zone:3:7: error: the pool "access" has no check=; there is no default: a node that is not tested stays in the answers when it is down; add check= with the name of a $CHECK, or check=none if that is meant.
      $POOL access ex1 ex2
            ^~~~~~
      """),
  BrokenFile(
    name: "a watched program, a network with host bits",
    text: """
      $CHECK q exec:/usr/local/bin/queue every=5s watch=on
      $ECS 10.1.0.1/16
      """,
    messages: """
      mail.zone:1:45: error: exec checks have no option watch=; there is no port to hold a connection to; leave it out.
      $CHECK q exec:/usr/local/bin/queue every=5s watch=on
                                                  ^~~~~
      mail.zone:2:6: error: 10.1.0.1/16 has bits set after its length; it is an address in the network 10.1.0.0/16; write 10.1.0.0/16, or a greater length.
      $ECS 10.1.0.1/16
           ^~~~~~~~~~~
      """),
  BrokenFile(
    name: "umlaut in a name, forgotten quotation mark",
    text: """
      $ORIGIN kreis.example.
      müller A 192.0.2.1
      mail TXT "v=spf1 -all ; nothing else
      """,
    messages: """
      mail.zone:2:2: error: the owner name has a letter outside ASCII; in DNS such names are written in Punycode (IDNA A-label); write the form that begins with xn--, for example xn--mller-kva for müller.
      müller A 192.0.2.1
       ^
      mail.zone:3:10: error: the string that begins here has no closing quotation mark on its line; put " at its end; a quotation mark inside a string is written \\".
      mail TXT "v=spf1 -all ; nothing else
               ^
      """),
  BrokenFile(
    name: "two zones of one name",
    text: """
      $AUTHORITY ns1.a. ns2.a. contact=hostmaster.a.
      $ZONE mail.kreis.example.
      @ 60 A 192.0.2.1
      $ZONE Mail.kreis.example.
      @ 60 A 192.0.2.2
      """,
    messages: """
      mail.zone:4:7: error: the zone "Mail.kreis.example." is begun twice; it begins at mail.zone:2:1 already; put its records together in one place.
      $ZONE Mail.kreis.example.
            ^~~~~~~~~~~~~~~~~~~
      """),
]
