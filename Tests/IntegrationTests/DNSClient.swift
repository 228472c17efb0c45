// A DNS client of a few lines, where dig is too slow or too polite: many queries, and odd octets over TCP.

import DNS
import Linux
import TestSupport

/// A query for the A records of a name, without EDNS.
func query(_ name: String, id: UInt16) -> [UInt8] {
  Query("\(name) A").with { $0.identifier = id }.octets
}

/// The message behind its length, as TCP carries it (RFC 1035 §4.2.2).
func framed(_ message: [UInt8]) -> [UInt8] { [UInt8(message.count >> 8), UInt8(message.count & 0xFF)] + message }

/// What a test wants to know of a reply to one of these queries.
struct Reply {
  let id: UInt16
  let responseCode: UInt8
  /// The A records in their order.
  let addresses: [IPAddress]

  /// Nil for what is no reply to a single question with owner names that point at it.
  init?(_ message: [UInt8]) {
    guard message.count > 12, message[2] & 0x80 != 0, message[5] == 1 else { return nil }
    id = UInt16(message[0]) << 8 | UInt16(message[1])
    responseCode = message[3] & 0x0F
    var at = 12
    while at < message.count, message[at] != 0 { at += Int(message[at]) + 1 }
    at += 5
    var addresses: [IPAddress] = []
    // Pointer, type, class, TTL, length, four octets of address.
    for _ in 0..<Int(message[7]) {
      guard at + 16 <= message.count, message[at + 3] == 1,
        let address = IPAddress(octets: Array(message[(at + 12)..<(at + 16)]))
      else { return nil }
      addresses.append(address)
      at += 16
    }
    self.addresses = addresses
  }
}

extension ClientConnection {
  /// Reads one framed message.
  func receiveMessage() throws -> [UInt8] {
    let length = try receiveExactly(2)
    return try receiveExactly(Int(length[0]) << 8 | Int(length[1]))
  }

  private func receiveExactly(_ count: Int) throws -> [UInt8] {
    var octets: [UInt8] = []
    while octets.count < count {
      let more = try receive(atMost: count - octets.count)
      if more.isEmpty { throw DeadlinePassed(description: "the connection ended in the middle of a message") }
      octets += more
    }
    return octets
  }
}
