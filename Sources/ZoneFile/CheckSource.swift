// `source=address[,address]` of `$CHECK`: which of this host's addresses probes come from, at most one of each family.

import DNS
import Model

extension ConfigurationReader {
  /// What is wrong with an address is reported, and the others are read.
  mutating func readSources(_ option: Option) -> [AddressUse] {
    var sources: [AddressUse] = []
    var at = 0
    for part in option.value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      let range = option.valueRange.part(at..<at + part.count)
      at += part.count + 1
      do throws(Problem) {
        let address = try readAddress(Token(range: range, isQuoted: false), entry)
        try refuseUnfit(source: address, at: range)
        if let first = sources.first(where: { $0.address.family == address.family }) {
          throw Problem(
            at: range, "source= has a second \(address.family.inWords) address", why: "\(first.address) is its first",
            mend: "leave one of each family; a probe comes from the one of its node's family")
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
    guard let reason = isLinkLocal ? "it means nothing without an interface" : unfit(address) else { return }
    throw Problem(
      at: range, "\(address) cannot be the source of a probe", why: reason,
      mend: "write an address of the host that runs Rondo")
  }

  /// An address that no probe could ever come from is a slip: a pool tests nodes of the other family only.
  mutating func checkSources(of configuration: Configuration) {
    // For each check the families that the nodes it tests have.
    var families: [Int: Set<AddressFamily>] = [:]
    for pool in configuration.pools {
      let ofPool = Set(pool.members.flatMap { configuration.nodes[$0].addresses.map(\.family) })
      for check in pool.checks { families[check, default: []].formUnion(ofPool) }
    }
    for (check, draft) in draft.checks.enumerated() where !draft.sources.isEmpty {
      guard let families = families[check], !families.isEmpty else { continue }
      for source in draft.sources {
        let family = source.address.family
        if families.contains(family) { continue }
        report(
          Problem(
            at: source.range, "no node that \"\(draft.name.name)\" tests has an \(family.inWords) address",
            why: "a probe comes from the address of its node's family", mend: "leave \(source.address) out"))
      }
    }
  }
}

extension AddressFamily {
  /// For messages.
  var inWords: String { self == .ipv4 ? "IPv4" : "IPv6" }
}
