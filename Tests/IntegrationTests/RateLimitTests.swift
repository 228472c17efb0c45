// The rate limit on real sockets: some answers give way to short ones, who comes by TCP or is exempt has them all.

import DNS
import Linux
import TestSupport
import Testing

private let zone = ZoneText.twoNodes

/// What came back of a burst.
private struct Burst {
  var whole = 0
  var short = 0
  var dropped = 0
  private static let count = 40

  /// Sends a message many times, waits until the daemon has seen all, and takes as many answers as it says it has sent.
  init(of message: [UInt8], to rondo: RunningRondo) throws {
    func counted() throws -> (queries: Int, dropped: Int, slipped: Int) {
      let answers = try rondo.statusJSON()["answers"]
      let limited = answers["rate_limited"]
      let queries = answers["queries"].array.compactMap { $0["count"].int }.reduce(0, +)
      return (queries, limited["drop"].int ?? 0, limited["slip"].int ?? 0)
    }
    let before = try counted()
    let client = try UDPClient(to: rondo.dns[0], timeout: patience)
    for _ in 0..<Burst.count { try client.send(message) }
    try wait(for: "the queries to be seen") { try counted().queries == before.queries + Burst.count }
    let after = try counted()
    dropped = after.dropped - before.dropped
    for _ in 0..<Burst.count - dropped {
      let answer = try client.receive()
      if answer[2] & 0x02 != 0 { short += 1 } else { whole += 1 }
      #expect(answer[2] & 0x02 == 0 || answer[7] == 0, "TC with records")
    }
    #expect(short == after.slipped - before.slipped)
  }
}

private func server(_ options: String...) throws -> RunningRondo {
  // One answer a second and two at once: how fast this machine is does not matter, as long as it is no slower.
  try RunningRondo(zone, options: ["--threads", "1", "--rate-limit", "1"] + options)
}

private let plain = query("mail.it.example", id: 1)

@Suite("Rate limit", .enabled(if: Tool.curl.isInstalled && Tool.dig.isInstalled))
struct RateLimitTests {
  @Test("Beyond the limit half of the answers are short, and half are not sent")
  func slips() throws {
    let burst = try Burst(of: plain, to: server())
    #expect(burst.whole >= 1 && burst.short >= 1 && burst.dropped >= 1, "\(burst)")
    // Limited ones take turns; each answer that is let through in between may begin the row anew.
    #expect(abs(burst.short - burst.dropped) <= burst.whole, "\(burst)")
  }

  @Test("With a slip of 1 all answers beyond the limit are short, and send the client to TCP, where it has the whole")
  func allSlip() throws {
    let rondo = try server("--rate-limit-slip", "1")
    let burst = try Burst(of: plain, to: rondo)
    #expect(burst.whole >= 1 && burst.short >= 1 && burst.dropped == 0, "\(burst)")
    #expect(try rondo.addresses().count == 2)
  }

  @Test("With a slip of 0 nothing goes out beyond the limit, but for TCP")
  func noSlip() throws {
    let rondo = try server("--rate-limit-slip", "0")
    let burst = try Burst(of: plain, to: rondo)
    #expect(burst.whole >= 1 && burst.short == 0 && burst.dropped >= 1, "\(burst)")
    #expect(try rondo.addresses("mail.it.example", "+tcp").count == 2)
  }

  @Test("An exempt network, and a client with a good cookie, are answered in full")
  func exemptions() throws {
    let exempt = try Burst(of: plain, to: server("--rate-limit-exempt", "127.0.0.0/8"))
    #expect(exempt.short == 0 && exempt.dropped == 0, "\(exempt)")
    let elsewhere = try Burst(of: plain, to: server("--rate-limit-exempt", "192.0.2.0/24"))
    #expect(elsewhere.short >= 1 && elsewhere.dropped >= 1, "\(elsewhere)")

    let rondo = try server()
    func asking(_ cookie: [UInt8]) -> [UInt8] {
      var message = plain + [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, UInt8(4 + cookie.count), 0, 10, 0, UInt8(cookie.count)]
      message[11] = 1
      return message + cookie
    }
    let client = try UDPClient(to: rondo.dns[0], timeout: patience)
    try client.send(asking(Array(1...8)))
    // OPT is the last record, and the cookie all that is in it.
    let cookie = try Array(client.receive().suffix(24))
    let known = try Burst(of: asking(cookie), to: rondo)
    #expect(known.whole > 2 && known.short == 0 && known.dropped == 0, "\(known)")
  }
}
