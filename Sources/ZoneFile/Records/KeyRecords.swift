// Records that carry a digest of a key or certificate: TLSA, SMIMEA, SSHFP, DS (RFC 6698, RFC 8162, RFC 4255, RFC 4034).
//
// A digest whose length is not that of its algorithm is a copy gone wrong: it would lock clients out, so it is refused.

import DNS

extension FieldReader {
  /// TLSA and SMIMEA: usage, selector, matching type, association data (RFC 6698 §2.2).
  mutating func certificateAssociation() throws(Problem) -> RecordData {
    var data = RecordData()
    data.append(try number("the certificate usage", UInt8.self))
    data.append(try number("the selector", UInt8.self))
    let matching = try number("the matching type", UInt8.self)
    data.append(matching)
    data.append(
      try digest("the association data", length: [1: 32, 2: 64][matching], of: "matching type \(matching)"))
    return data
  }

  /// SSHFP: algorithm of the key, kind of fingerprint, fingerprint (RFC 4255 §3.2).
  mutating func hostKeyFingerprint() throws(Problem) -> RecordData {
    var data = RecordData()
    data.append(try number("the algorithm", UInt8.self))
    let kind = try number("the kind of fingerprint", UInt8.self)
    data.append(kind)
    data.append(try digest("the fingerprint", length: [1: 20, 2: 32][kind], of: "fingerprint type \(kind)"))
    return data
  }

  /// DS: key tag, algorithm, digest type, digest (RFC 4034 §5.3).
  mutating func delegationSigner() throws(Problem) -> RecordData {
    var data = RecordData()
    data.append(try number("the key tag", UInt16.self))
    data.append(try algorithm())
    let kind = try number("the digest type", UInt8.self)
    data.append(kind)
    data.append(try digest("the digest", length: [1: 20, 2: 32, 4: 48][kind], of: "digest type \(kind)"))
    return data
  }

  private mutating func digest(_ field: String, length: Int?, of kind: String) throws(Problem) -> [UInt8] {
    let start = following
    let octets = try hexadecimal(field)
    if let length, octets.count != length {
      throw Problem(
        at: start, "\(field) has \(octets.count) octets", why: "\(kind) has \(length)",
        fix: "copy it again; it has \(length * 2) hexadecimal digits")
    }
    return octets
  }
}
