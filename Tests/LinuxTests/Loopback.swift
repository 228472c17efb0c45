// What the socket tests share: loopback addresses, and waiting for conditions with a deadline.

import DNS
import Linux
import TestSupport
import Testing

/// Long enough for a machine under load; no test waits so long when things are right.
let patience = Duration.seconds(10)

/// The loopback addresses that this host has.
let loopbacks: [IPAddress] = {
  let ipv4 = IPAddress(ipv4: 127, 0, 0, 1)
  guard let ipv6 = IPAddress("::1"), hasIPv6 else {
    standardError.writeLine("NOTE: this host has no ::1; socket tests run over IPv4 only")
    return [ipv4]
  }
  return [ipv4, ipv6]
}()

let hasIPv6 = localAddresses().contains { $0 == IPAddress("::1") }

/// Waits until epoll reports something of `source`.
func wait(
  for interest: Epoll.Interest, of source: borrowing some Pollable & ~Copyable
) throws -> Epoll.Readiness {
  var epoll = try Epoll(capacity: 1)
  try epoll.add(source, token: 1, for: interest)
  let end = MonotonicClock.now() + 10_000_000_000
  while MonotonicClock.now() < end {
    if try epoll.wait(timeout: .milliseconds(100)) == 1 { return epoll.event(0).readiness }
  }
  throw Errno.timedOut
}

/// The listener's next connection.
func accept(from listener: borrowing TCPListener) throws -> Accepted {
  _ = try wait(for: .readable, of: listener)
  guard let accepted = try listener.accept() else { throw Errno.timedOut }
  return accepted
}

/// Reads once what is there; nil at the end of the stream.
func read(from connection: borrowing some StreamConnection & ~Copyable) throws -> [UInt8]? {
  _ = try wait(for: .readable, of: connection)
  var buffer = StreamBuffer(capacity: 4_096)
  var room = buffer.room()
  switch try connection.read(into: &room) {
  case .octets(let count):
    buffer.fill(count)
    return octets(buffer.contents)
  case .endOfStream: return nil
  case .wouldBlock: throw Errno.wouldBlock
  }
}

func octets(_ span: RawSpan) -> [UInt8] {
  // The span checks the bounds, and every bit pattern is an octet.
  span.byteOffsets.map { unsafe span.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
}

/// A path that no other test has.
func scratchPath(_ name: String) throws -> String {
  "/tmp/rondo-test-\(processID)-\(UInt64.random(in: 0 ... .max))-\(name)"
}
