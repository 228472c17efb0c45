// Counting the connections of each source: never too few.

import DNS
import Testing

@testable import Server

struct ConnectionSourcesTests {
  @Test("A source that has its share is always suspected, and one that has left everything as a rule is not")
  func counts() {
    var random = KeyedRandom()
    var sources = ConnectionSources(workerCount: 4)
    var open: [ClientAddress: Int] = [:]
    let clients = (0..<300).map { number in
      number % 2 == 0
        ? ClientAddress(ipv4: UInt32.random(in: 0 ... .max, using: &random))
        : ClientAddress(ipv6High: 0x2001_0db8_0000_0000 | UInt64(number) << 8, low: random.next())
    }.map(ConnectionSources.source)
    for _ in 0..<20_000 {
      guard let source = clients.randomElement(using: &random) else { break }
      if Bool.random(using: &random) {
        sources.enter(source)
        open[source, default: 0] += 1
      } else if let count = open[source], count > 0 {
        sources.leave(source)
        open[source] = count - 1
      }
      if open[source, default: 0] >= sources.share { #expect(sources.mayBeFull(source)) }
    }
    for (source, count) in open { for _ in 0..<count { sources.leave(source) } }
    #expect(clients.allSatisfy { !sources.mayBeFull($0) }, "nothing is left")
  }

  @Test("Sources are distinguished: addresses in a row meet no more often than chance has it")
  func apart() {
    for isIPv6 in [false, true] {
      var sources = ConnectionSources(workerCount: 4)
      func source(_ number: UInt32) -> ClientAddress {
        ConnectionSources.source(
          of: isIPv6
            ? ClientAddress(ipv6High: 0x2001_0db8_0000_0000 | UInt64(number) << 8, low: 1)
            : ClientAddress(ipv4: 0x0A00_0000 | number))
      }
      for _ in 0..<sources.share { sources.enter(source(0)) }
      #expect((1..<4_096).count { sources.mayBeFull(source($0)) } < 40)
    }
  }

  @Test("An IPv6 customer is one source, whatever address of its /56 it comes from")
  func customer() {
    let one = ClientAddress(ipv6High: 0x2001_0db8_0001_0203, low: 4)
    let other = ClientAddress(ipv6High: 0x2001_0db8_0001_02FF, low: 5)
    #expect(ConnectionSources.source(of: one) == ConnectionSources.source(of: other))
    let neighbour = ClientAddress(ipv6High: 0x2001_0db8_0001_0303, low: 4)
    #expect(ConnectionSources.source(of: one) != ConnectionSources.source(of: neighbour))
  }
}
