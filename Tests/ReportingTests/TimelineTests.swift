// `rondo timeline`: the text for a terminal word by word, and the figures behind it.

import Model
import TestSupport
import Testing
import ZoneFile

@testable import Answering
@testable import Health
@testable import Policy
@testable import Reporting

func configuration(_ lines: String) throws -> Configuration {
  let head = """
    $ORIGIN t.example.
    $TTL 1h
    @ SOA ns1.o.example. hostmaster ( 1 1h 15m 1w 10 )
      NS ns1.o.example.
      NS ns2.o.example.

    """
  return try TestSupport.configuration(head + lines + "\n", file: "t.zone")
}

@Suite("Timeline")
struct TimelineTests {
  @Test("Names that share pool and TTL share a block; where the seconds come from, and what makes them fewer")
  func text() throws {
    let timeline = Timeline(
      try configuration(
        """
        $NODE ex1 192.0.2.1 2001:db8::1
        $NODE ex2 192.0.2.2
        $CHECK owa https:443/health watch=on
        $CHECK mta smtp:25 every=20s timeout=3s
        $POOL access ex1 ex2 check=owa,mta
        mail 60 ROTATE access
        autodiscover 60 ROTATE access
        """))
    #expect(
      String(decoding: timeline.text, as: UTF8.self) == """
        Worst case from a fault of one node until no cache hands it out any more,
        while another node is healthy.

        mail.t.example, autodiscover.t.example
          TTL 60 s, pool access: ex1 ex2
          tested by owa (https:443/health), mta (smtp:25)

          FAULT                          OUT OF THE ANSWERS  LAST CACHED COPY EXPIRES
          owa: refuses or fails at once  after 7 s           after 67 s
          owa: stops, connection held    after 1.02 s        after 61.02 s
          owa: no answer in time         after 11 s          after 71 s
          mta: refuses or fails at once  after 22 s          after 82 s
          mta: no answer in time         after 29 s          after 89 s
          host silent                    after 11 s          after 71 s

          The 89 s of "mta: no answer in time":
            20 s  until the next probe starts (every=20s)
             6 s  2 more until the last of fall=3 starts (timeout=3s)
             3 s  until that one has failed (timeout=3s)
            60 s  the TTL of the last answer before, in caches
          Shorter: the TTL is the largest part;
            write 30 before ROTATE, and it is 59 s.
          "Connection held" is milliseconds as a rule; it holds while the server leaves
          the idle connection of watch=on open, otherwise the line above it.
          "Host silent" assumes another host that answers within 100 ms; if all
          others need their whole timeout it is 13.25 s. When all fall silent together
          this host is cut off, and no node is taken out.
          In IPv6 ex1 is alone: it is handed out even when it is down.

        Caches that keep an answer for longer than its TTL are not bounded by anything
        here: one that keeps every answer for at least 5 minutes goes on with the failed
        node for 300 s instead of the TTL, one that ignores TTLs until it is restarted.
        Clients that try the next address of an answer get through all the while.

        """)
  }

  @Test("Weights: what clients get of them behind one, two and many resolvers, as written and with answers=1")
  func weights() throws {
    func shown(_ pool: String) throws -> String {
      let text = "$NODE ex1 192.0.2.1\n$NODE ex2 192.0.2.2\nmail 60 ROTATE \(pool) check=none"
      return String(decoding: Timeline(try configuration(text)).text, as: UTF8.self)
    }
    #expect(try !shown("ex1 ex2").contains("Weights"))
    #expect(try !shown("ex1*9 ex2 order=fixed").contains("Weights"))
    let several = try shown("ex1*9 ex2")
    #expect(
      several.contains(
        """
          NODE  WEIGHT  1 RESOLVER    2 RESOLVERS   50 RESOLVERS
          ex1   90 %    50 % (50-50)  50 % (50-50)  50 % (50-50)
          ex2   10 %    50 % (50-50)  50 % (50-50)  50 % (50-50)

          A resolver gives the 2 addresses of an answer in turn, each to as many
        """), "\(several)")
    #expect(several.split(separator: "\n").allSatisfy { $0.count <= 80 })
    let one = try shown("ex1*9 ex2 answers=1")
    #expect(!one.contains("50 % (50-50)") && one.contains("  ex2   10 %    10 % (0-100)"), "\(one)")
    #expect(several.contains("  ex2   10 %    10 % (0-100)"), "with answers=1")
  }

  @Test("A tcp check does not see a service that hangs, and check=none sees nothing")
  func blindness() throws {
    let timeline = Timeline(
      try configuration(
        """
        $NODE ex1 192.0.2.1
        $NODE ex2 192.0.2.2
        $CHECK port tcp:443 every=1s
        mail 10 ROTATE ex1 ex2 check=port
        old 10 ROTATE ex1 ex2 check=none
        """))
    let text = String(decoding: timeline.text, as: UTF8.self)
    #expect(text.contains("A service that hangs while its port is open is not seen"))
    #expect(!text.contains("no answer in time"))
    #expect(text.contains("old.t.example\n  TTL 10 s, pool old.t.example: ex1 ex2\n  These nodes are not tested"))
    #expect(timeline.groups.map(\.faults.count) == [2, 0])
    #expect(timeline.groups[1].worst == nil && timeline.groups[1].hint == nil)
  }

  @Test("The parts add up to the bound, whatever the check", arguments: 1...6, [1, 3, 10])
  func parts(fall: Int, every: Int) throws {
    let timeline = Timeline(
      try configuration(
        """
        $NODE ex1 192.0.2.1
        $NODE ex2 192.0.2.2
        $CHECK web http:80/ every=\(every)s timeout=900ms fall=\(fall) fast=700ms
        mail 30 ROTATE ex1 ex2 check=web
        """))
    let group = try #require(timeline.groups.first)
    for fault in group.faults {
      let parts = fault.parts
      #expect(parts.firstStart + parts.furtherStarts + parts.answer + parts.witness == fault.detection)
      #expect(group.end(of: fault) == fault.detection + .seconds(30))
    }
    let silent = try #require(group.faults.last)
    #expect(silent.detection == silent.plan.slowestDetection(witnessWithin: CheckPlan.quickWitness))
    #expect(group.besideSlow == silent.plan.slowestDetection(witnessWithin: .milliseconds(900)))
    let refusal = try #require(group.faults.first)
    #expect(refusal.detection == refusal.plan.slowestDetection(answer: .zero))
  }

  @Test("References are the witnesses where there are any, else other nodes; a program needs none")
  func witnesses() throws {
    func witness(_ lines: String) throws -> Duration? {
      let nodes = "$NODE ex1 192.0.2.1\n$NODE ex2 192.0.2.2\n"
      return Timeline(try configuration(nodes + lines)).groups.first?.faults.last?.witnessTimeout
    }
    let web = "$CHECK web http:80/ timeout=4s\nmail 30 ROTATE ex1 ex2 check=web\n"
    #expect(try witness(web) == .seconds(4))
    #expect(try witness(web + "$REFERENCE tcp:53 192.0.2.53 192.0.2.54") == .seconds(2))
    #expect(try witness("$CHECK web exec:/bin/true\nmail 30 ROTATE ex1 ex2 check=web") == nil)
  }

  @Test("every=1s timeout=1s fall=1: a silent host is out after 2 s, beside slow ones after 3.75 s; alone it is in")
  func quickest() throws {
    let check = "$CHECK web tcp:80 every=1s timeout=1s fall=1\n"
    let two = Timeline(
      try configuration("$NODE ex1 192.0.2.1\n$NODE ex2 192.0.2.2\n\(check)mail 30 ROTATE ex1 ex2 check=web"))
    let group = try #require(two.groups.first)
    #expect(group.faults.last?.kind == .silent && group.faults.last?.detection == .seconds(2))
    #expect(group.besideSlow == .milliseconds(3_750))
    let text = String(decoding: two.text, as: UTF8.self)
    #expect(text.contains("it is 3.75 s. When all fall silent together\n  this host is cut off, and no node is"))
    let one = Timeline(try configuration("$NODE ex1 192.0.2.1\n\(check)mail 30 ROTATE ex1 check=web"))
    #expect(one.groups.first?.besideSlow == nil)
    #expect(!String(decoding: one.text, as: UTF8.self).contains("assumes another host"))
  }

  @Test("The hint names the largest part that can be shorter")
  func hints() throws {
    func hint(_ ttl: Int, _ options: String) throws -> String? {
      Timeline(
        try configuration(
          "$NODE a 192.0.2.1\n$NODE b 192.0.2.2\n$CHECK w http:80/ \(options)\nm \(ttl) ROTATE a b check=w")
      ).groups.first?.hint?.change
    }
    #expect(try hint(3600, "") == "write 60 before ROTATE")
    #expect(try hint(15, "") == "write 10 before ROTATE")
    #expect(try hint(10, "every=30s timeout=2s") == "write every=15s at the check w")
    #expect(try hint(10, "fall=20") == "write fall=2 at the check w")
    #expect(try hint(10, "every=5s timeout=5s fall=1 jitter=0") == "write timeout=2500ms at the check w")
  }

  @Test("The JSON has an entry for each name, in milliseconds")
  func json() throws {
    let timeline = Timeline(
      try configuration("$NODE a 192.0.2.1\n$CHECK w tcp:25\nm 30 ROTATE a check=w\nn 30 ROTATE a check=none"))
    #expect(
      String(decoding: timeline.json, as: UTF8.self) == """
        {
          "schema": 1,
          "names": [
            {
              "name": "m.t.example.",
              "ttl_s": 30,
              "pool": "m.t.example",
              "nodes": [
                "a"
              ],
              "checks": [
                "w"
              ],
              "worst_ms": 41000,
              "silent_beside_slow_ms": null,
              "faults": [
                {
                  "fault": "stops",
                  "check": "w",
                  "first_probe_ms": 5000,
                  "more_probes_ms": 2000,
                  "timeout_ms": 0,
                  "witness_ms": 0,
                  "detection_ms": 7000,
                  "last_cached_ms": 37000
                },
                {
                  "fault": "silent",
                  "check": "w",
                  "first_probe_ms": 5000,
                  "more_probes_ms": 4000,
                  "timeout_ms": 2000,
                  "witness_ms": 0,
                  "detection_ms": 11000,
                  "last_cached_ms": 41000
                }
              ],
              "weights": null,
              "hint": "the TTL is the largest part; write 15 before ROTATE"
            },
            {
              "name": "n.t.example.",
              "ttl_s": 30,
              "pool": "n.t.example",
              "nodes": [
                "a"
              ],
              "checks": [],
              "worst_ms": null,
              "silent_beside_slow_ms": null,
              "faults": [],
              "weights": null,
              "hint": null
            }
          ]
        }

        """)
  }
}
