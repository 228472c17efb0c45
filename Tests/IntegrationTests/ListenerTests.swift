// Addresses of --listen that come and go while the daemon runs.

import DNS
import Foundation
import Linux
import TestSupport
import Testing

private let zone = ZoneText.twoNodes

@Suite("Listening addresses")
struct ListenerTests {
  @Test("An address that this host lacks keeps nobody from the others, and is reported")
  func missing() throws {
    let missing = SocketEndpoint(IPAddress(ipv4: 192, 0, 2, 250), port: 5_300)
    let rondo = try RunningRondo(zone, listen: ["\(missing)", "\(freshLoopback()):0"])
    let client = try UDPClient(to: rondo.dns[1], timeout: patience)
    try client.send(query("mail.it.example", id: 1))
    #expect(try #require(Reply(try client.receive())).addresses.count == 2)
    _ = try rondo.line { $0.contains(" address-missing address=192.0.2.250 ") }
    let status = try rondo.statusJSON()
    #expect(
      status["listeners"].array.filter { $0["present"].bool == false }.compactMap { $0["address"].string }
        == ["\(missing)", "\(missing)"])
    let command = try rondo.statusCommand()
    #expect(command.status == 1)
    #expect(command.output.contains("192.0.2.250 is not an address of this host"))
  }

  @Test(
    "An address is answered at once it is there, and again after it was away, by IPv4 and IPv6, UDP and TCP",
    .enabled(if: Namespace.canBeMade && Tool.dig.isInstalled && Tool.curl.isInstalled))
  func appearing() throws {
    let host = try Namespace()
    let addresses = ["192.0.2.53", "2001:db8::53"]
    let rondo = try RunningRondo(
      zone, listen: ["127.0.0.1:53", "192.0.2.53:53", "[2001:db8::53]:53"], on: host)
    for _ in 0..<2 {
      for address in addresses { try host.run("ip", "address", "add", address, "dev", "lo") }
      for address in addresses {
        for transport in ["+notcp", "+tcp"] {
          try wait(for: "an answer from \(address)") {
            let output = try host.run(
              "dig", "+short", "+time=1", "+tries=1", transport, "@\(address)", "mail.it.example")
            return output.output.contains("192.0.2.1\n")
          }
        }
        try wait(for: "the address in status") { try present(address, rondo) }
      }
      for address in addresses { try host.run("ip", "address", "delete", address, "dev", "lo") }
      for address in addresses { try wait(for: "the loss in status") { try !present(address, rondo) } }
    }
    #expect(rondo.log.count { $0.contains(" address-present address=192.0.2.53") } == 2)
    #expect(try rondo.stop().status == 0)
  }

  private func present(_ address: String, _ rondo: RunningRondo) throws -> Bool {
    try rondo.statusJSON()["listeners"].array.first { $0["address"].string?.contains(address) == true }?["present"].bool
      ?? false
  }
}
