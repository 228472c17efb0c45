// The sockets on which the daemon can be reached.

package import DNS

/// A socket on which the daemon can be reached.
package struct Listener: Hashable, Sendable {
  package enum Service: String, Sendable {
    case dnsUDP = "dns-udp"
    case dnsTCP = "dns-tcp"
    case status, control
  }

  package var service: Service
  /// `192.0.2.53:53`, `[2001:db8::53]:53`, or the path of the control socket.
  package var address: String
  /// The address that has to be one of this host's; nil for all addresses, and for a path.
  package var awaited: IPAddress?
  /// Whether it is.
  package var isPresent = true

  package init(_ service: Service, _ address: String, awaiting awaited: IPAddress? = nil) {
    self.service = service
    self.address = address
    self.awaited = awaited
  }
}
