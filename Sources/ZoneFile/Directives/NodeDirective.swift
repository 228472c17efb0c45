// `$NODE name address… [site=label]`: a mail server.

import DNS

extension EntryReader {
  /// `$NODE name address… [site=label]`
  mutating func node() throws(Problem) -> NodeDraft {
    var node = NodeDraft(name: try firstName(of: "$NODE", "node"))
    let arguments = arguments(from: 2, of: "$NODE", known: ["site"])
    for token in arguments.words {
      do throws(Problem) {
        try add(try entry.address(token), at: token.range, to: &node)
      } catch {
        report(error)
      }
    }
    if arguments.words.isEmpty {
      report(
        Problem(
          at: node.name.range, "the node \"\(node.name.name)\" has no address",
          fix: "write its IPv4 address, its IPv6 address or both after the name"))
    }
    if let site = arguments.options.first {
      do throws(Problem) {
        node.site = try declaredName(site.token, of: "site").name
      } catch {
        report(error)
      }
    }
    return node
  }

  private mutating func add(_ address: IPAddress, at range: SourceRange, to node: inout NodeDraft) throws(Problem) {
    if let reason = address.unfitness {
      throw Problem(
        at: range, "\(address) cannot be the address of a node", why: reason,
        fix: "write the address at which clients reach the node")
    }
    if let first = node.addresses.first(where: { $0.address.family == address.family }) {
      throw Problem(
        at: range, "the node \"\(node.name.name)\" has a second \(address.family.inWords) address",
        why: "\(first.address) is its first",
        fix: "define a second node for it: each address is tested by itself")
    }
    node.addresses.append(AddressUse(address: address, range: range))
  }
}

extension IPAddress {
  /// Why no client can connect to this address; nil when one may.
  var unfitness: String? {
    let octets = octets
    guard let first = octets.first else { return "it is empty" }
    if octets.allSatisfy({ $0 == 0 }) { return "it means \"no address\"" }
    if family == .ipv4 {
      if (224...239).contains(first) { return "it is a multicast address" }
      if octets.allSatisfy({ $0 == 255 }) { return "it is the broadcast address" }
      return nil
    }
    if first == 0xFF { return "it is a multicast address" }
    if octets.prefix(10).allSatisfy({ $0 == 0 }), octets.dropFirst(10).prefix(2).allSatisfy({ $0 == 0xFF }) {
      return "it is an IPv4-mapped IPv6 address"
    }
    return nil
  }
}
