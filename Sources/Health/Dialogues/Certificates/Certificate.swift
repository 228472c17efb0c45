// What of a certificate matters to a check: whom it is for, and for how long (RFC 5280 §4.1).
//
//   Certificate ::= SEQUENCE { tbs SEQUENCE { [0] version, serial, algorithm, issuer, validity, subject,
//                                             key, [1] [2] unique identifiers, [3] extensions }, … }
//
// Signatures are not checked: whether a chain is to be trusted is for a TLS library to say.

package import DNS

/// The readable part of a certificate.
package struct Certificate: Hashable, Sendable {
  /// More than any certificate authority signs; the rest is not read.
  private static let nameLimit = 1_000
  private static let commonNameOID: [UInt8] = [0x55, 0x04, 0x03]
  private static let alternativeNameOID: [UInt8] = [0x55, 0x1D, 0x11]

  /// Of the subject; for people only, since no client of today matches it.
  package private(set) var commonName: PeerText?
  /// Subject alternative names, in small letters; a first label of `*` stands for any one label.
  package private(set) var dnsNames: [String] = []
  package private(set) var addresses: [IPAddress] = []
  /// Unix times in seconds; the certificate is valid at both.
  package private(set) var notBefore: Int64
  package private(set) var notAfter: Int64

  /// Reads a certificate; nil when the octets are none, or break off anywhere in what is read: half a list of names
  /// would pass for a whole one.
  package init?(der: ArraySlice<UInt8>) {
    do {
      try self.init(strictly: der)
    } catch {
      return nil
    }
  }

  private init(strictly der: ArraySlice<UInt8>) throws(DERReader.Malformed) {
    var outer = DERReader(der)
    var signed = DERReader(try outer.next(DERReader.Tag.sequence))
    guard outer.isAtEnd else { throw DERReader.Malformed() }
    var fields = DERReader(try signed.next(DERReader.Tag.sequence))
    try fields.skip(optional: DERReader.Tag.explicit(0))
    // Serial number, algorithm, issuer.
    for _ in 0..<3 { try fields.skip() }
    var times = DERReader(try fields.next(DERReader.Tag.sequence))
    let subject = try fields.next(DERReader.Tag.sequence)
    // The key.
    _ = try fields.next(DERReader.Tag.sequence)
    guard let notBefore = try times.next().flatMap(CertificateTime.seconds),
      let notAfter = try times.next().flatMap(CertificateTime.seconds)
    else { throw DERReader.Malformed() }
    self.notBefore = notBefore
    self.notAfter = notAfter
    commonName = try Certificate.commonName(in: subject)
    while let field = try fields.next() {
      if field.tag == DERReader.Tag.explicit(3) { try readExtensions(field.content) }
    }
  }

  /// The last one, which is the most specific (RFC 9525 §1.8 speaks of it as CN-ID).
  private static func commonName(in subject: ArraySlice<UInt8>) throws(DERReader.Malformed) -> PeerText? {
    var found: PeerText?
    var sets = DERReader(subject)
    while !sets.isAtEnd {
      var attributes = DERReader(try sets.next(DERReader.Tag.set))
      while !attributes.isAtEnd {
        var parts = DERReader(try attributes.next(DERReader.Tag.sequence))
        guard try parts.next(DERReader.Tag.objectIdentifier).elementsEqual(commonNameOID) else { continue }
        if let value = try parts.next() { found = PeerText(value.content) }
      }
    }
    return found
  }

  private mutating func readExtensions(_ content: ArraySlice<UInt8>) throws(DERReader.Malformed) {
    var outer = DERReader(content)
    var extensions = DERReader(try outer.next(DERReader.Tag.sequence))
    while !extensions.isAtEnd {
      var parts = DERReader(try extensions.next(DERReader.Tag.sequence))
      let type = try parts.next(DERReader.Tag.objectIdentifier)
      guard type.elementsEqual(Certificate.alternativeNameOID) else { continue }
      // A mark that the extension is critical may come between.
      while let part = try parts.next() {
        if part.tag == DERReader.Tag.octetString { try readAlternativeNames(part.content) }
      }
    }
  }

  private mutating func readAlternativeNames(_ content: ArraySlice<UInt8>) throws(DERReader.Malformed) {
    var outer = DERReader(content)
    var names = DERReader(try outer.next(DERReader.Tag.sequence))
    while let name = try names.next(), dnsNames.count + addresses.count < Certificate.nameLimit {
      switch name.tag {
      case DERReader.Tag.implicit(2): dnsNames.append(String(decoding: name.content.smallLetters, as: UTF8.self))
      case DERReader.Tag.implicit(7):
        if let address = IPAddress(octets: Array(name.content)) { addresses.append(address) }
      default: break
      }
    }
  }
}
