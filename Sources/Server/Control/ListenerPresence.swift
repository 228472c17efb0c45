// Whether this host has the addresses that are listened at: one that is missing is served as soon as it is there.
//
// The sockets are bound at the start, whether or not the address is there (AddressPresence.awaited): when it comes, be it
// from DHCP, from another router or after IPv6 has made sure that it is free, the kernel gives them what is sent to it.

internal import DNS
internal import Health
internal import Linux
internal import Reporting

/// The listeners, each with what is known of its address.
struct ListenerPresence {
  /// Between two looks.
  private static let period = Duration.seconds(2)

  private(set) var all: [Listener]
  private let addresses: [IPAddress]
  private var nextLook: MonotonicTime?

  init(of listeners: [Listener]) {
    all = listeners
    addresses = Set(listeners.compactMap(\.awaited)).sorted { "\($0)" < "\($1)" }
    nextLook = addresses.isEmpty ? nil : .now
  }

  /// When `step` is next to be called; nil if it need not be.
  var nextDeadline: Int64? { nextLook?.nanoseconds }

  /// Looks at each address, a few system calls that do not wait, and logs what has changed.
  mutating func step(to now: MonotonicTime, _ log: Log) {
    guard let look = nextLook, look <= now else { return }
    nextLook = now + ListenerPresence.period
    for address in addresses {
      let isPresent = hasAddress(address)
      guard let known = all.first(where: { $0.awaited == address }), known.isPresent != isPresent else {
        continue
      }
      for index in all.indices where all[index].awaited == address {
        all[index].isPresent = isPresent
      }
      log.write(isPresent ? .addressPresent("\(address)") : .addressMissing("\(address)"))
    }
  }
}
