// From the verdicts on its members to the addresses a pool hands out: the pool policy.
//
// Three rules, tried in turn until one leaves somebody:
//  1. whom all checks have proved well;
//  2. whom no check has proved down: at the start, or when this host itself cannot probe;
//  3. everybody: an empty answer is an outage for certain, a wrong check only perhaps.
// So a node that a reload brings in waits for its first check, yet nobody is missed for want of evidence.
// The rules are applied to each family by itself, since an A and an AAAA question each need an answer.

package import DNS

/// One address of a pool with what each of the pool's checks says of it.
package struct PoolMember: Hashable, Sendable {
  package let address: IPAddress
  /// One for each check of the pool; none for `check=none`, which makes the member healthy always.
  package let verdicts: [HealthState]

  package init(_ address: IPAddress, verdicts: [HealthState]) {
    self.address = address
    self.verdicts = verdicts
  }

  /// All checks gate: one that is down is enough.
  package var isDown: Bool { verdicts.contains(.down) }

  package var isProvenWell: Bool { verdicts.allSatisfy { $0 == .up } }
}

/// What a pool hands out in one family.
package struct PoolSelection: Hashable, Sendable {
  /// In the order of the members; empty only if the pool has no address of the family.
  package let addresses: [IPAddress]
  /// Nobody was healthy, so all are handed out: service is in doubt.
  package let isFailOpen: Bool
  /// Nobody is proved well, nor everybody down: this host cannot probe, or has not yet.
  package let isUnproven: Bool

  package init(of members: [PoolMember], family: AddressFamily) {
    let ofFamily = members.filter { $0.address.family == family }
    let well = ofFamily.filter(\.isProvenWell)
    let possible = well.isEmpty ? ofFamily.filter { !$0.isDown } : well
    isFailOpen = possible.isEmpty && !ofFamily.isEmpty
    isUnproven = well.isEmpty && !possible.isEmpty
    addresses = (isFailOpen ? ofFamily : possible).map(\.address)
    assert(addresses.isEmpty == ofFamily.isEmpty, "a pool with members answers")
  }
}
