// What the wire saw: tcpdump on a host, and the packets that it wrote.

import DNS
import Foundation
import Linux
import TestSupport

extension Tool {
  static let tcpdump = Tool("tcpdump")
}

/// A packet of IPv4 with UDP or TCP, as it passed.
struct CapturedPacket {
  /// Seconds since 1970.
  let time: Double
  let source: IPAddress
  let destination: IPAddress
  let isTCP: Bool
  /// Of TCP.
  let flags: UInt8
  let payload: [UInt8]

  /// The DNS message in it; nil if there is none, or not a whole one.
  var message: Message? {
    guard isTCP else { return try? Message(payload) }
    guard payload.count > 2, payload.count == 2 + Int(payload[0]) << 8 + Int(payload[1]) else { return nil }
    return try? Message(Array(payload[2...]))
  }
}

/// A running tcpdump.
final class PacketCapture {
  private let process: ChildProcess
  private let scratch: Scratch

  /// - Parameter filter: in the words of pcap-filter(7).
  init(on host: PatchDayHost, _ filter: String) throws {
    scratch = try Scratch()
    process = try ChildProcess(
      host.namespace.prefix + [
        "tcpdump", "--immediate-mode", "-U", "-n", "-s", "0", "-Z", "root", "-i", host.device, "-w",
        scratch.file("packets"), filter,
      ])
    try wait(for: "tcpdump") {
      guard process.isRunning else { throw DeadlinePassed(description: "tcpdump has ended: \(process.errors)") }
      return process.errors.contains("listening on")
    }
  }

  /// Ends it; what it has seen, in order.
  func finish() throws -> [CapturedPacket] {
    process.send(SIGTERM)
    let result = try process.finish()
    guard result.errors.contains("\n0 packets dropped by kernel") else {
      throw DeadlinePassed(description: "tcpdump has missed packets: \(result.errors)")
    }
    let octets = [UInt8](FileManager.default.contents(atPath: scratch.file("packets")) ?? Data())
    return try PacketCapture.packets(in: octets)
  }

  /// Reads a file of libpcap in the order of octets of this machine, with microseconds, of Ethernet.
  private static func packets(in file: [UInt8]) throws -> [CapturedPacket] {
    func number(_ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(file[at + $1]) << (8 * $1) } }
    guard file.count >= 24, number(0) == 0xA1B2_C3D4, number(20) == 1 else {
      throw DeadlinePassed(description: "tcpdump has written another kind of file")
    }
    var packets: [CapturedPacket] = []
    var at = 24
    while at + 16 <= file.count {
      let length = number(at + 8)
      guard at + 16 + length <= file.count else { break }
      let time = Double(number(at)) + Double(number(at + 4)) / 1_000_000
      if let packet = CapturedPacket(Array(file[at + 16..<at + 16 + length]), at: time) { packets.append(packet) }
      at += 16 + length
    }
    return packets
  }
}

extension CapturedPacket {
  /// Nil for anything but UDP and TCP over IPv4.
  fileprivate init?(_ frame: [UInt8], at time: Double) {
    guard frame.count >= 34, frame[12] == 8, frame[13] == 0, frame[14] >> 4 == 4 else { return nil }
    let transport = 14 + 4 * Int(frame[14] & 0xF)
    let end = 14 + Int(frame[16]) << 8 + Int(frame[17])
    guard end <= frame.count, let source = IPAddress(octets: Array(frame[26..<30])),
      let destination = IPAddress(octets: Array(frame[30..<34]))
    else { return nil }
    self.time = time
    self.source = source
    self.destination = destination
    switch frame[23] {
    case 17 where transport + 8 <= end:
      (isTCP, flags) = (false, 0)
      payload = Array(frame[transport + 8..<end])
    case 6 where transport + 20 <= end:
      isTCP = true
      flags = frame[transport + 13]
      let start = transport + 4 * Int(frame[transport + 12] >> 4)
      payload = start <= end ? Array(frame[start..<end]) : []
    default: return nil
    }
  }
}
