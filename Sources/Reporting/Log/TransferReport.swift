// What became of one zone transfer.

package import DNS

/// The end of one transfer over TCP.
package struct TransferReport: Sendable {
  package enum Outcome: Sendable {
    /// The whole zone was handed to the kernel.
    case complete
    /// The connection ended before.
    case broken
    case refused
  }

  package var outcome: Outcome
  package var apex: DomainName
  package var serial: UInt32
  package var client: IPAddress
  /// Of the messages, without their two octets of length.
  package var octets: UInt64 = 0
  /// From the query to the end, in nanoseconds.
  package var duration: Int64 = 0

  package init(
    outcome: Outcome, apex: DomainName, serial: UInt32, client: IPAddress, octets: UInt64 = 0, duration: Int64 = 0
  ) {
    self.outcome = outcome
    self.apex = apex
    self.serial = serial
    self.client = client
    self.octets = octets
    self.duration = duration
  }
}
