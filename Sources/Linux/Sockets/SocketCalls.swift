// What every kind of socket here is made with: open, options, bind, names.

internal import CLinux
package import DNS
internal import Glibc

extension FileDescriptor {
  /// A new socket of the address's family, closed on exec; wraps `socket(2)`.
  static func socket(
    for family: AddressFamily, type: Int32, flags: Int32 = 0
  ) throws(Errno) -> FileDescriptor {
    let domain = family == .ipv4 ? AF_INET : AF_INET6
    let socket = FileDescriptor(
      owning: try call("socket") { Glibc.socket(domain, type | flags | SocketFlag.closeOnExec, 0) })
    // Otherwise an IPv6 wildcard would take the IPv4 port as well and show its askers as ::ffff:a.b.c.d.
    if family == .ipv6 { try socket.setOption(SocketLevel.ipv6, IPV6_V6ONLY, 1) }
    return socket
  }

  /// Wraps `setsockopt(2)` for an integer.
  func setOption(_ level: Int32, _ option: Int32, _ value: Int32) throws(Errno) {
    try setOption(level, option, structure: value)
  }

  /// Wraps `setsockopt(2)` for a structure of plain numbers.
  func setOption<Value: BitwiseCopyable>(_ level: Int32, _ option: Int32, structure value: Value) throws(Errno) {
    // The kernel reads `size` octets of a value that lives for the call.
    _ = try unsafe withUnsafePointer(to: value) { (pointer) throws(Errno) in
      try call("setsockopt") { unsafe setsockopt(number, level, option, pointer, socklen_t(MemoryLayout<Value>.size)) }
    }
  }

  /// Wraps `getsockopt(2)` for a structure of plain numbers, `value` being what it is before the call.
  func option<Value: BitwiseCopyable>(_ level: Int32, _ option: Int32, into value: Value) throws(Errno) -> Value {
    var value = value
    var size = socklen_t(MemoryLayout<Value>.size)
    // The kernel writes at most `size` octets, and any bits are a value.
    _ = try unsafe withUnsafeMutablePointer(to: &value) { (pointer) throws(Errno) in
      try call("getsockopt") { unsafe getsockopt(number, level, option, pointer, &size) }
    }
    return value
  }

  /// Wraps `bind(2)`.
  func bind(to endpoint: SocketEndpoint) throws(Errno) {
    _ = try unsafe SocketAddress(endpoint).withPointer { (address, length) throws(Errno) in
      // The address outlives the call.
      try call("bind") { unsafe Glibc.bind(number, address, length) }
    }
  }

  /// Wraps `connect(2)`; a non-blocking socket throws `.inProgress` unless it is done at once.
  func connect(to endpoint: SocketEndpoint) throws(Errno) {
    _ = try unsafe SocketAddress(endpoint).withPointer { (address, length) throws(Errno) in
      // As above.
      try call("connect") { unsafe Glibc.connect(number, address, length) }
    }
  }

  /// The address a socket is bound to, with the port the kernel chose; wraps `getsockname(2)`.
  func localEndpoint() throws(Errno) -> SocketEndpoint {
    var address = SocketAddress()
    _ = try unsafe address.withMutablePointer { (address, length) throws(Errno) in
      // The kernel fills in no more than the length says.
      try call("getsockname") { unsafe getsockname(number, address, length) }
    }
    return address.endpoint
  }

  /// The address a socket is connected to; wraps `getpeername(2)`, throws ENOTCONN.
  func peerEndpoint() throws(Errno) -> SocketEndpoint {
    var address = SocketAddress()
    _ = try unsafe address.withMutablePointer { (address, length) throws(Errno) in
      // As above.
      try call("getpeername") { unsafe getpeername(number, address, length) }
    }
    return address.endpoint
  }

  /// How long a blocking call waits before it fails with EAGAIN: SO_RCVTIMEO, SO_SNDTIMEO.
  func setTimeout(_ option: Int32, _ timeout: Duration) throws(Errno) {
    let (seconds, attoseconds) = timeout.components
    // A zero would mean to wait for ever.
    let microseconds = max(attoseconds / 1_000_000_000_000, seconds > 0 ? 0 : 1)
    try setOption(SOL_SOCKET, option, structure: timeval(tv_sec: Int(seconds), tv_usec: Int(microseconds)))
  }
}

/// Whether other sockets may share the port, each with the same option and the same user: SO_REUSEPORT.
package enum PortSharing: Sendable {
  case exclusive, shared
}

/// Whether the address must be one of this host's when a socket is bound to it: IP_FREEBIND, IPV6_FREEBIND.
package enum AddressPresence: Sendable {
  case required
  /// It may be missing, or IPv6 may still be looking for another host that has it; what is sent to it arrives once it is
  /// there.
  case awaited
}

/// Whether this host has the address now; wraps `bind(2)`, so that it needs no right to ask for the list of addresses.
package func hasAddress(_ address: IPAddress) -> Bool {
  do throws(Errno) {
    let socket = try FileDescriptor.socket(for: address.family, type: SocketFlag.datagram)
    try socket.bind(to: SocketEndpoint(address, port: 0))
    return true
  } catch {
    // Whatever else is wrong says nothing of the address.
    return error != .addressNotAvailable
  }
}

extension FileDescriptor {
  /// Sets IP_FREEBIND or IPV6_FREEBIND.
  func allowMissingAddress(_ family: AddressFamily) throws(Errno) {
    switch family {
    case .ipv4: try setOption(SocketLevel.ipv4, IP_FREEBIND, 1)
    // Since Linux 4.15; before, a missing address is an error of bind(2).
    case .ipv6: try? setOption(SocketLevel.ipv6, IPV6_FREEBIND, 1)
    }
  }
}

/// The protocols whose options are set.
enum SocketLevel {
  static let ipv4 = Int32(IPPROTO_IP)
  static let ipv6 = Int32(IPPROTO_IPV6)
  static let tcp = Int32(IPPROTO_TCP)
}

/// The flags of `<bits/socket.h>` in the type that the calls take.
enum SocketFlag {
  static let closeOnExec = Int32(SOCK_CLOEXEC.rawValue)
  static let nonBlocking = Int32(SOCK_NONBLOCK.rawValue)
  static let datagram = Int32(SOCK_DGRAM.rawValue)
  static let stream = Int32(SOCK_STREAM.rawValue)
  static let doNotWait = Int32(MSG_DONTWAIT)
  static let noSignal = Int32(MSG_NOSIGNAL)
  static let waitForOne = Int32(MSG_WAITFORONE)
  static let truncated = Int32(MSG_TRUNC)
  static let controlTruncated = Int32(MSG_CTRUNC)
}
