// `$SITE name prefix…`, `$ECS prefix…` and `$REFERENCE tcp:port address…`: where askers are, which resolvers may state it
// for others, and how this host knows that it is not cut off.

import DNS
import Model

extension EntryReader {
  // MARK: $SITE

  /// The networks of a `$SITE`, after its name.
  mutating func networks(of site: NameUse) -> [PrefixUse] {
    let networks = prefixes(arguments(from: 2, of: "$SITE", known: []).words)
    if entry.tokens.count == 2 {
      report(
        Problem(
          at: site.range, "the site \"\(site.name)\" has no network",
          fix: "write the networks its askers are in after the name, for example 10.1.0.0/16"))
    }
    return networks
  }

  /// What is wrong with one is reported, and the others are read.
  private mutating func prefixes(_ words: [Token]) -> [PrefixUse] {
    var prefixes: [PrefixUse] = []
    for token in words {
      do throws(Problem) {
        prefixes.append(PrefixUse(prefix: try prefix(token), range: token.range))
      } catch {
        report(error)
      }
    }
    return prefixes
  }

  /// `10.1.0.0/16`; an address alone is a network of one.
  private func prefix(_ token: Token) throws(Problem) -> AddressPrefix {
    let text = entry.text(token)
    let slash = text.firstIndex(of: UInt8(ascii: "/")) ?? text.endIndex
    guard let address = IPAddress(String(decoding: text[..<slash], as: UTF8.self)), !token.isQuoted else {
      throw Problem(
        at: token.range, "\"\(printable(text))\" is not a network",
        fix: "write an address, a \"/\" and the number of bits in common, for example 10.1.0.0/16 or 2001:db8:1::/48")
    }
    let most = address.octets.count * 8
    guard slash < text.endIndex else { return AddressPrefix(address: address, length: most) }
    guard let length = wholeNumber(text[(slash + 1)...]), length <= most else {
      throw Problem(
        at: token.range.part(slash + 1 - text.startIndex..<text.count),
        "\"\(printable(text[(slash + 1)...]))\" is not the length of a network", fix: "write from 0 to \(most) bits")
    }
    let prefix = AddressPrefix(address: network(of: address, length), length: length)
    guard prefix.address == address else {
      throw Problem(
        at: token.range, "\(address)/\(length) has bits set after its length",
        why: "it is an address in the network \(prefix.address)/\(length)",
        fix: "write \(prefix.address)/\(length), or a greater length")
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

  /// `$ECS prefix…`, any number of times.
  mutating func subnetSources() -> [PrefixUse] {
    let sources = prefixes(arguments(from: 1, of: "$ECS", known: []).words)
    if entry.tokens.count == 1 {
      report(
        Problem(
          at: entry.tokens[0].range, "$ECS names no network",
          fix: "write the networks of the resolvers whose client subnets are to be believed, for example 10.0.0.53"))
    }
    return sources
  }

  // MARK: $REFERENCE

  /// `$REFERENCE tcp:port address…`
  mutating func references() throws(Problem) -> [ReferenceDraft] {
    let words = arguments(from: 1, of: "$REFERENCE", known: []).words
    guard let form = words.first else {
      throw Problem(
        at: entry.tokens[0].range, "$REFERENCE does not say what it tests",
        fix: "write tcp: and a port, then addresses, for example tcp:443 192.0.2.1")
    }
    let port = try referencePort(form)
    if words.count == 1 {
      throw Problem(
        at: form.range.after, "$REFERENCE names no address",
        fix: "write hosts on the way to the other sites, for example their routers")
    }
    var references: [ReferenceDraft] = []
    for token in words.dropFirst() {
      do throws(Problem) {
        references.append(ReferenceDraft(address: try entry.address(token), port: port, range: token.range))
      } catch {
        report(error)
      }
    }
    return references
  }

  private func referencePort(_ token: Token) throws(Problem) -> UInt16 {
    let text = entry.text(token)
    guard printable(text.prefix(4)).lowercased() == "tcp:", let port = wholeNumber(text.dropFirst(4)),
      (1...65535).contains(port)
    else {
      throw Problem(
        at: token.range, "\"\(printable(text))\" does not say what a reference is tested by",
        why: "references are only to show that they can be reached", fix: "write tcp: and a port, for example tcp:443")
    }
    return UInt16(port)
  }
}
