// What of a certificate matters to a check: whom it is for, and for how long (RFC 5280 §4.1).
//
//   Certificate ::= SEQUENCE { tbs SEQUENCE { [0] version, serial, algorithm, issuer, validity, subject,
//                                             key, [1] [2] unique identifiers, [3] extensions }, … }
//
// No signature is looked at: who wants to know whether a chain is to be trusted asks a TLS library.

package import DNS

/// The readable part of a certificate.
package struct Certificate: Hashable, Sendable {
  /// More than any certificate authority signs; the rest would not be looked at.
  private static let nameLimit = 1_000
  private static let commonNameOID: [UInt8] = [0x55, 0x04, 0x03]
  private static let alternativeNameOID: [UInt8] = [0x55, 0x1D, 0x11]

  /// Of the subject; for people, as no client of today goes by it.
  package private(set) var commonName: PeerText?
  /// Subject alternative names, in small letters; a first label of `*` stands for any one label.
  package private(set) var dnsNames: [String] = []
  package private(set) var addresses: [IPAddress] = []
  /// Unix times in seconds; the certificate is valid at both.
  package private(set) var notBefore: Int64
  package private(set) var notAfter: Int64

  /// Reads a certificate; nil when it is none.
  package init?(der: ArraySlice<UInt8>) {
    var outer = DERReader(der)
    guard let whole = outer.next(DERReader.Tag.sequence) else { return nil }
    var signed = DERReader(whole)
    guard let content = signed.next(DERReader.Tag.sequence) else { return nil }
    var fields = DERReader(content)
    _ = fields.optional(DERReader.Tag.explicit(0))
    // Serial number, algorithm, issuer.
    guard fields.next() != nil, fields.next() != nil, fields.next() != nil,
      let validity = fields.next(DERReader.Tag.sequence), let subject = fields.next(DERReader.Tag.sequence),
      fields.next(DERReader.Tag.sequence) != nil
    else { return nil }
    var times = DERReader(validity)
    guard let notBefore = times.next().flatMap(CivilTime.seconds),
      let notAfter = times.next().flatMap(CivilTime.seconds)
    else { return nil }
    self.notBefore = notBefore
    self.notAfter = notAfter
    commonName = Certificate.commonName(in: subject)
    while let field = fields.next() {
      if field.tag == DERReader.Tag.explicit(3) { readExtensions(field.content) }
    }
  }

  /// The last one, which is the most specific (RFC 9525 §1.8 speaks of it as CN-ID).
  private static func commonName(in subject: ArraySlice<UInt8>) -> PeerText? {
    var found: PeerText?
    var sets = DERReader(subject)
    while let set = sets.next(DERReader.Tag.set) {
      var attributes = DERReader(set)
      while let attribute = attributes.next(DERReader.Tag.sequence) {
        var parts = DERReader(attribute)
        guard let type = parts.next(DERReader.Tag.objectIdentifier), type.elementsEqual(commonNameOID),
          let value = parts.next()
        else { continue }
        found = PeerText(value.content)
      }
    }
    return found
  }

  private mutating func readExtensions(_ content: ArraySlice<UInt8>) {
    var outer = DERReader(content)
    guard let list = outer.next(DERReader.Tag.sequence) else { return }
    var extensions = DERReader(list)
    while let item = extensions.next(DERReader.Tag.sequence) {
      var parts = DERReader(item)
      guard let type = parts.next(DERReader.Tag.objectIdentifier),
        type.elementsEqual(Certificate.alternativeNameOID)
      else { continue }
      // A mark that the extension is critical may stand between.
      while let part = parts.next() {
        if part.tag == DERReader.Tag.octetString { readAlternativeNames(part.content) }
      }
    }
  }

  private mutating func readAlternativeNames(_ content: ArraySlice<UInt8>) {
    var outer = DERReader(content)
    guard let list = outer.next(DERReader.Tag.sequence) else { return }
    var names = DERReader(list)
    while let name = names.next(), dnsNames.count + addresses.count < Certificate.nameLimit {
      switch name.tag {
      case DERReader.Tag.implicit(2): dnsNames.append(String(decoding: name.content.smallLetters, as: UTF8.self))
      case DERReader.Tag.implicit(7):
        if let address = IPAddress(octets: Array(name.content)) { addresses.append(address) }
      default: break
      }
    }
  }

  /// Whether a client that asked for `name` accepts the certificate (RFC 9525 §6.3): a wildcard stands for the whole
  /// leftmost label and for one label only.
  package func covers(_ name: String) -> Bool {
    if let address = IPAddress(name) { return addresses.contains(address) }
    let wanted = withoutFinalDot(name.utf8.smallLetters)
    return dnsNames.contains { pattern in
      let pattern = withoutFinalDot(Array(pattern.utf8))
      guard pattern.starts(with: [UInt8(ascii: "*"), UInt8(ascii: ".")]) else { return pattern == wanted }
      guard let dot = wanted.firstIndex(of: UInt8(ascii: ".")), dot > 0 else { return false }
      // `*.example` would speak for a whole top-level domain; no client takes it.
      let domain = pattern.dropFirst()
      return domain.dropFirst().contains(UInt8(ascii: ".")) && wanted[dot...] == domain
    }
  }
}

private func withoutFinalDot(_ name: [UInt8]) -> [UInt8] {
  name.last == UInt8(ascii: ".") ? name.dropLast() : name
}
