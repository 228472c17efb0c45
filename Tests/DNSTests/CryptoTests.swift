// Hashes and MACs by their published vectors, and over all lengths by what Python's hashlib and hmac give.

import DNS
import TestSupport
import Testing

private func digest<Hash: HashFunction>(_ message: [UInt8], _: Hash.Type, pieces: Int = 1) -> [UInt8] {
  var hash = Hash()
  let size = max(1, (message.count + pieces - 1) / pieces)
  for start in stride(from: 0, to: message.count, by: size) {
    let piece = Array(message[start..<min(message.count, start + size)])
    hash.update(piece.span.octets)
  }
  return hash.finish().array
}

private func mac<Hash: HashFunction>(_ message: [UInt8], key: [UInt8], _: Hash.Type) -> [UInt8] {
  var mac = HMAC<Hash>(key: key.span.octets)
  mac.update(message.span.octets)
  return mac.finish().array
}

extension Digest {
  fileprivate var array: [UInt8] { (0..<count).map { octets[$0] } }
}

/// Octets that differ with `number` and place.
private func pattern(_ number: Int) -> [UInt8] { (0..<number).map { UInt8(truncatingIfNeeded: $0 * 7 + number) } }

@Test("SHA-2 gives the digests of FIPS 180-4 for \"abc\" and a million times \"a\"")
func publishedDigests() {
  let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
  #expect(
    hexadecimal(digest(Array("abc".utf8), SHA256.self))
      == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  #expect(
    hexadecimal(digest(million, SHA256.self)) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  #expect(
    hexadecimal(digest(Array("abc".utf8), SHA384.self))
      == "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7")
  #expect(
    hexadecimal(digest(million, SHA384.self))
      == "9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b07b8b3dc38ecc4ebae97ddd87f3d8985")
  #expect(
    hexadecimal(digest(Array("abc".utf8), SHA512.self))
      == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
      + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")
  #expect(
    hexadecimal(digest(million, SHA512.self))
      == "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
      + "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b")
}

@Test("HMAC gives the MACs of RFC 4231 cases 2 and 6")
func publishedMACs() {
  let (jefe, what) = (Array("Jefe".utf8), Array("what do ya want for nothing?".utf8))
  let long = [UInt8](repeating: 0xAA, count: 131)
  let test = Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)
  #expect(
    hexadecimal(mac(what, key: jefe, SHA256.self))
      == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  #expect(
    hexadecimal(mac(test, key: long, SHA256.self))
      == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
  #expect(
    hexadecimal(mac(what, key: jefe, SHA384.self))
      == "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649")
  #expect(
    hexadecimal(mac(test, key: long, SHA384.self))
      == "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952")
  #expect(
    hexadecimal(mac(what, key: jefe, SHA512.self))
      == "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
      + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737")
  #expect(
    hexadecimal(mac(test, key: long, SHA512.self))
      == "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
      + "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598")
}

@Test("All lengths up to 299 octets, in one piece or several, agree with hashlib and hmac")
func everyLength() {
  func sums<Hash: HashFunction>(_: Hash.Type) -> [String] {
    let digests = (0..<300).flatMap { number in
      let whole = digest(pattern(number), Hash.self)
      #expect(digest(pattern(number), Hash.self, pieces: 1 + number % 5) == whole)
      return whole
    }
    let macs = (0..<300).flatMap { mac(pattern(299 - $0), key: pattern($0), Hash.self) }
    return [digests, macs].map { hexadecimal(digest($0, Hash.self)) }
  }
  #expect(
    sums(SHA256.self) == [
      "d5238871a46ac4a1a75ac3fb19d645b0b3b9e5f35f5f720e2b240d605c6b694e",
      "d3e28abf5c8bc887b9e0487cbdc6df557e602fac1c2ba9eef92fc068e8bfb767",
    ])
  #expect(
    sums(SHA384.self) == [
      "e3a73ee7e40ce4f9bb660f1ec279e2e3145ce11a3d066daaf5ba43639ef37a5e105d92e2090d8f782a96ca4c97457b29",
      "6a341d55604491f5e1a9480d5b618b52c6add0ffb355428eb9b86f83f64e53ae3d4563af8a98427d6982acea95ed737d",
    ])
  #expect(
    sums(SHA512.self) == [
      "30d6c78a55e1f152f00703601a37b39b96c6c8fa2b3e66fb9c8182466b108d39"
        + "d5dd84827c69cadb4376853da7ec31ea83a0a7a0e5a713bac426e0f0ceea8424",
      "e55db88c7eff9809c44c48972a1746332cf02b47d57e56d8323c18729e142329"
        + "d65cf07a7c7fe2ae430a78ae06c92649071dd03570d92ef26f6532532357ab8f",
    ])
}

@Test("SipHash-2-4 gives the first sixteen vectors of its authors")
func sipHashVectors() {
  let vectors = """
    310e0edd47db6f72 fd67dc93c539f874 5a4fa9d909806c0d 2d7efbd796666785
    b7877127e09427cf 8da699cd64557618 cee3fe586e46c9cb 37d1018bf50002ab
    6224939a79f5f593 b0e4a90bdf82009e f3b9dd94c5bb5d7a a7ad6b22462fb3f4
    fbe50e86bc8f1e75 903d84c02756ea14 eef27a8e90ca23f7 e545be4961ca29a1
    """
  let key = SipHash.Key(hexadecimal: Array("000102030405060708090a0b0c0d0e0f".utf8))
  for (length, vector) in vectors.split(whereSeparator: \.isWhitespace).enumerated() {
    let message = (0..<UInt8(length)).map { $0 }
    let hash = SipHash.hash(message.span.octets, key: key ?? SipHash.Key(0, 0))
    #expect(hexadecimal((0..<8).map { UInt8(truncatingIfNeeded: hash >> ($0 * 8)) }) == vector)
  }
}

@Test("Comparison in constant time tells equal from different, whatever octet differs")
func constantTime() {
  func isEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool { one.span.octets.isEqual(inConstantTime: other.span.octets) }
  let one = pattern(32)
  #expect(isEqual(one, pattern(32)))
  for index in one.indices {
    var other = one
    other[index] ^= 0x80
    #expect(!isEqual(one, other))
  }
  #expect(!isEqual(one, Array(one.dropLast())))
}
