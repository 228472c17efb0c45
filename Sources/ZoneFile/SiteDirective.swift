// `$SITE name prefix…`, `$ECS prefix…` and `$REFERENCE tcp:port address…`: where askers are, who may tell it for others,
// and how this host knows that it is not cut off.

import DNS
import Model

struct SiteDraft: Sendable {
  var name: NameUse
  var prefixes: [(prefix: AddressPrefix, range: SourceRange)] = []
}

struct ReferenceDraft: Sendable {
  var address: IPAddress
  var port: UInt16
  var range: SourceRange
}

extension ConfigurationReader {
  // MARK: $SITE

  /// `$SITE name prefix…`
  mutating func readSite() throws(Problem) {
    var fields = FieldReader(entry, from: 1, origin: nil, subject: "$SITE")
    var site = SiteDraft(name: try declaredName(try fields.next("the name of the site"), of: "site"))
    if let earlier = draft.siteIndex[site.name.name].map({ draft.sites[$0] }) {
      throw Problem(
        at: site.name.range, "the site \"\(site.name.name)\" is defined twice",
        why: "its first definition is at \(log.place(of: earlier.name.range))",
        mend: "put its networks together in one place")
    }
    for token in arguments(from: 2, of: "$SITE", known: [], later: [:]).words {
      do throws(Problem) {
        try add(try readPrefix(token), at: token.range, to: &site)
      } catch {
        report(error)
      }
    }
    if entry.tokens.count == 2 {
      report(
        Problem(
          at: site.name.range, "the site \"\(site.name.name)\" has no network",
          mend: "write the networks its askers are in behind the name, for example 10.1.0.0/16"))
    }
    draft.siteIndex[site.name.name] = draft.sites.count
    draft.sites.append(site)
  }

  private mutating func add(
    _ prefix: AddressPrefix, at range: SourceRange, to site: inout SiteDraft
  ) throws(Problem) {
    if let earlier = draft.siteOfPrefix[prefix] {
      throw Problem(
        at: range, "this network belongs to the site \"\(earlier.site)\" already",
        why: "it is listed at \(log.place(of: earlier.range))", mend: "remove one of them")
    }
    draft.siteOfPrefix[prefix] = (site.name.name, range)
    site.prefixes.append((prefix, range))
  }

  /// `10.1.0.0/16`; an address alone is a network of one.
  private func readPrefix(_ token: Token) throws(Problem) -> AddressPrefix {
    let text = entry.text(token)
    let slash = text.firstIndex(of: UInt8(ascii: "/")) ?? text.endIndex
    guard let address = IPAddress(String(decoding: text[..<slash], as: UTF8.self)), !token.isQuoted else {
      throw Problem(
        at: token.range, "\"\(printable(text))\" is not a network",
        mend: "write an address, a \"/\" and the number of bits in common, for example 10.1.0.0/16 or 2001:db8:1::/48")
    }
    let most = address.octets.count * 8
    guard slash < text.endIndex else { return AddressPrefix(address: address, length: most) }
    guard let length = smallNumber(text[(slash + 1)...]), length <= most else {
      throw Problem(
        at: token.range.part(slash + 1 - text.startIndex..<text.count),
        "\"\(printable(text[(slash + 1)...]))\" is not the length of a network", mend: "write from 0 to \(most) bits")
    }
    let prefix = AddressPrefix(address: network(of: address, length), length: length)
    guard prefix.address == address else {
      throw Problem(
        at: token.range, "\(address)/\(length) has bits set behind its length",
        why: "it is an address in the network \(prefix.address)/\(length)",
        mend: "write \(prefix.address)/\(length), or a greater length")
    }
    return prefix
  }

  private func network(of address: IPAddress, _ length: Int) -> IPAddress {
    let octets = address.octets.enumerated().map { index, octet in
      octet & ~UInt8(truncatingIfNeeded: 0xFF >> min(max(length - 8 * index, 0), 8))
    }
    return IPAddress(octets: octets) ?? address
  }

  // MARK: $ECS

  /// `$ECS prefix…`, as often as one likes.
  mutating func readSubnetSources(_ first: Token) throws(Problem) {
    for token in arguments(from: 1, of: "$ECS", known: [], later: [:]).words {
      do throws(Problem) {
        let prefix = try readPrefix(token)
        if let same = draft.subnetSourceRanges[prefix] {
          throw Problem(
            at: token.range, "this network is believed already", why: "it is listed at \(log.place(of: same))",
            mend: "remove one of them")
        }
        draft.subnetSourceRanges[prefix] = token.range
        draft.subnetSources.append((prefix, token.range))
      } catch {
        report(error)
      }
    }
    if entry.tokens.count == 1 {
      throw Problem(
        at: first.range, "$ECS names no network",
        mend: "write the networks of the resolvers whose client subnets are to be believed, for example 10.0.0.53")
    }
  }

  // MARK: $REFERENCE

  /// `$REFERENCE tcp:port address…`
  mutating func readReference(_ first: Token) throws(Problem) {
    let words = arguments(from: 1, of: "$REFERENCE", known: [], later: [:]).words
    guard let form = words.first else {
      throw Problem(
        at: first.range, "$REFERENCE does not say what it tests",
        mend: "write tcp: and a port, then addresses, for example tcp:443 192.0.2.1")
    }
    let port = try referencePort(form)
    if words.count == 1 {
      throw Problem(
        at: form.range.behind, "$REFERENCE names no address",
        mend: "write hosts on the way to the other sites, for example their routers")
    }
    for token in words.dropFirst() {
      do throws(Problem) {
        let reference = ReferenceDraft(address: try readAddress(token, entry), port: port, range: token.range)
        if let earlier = draft.referenceRanges[reference.address] {
          throw Problem(
            at: token.range, "\(reference.address) is a reference already",
            why: "it is named at \(log.place(of: earlier))", mend: "remove one of them")
        }
        draft.referenceRanges[reference.address] = token.range
        draft.references.append(reference)
      } catch {
        report(error)
      }
    }
  }

  private func referencePort(_ token: Token) throws(Problem) -> UInt16 {
    let text = entry.text(token)
    guard printable(text.prefix(4)).lowercased() == "tcp:", let port = smallNumber(text.dropFirst(4)),
      (1...65535).contains(port)
    else {
      throw Problem(
        at: token.range, "\"\(printable(text))\" does not say what a reference is tested by",
        why: "references are only to show that they can be reached", mend: "write tcp: and a port, for example tcp:443")
    }
    return UInt16(port)
  }

  // MARK: Looking up

  func resolveSites() -> [Site] {
    draft.sites.map {
      Site(name: $0.name.name, prefixes: $0.prefixes.map(\.prefix), location: log.location(of: $0.name.range))
    }
  }

  /// A reference that is a node too would witness for itself.
  mutating func resolveReferences() -> [Reference] {
    var nodes: [IPAddress: String] = [:]
    for node in draft.nodes {
      for (address, _) in node.addresses where nodes[address] == nil { nodes[address] = node.name.name }
    }
    for reference in draft.references {
      guard let node = nodes[reference.address] else { continue }
      report(
        Problem(
          at: reference.range, "the reference \(reference.address) is the node \"\(node)\"",
          why: "a node that fails is no sign that this host is cut off",
          mend: "name a host that is up whatever happens to the nodes, for example a router"))
    }
    return draft.references.map {
      Reference(address: $0.address, port: $0.port, location: log.location(of: $0.range))
    }
  }

  /// `prefer=site` needs to know where askers are, and where nodes are.
  mutating func checkPreference(_ options: PoolOptions, members: [Int]) {
    guard options.policy.preference == .site, let range = options.ranges["prefer"] else { return }
    if draft.sites.isEmpty {
      report(
        Problem(
          at: range, "prefer=site needs $SITE, and there is none", why: "nobody knows where askers are",
          mend: "add for each site a line such as $SITE nord 10.1.0.0/16"))
    } else if members.allSatisfy({ draft.nodes[$0].site == nil }) {
      report(
        Problem(
          at: range, "prefer=site needs nodes that say where they are", mend: "add site= to the $NODE of the members"))
    }
  }
}
