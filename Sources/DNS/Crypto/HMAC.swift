// A keyed hash (RFC 2104): H(key ^ outer pad | H(key ^ inner pad | message)).

/// Takes a message piece by piece, and gives its MAC.
package struct HMAC<Hash: HashFunction> {
  private var inner = Hash()
  private var outer = Hash()

  /// - Parameter key: of any length; one longer than a block is hashed first.
  package init(key: RawSpan) {
    var block = InlineArray<128, UInt8>(repeating: 0)
    if key.byteCount > Hash.blockLength {
      var hash = Hash()
      hash.update(key)
      let digest = hash.finish()
      for index in 0..<digest.count { block[index] = digest.octets[index] }
    } else {
      for index in 0..<key.byteCount { block[index] = key.octet(at: index) }
    }
    var pad = block
    for index in 0..<Hash.blockLength { pad[index] = block[index] ^ 0x36 }
    inner.update(pad.span.octets.extracting(0..<Hash.blockLength))
    for index in 0..<Hash.blockLength { pad[index] = block[index] ^ 0x5C }
    outer.update(pad.span.octets.extracting(0..<Hash.blockLength))
  }

  package mutating func update(_ octets: RawSpan) { inner.update(octets) }

  /// The MAC of all that was taken; the value is used up.
  package mutating func finish() -> Digest {
    let digest = inner.finish()
    outer.update(digest.octets.span.octets.extracting(0..<digest.count))
    return outer.finish()
  }
}
