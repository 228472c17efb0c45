// `source=address[,address]` of `$CHECK`: which of this host's addresses probes come from, at most one of each family.

import DNS

extension EntryReader {
  /// What is wrong with an address is reported, and the others are read.
  mutating func sources(_ option: Option) -> [AddressUse] {
    var sources: [AddressUse] = []
    for part in option.parts() {
      let range = part.valueRange
      do throws(Problem) {
        let address = try entry.address(part.token)
        try refuseUnfit(source: address, at: range)
        if let first = sources.first(where: { $0.address.family == address.family }) {
          throw Problem(
            at: range, "source= has a second \(address.family.inWords) address", why: "\(first.address) is its first",
            fix: "leave one of each family; a probe comes from the one of its node's family")
        }
        sources.append(AddressUse(address: address, range: range))
      } catch {
        report(error)
      }
    }
    return sources
  }

  private func refuseUnfit(source address: IPAddress, at range: SourceRange) throws(Problem) {
    let octets = address.octets
    // fe80::/10 (RFC 4291 §2.5.6)
    let isLinkLocal =
      address.family == .ipv6 && octets.first == 0xFE && octets.dropFirst().first.map { $0 & 0xC0 } == 0x80
    guard let reason = isLinkLocal ? "it means nothing without an interface" : address.unfitness else { return }
    throw Problem(
      at: range, "\(address) cannot be the source of a probe", why: reason,
      fix: "write an address of the host that runs Rondo")
  }
}

extension AddressFamily {
  /// For messages.
  var inWords: String { self == .ipv4 ? "IPv4" : "IPv6" }
}
