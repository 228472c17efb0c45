// The names that a node is handed out under, laid out so that a certificate is compared with them in a time that depends on
// the certificate, not on the names: a pool may have a hundred thousand, and every probe brings a certificate.
//
//   all ──▶ domains      names with the same parent, which a wildcard of a certificate covers at once
//    └────▶ numbers      the name of a certificate finds its own
//
// A certificate has a thousand names at most (Certificate). Those that it covers are subtracted from the sum, and the
// first few that it does not are found by passing over as many domains and names as it covers.

internal import DNS

/// Names without final dots, each once whatever its letter case.
package struct HandedOutNames: Sendable {
  /// In the order of the configuration.
  package let all: [String]
  /// The first that servers can be asked for: no wildcard. Nil if there is none.
  package let firstToAskFor: String?

  /// Of a name: its number among all, and that of its domain.
  private struct Place {
    var number: Int32
    var domain: Int32
  }

  /// By the name in lower case.
  private let places: [String: Place]
  /// Names that are an address as text; a certificate has those apart.
  private let addresses: [IPAddress: Place]
  /// The numbers of their names. The first has those that no wildcard covers: addresses and names of one label.
  private let domains: [[Int32]]
  /// By the name with the dot before it.
  private let domainNumbers: [String: Int32]

  package init(_ names: [String] = []) {
    var all: [String] = []
    var places: [String: Place] = [:]
    var addresses: [IPAddress: Place] = [:]
    var domains: [[Int32]] = [[]]
    var domainNumbers: [String: Int32] = [:]
    for name in names {
      let letters = name.comparable
      guard places[letters] == nil else { continue }
      var place = Place(number: Int32(all.count), domain: 0)
      let address = IPAddress(name)
      if address == nil, let parent = letters.parent {
        place.domain = domainNumbers[parent] ?? Int32(domains.count)
        if place.domain == domains.count {
          domainNumbers[parent] = place.domain
          domains.append([])
        }
      }
      domains[Int(place.domain)].append(place.number)
      places[letters] = place
      if let address { addresses[address] = place }
      all.append(name)
    }
    self.all = all
    firstToAskFor = all.first { !$0.hasPrefix("*") }
    self.places = places
    self.addresses = addresses
    self.domains = domains
    self.domainNumbers = domainNumbers
  }

  /// The names that a certificate does not cover (RFC 9525 §6.3): a wildcard covers the whole leftmost label and one label
  /// only. Nil if it covers all.
  package func uncovered(by certificate: Certificate) -> UncoveredNames? {
    var coveredDomains: Set<Int32> = []
    // With the domain of each.
    var coveredNames: [Int32: Int32] = [:]
    for name in certificate.dnsNames {
      let pattern = name.comparable
      if pattern.hasPrefix("*.") {
        let domain = String(pattern.dropFirst())
        // `*.example` would cover a whole top-level domain; no client accepts it.
        guard domain.dropFirst().utf8.contains(UInt8(ascii: ".")), let number = domainNumbers[domain] else { continue }
        coveredDomains.insert(number)
      } else if let place = places[pattern], IPAddress(pattern) == nil {
        coveredNames[place.number] = place.domain
      }
    }
    for address in certificate.addresses {
      if let place = addresses[address] { coveredNames[place.number] = place.domain }
    }
    let covered =
      coveredDomains.reduce(0) { $0 + domains[Int($1)].count }
      + coveredNames.values.count { !coveredDomains.contains($0) }
    guard covered < all.count else { return nil }
    let open = domains.indices.lazy.filter { !coveredDomains.contains(Int32($0)) }
    let first = open.flatMap { domains[$0].lazy.filter { coveredNames[$0] == nil } }.prefix(UncoveredNames.mostShown)
    return UncoveredNames(first: first.map { all[Int($0)] }, count: all.count - covered)
  }
}

extension HandedOutNames: Hashable {
  package static func == (one: HandedOutNames, other: HandedOutNames) -> Bool { one.all == other.all }
  package func hash(into hasher: inout Hasher) { hasher.combine(all) }
}

/// What a certificate lacks: how many names, and some of them.
package struct UncoveredNames: Hashable, Sendable {
  /// So many are named.
  package static let mostShown = 20

  /// At most `mostShown`.
  package let first: [String]
  /// Of all, at least 1.
  package let count: Int

  package init(first: [String], count: Int) {
    self.first = first
    self.count = count
  }

  package init(_ names: String...) { self.init(first: names, count: names.count) }
}

extension UncoveredNames: CustomStringConvertible {
  /// The first three, and how many more.
  package var description: String {
    let shown = first.prefix(3).joined(separator: ", ")
    return count > 3 ? "\(shown) and \(count - 3) more" : shown
  }
}

extension String {
  /// Lower case, without a final dot; most names are so already, and are not copied.
  fileprivate var comparable: String {
    let isSo = utf8.last != UInt8(ascii: ".") && utf8.allSatisfy { $0 == smallLetter($0) }
    guard !isSo else { return self }
    let letters = utf8.smallLetters
    return String(decoding: letters.last == UInt8(ascii: ".") ? letters.dropLast() : letters[...], as: UTF8.self)
  }

  /// What is after the first label, with the dot before it; nil for a name of one label.
  fileprivate var parent: String? {
    utf8.firstIndex(of: UInt8(ascii: ".")).flatMap { $0 > startIndex ? String(self[$0...]) : nil }
  }
}
