// What the checks have come to since the start.

package import DNS

/// Sums over all checks since the start, those of earlier configurations included.
package struct HealthCounters: Sendable {
  package var probes: UInt64 = 0
  package var failures: UInt64 = 0
  package var changes: UInt64 = 0
  /// How often new address sets went to the workers.
  package var publications: UInt64 = 0
  /// The families in which this host is cut off; the last view is kept there.
  package var isolated: [AddressFamily] = []

  package init() {}
}
