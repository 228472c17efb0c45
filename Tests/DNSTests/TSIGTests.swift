// TSIG against dnspython 2.9, which made and signed these messages; and what is refused, in which way (RFC 8945 §5).

import DNS
import TestSupport
import Testing

private struct SignedTransfer: Sendable {
  var algorithm: TSIGAlgorithm
  var query: String
  var messages: [(plain: String, signed: String)]
}

/// When the queries were signed; each message of a reply was signed a second after the one before.
private let signedAt: UInt64 = 1_764_034_000

private let transfers: [SignedTransfer] = [
  SignedTransfer(
    algorithm: .hmacSHA256,
    query:
      "123400000001000000000001056b72656973076578616d706c650000fc0001085472616e73666572c00c00fa00ff00000000"
      + "003d0b686d61632d736861323536000000692505d0012c002093212d00fdafd8682ddca65129fae7dbfd445b0f7d9122a8c2"
      + "5e96ee1f7d0621123400000000",
    messages: [
      (
        plain: "123484000001000100000000056b72656973076578616d706c650000fc0001026830c00c000100010000003c0004c0000200",
        signed:
          "123484000001000100000001056b72656973076578616d706c650000fc0001026830c00c000100010000003c0004c0000200"
          + "085472616e73666572c00c00fa00ff00000000003d0b686d61632d736861323536000000692505d1012c0020397881203878"
          + "bf9d372f3ee66c47d823984dbf12180349296a26e2f02dcad8a0123400000000"
      ),
      (
        plain: "123484000000000100000000026831056b72656973076578616d706c6500000100010000003c0004c0000201",
        signed:
          "123484000000000100000001026831056b72656973076578616d706c6500000100010000003c0004c0000201085472616e73"
          + "666572c00f00fa00ff00000000003d0b686d61632d736861323536000000692505d2012c002069b8b1a617c58fdd2db42045"
          + "3cdd43da16624ece181b67d570d447ab84378a65123400000000"
      ),
      (
        plain: "123484000000000100000000026832056b72656973076578616d706c6500000100010000003c0004c0000202",
        signed:
          "123484000000000100000001026832056b72656973076578616d706c6500000100010000003c0004c0000202085472616e73"
          + "666572c00f00fa00ff00000000003d0b686d61632d736861323536000000692505d3012c0020c1bde925b892ff5e40e17b66"
          + "c556efe97e2242e066f00e02930dcdf42e3c844f123400000000"
      ),
    ]),
  SignedTransfer(
    algorithm: .hmacSHA384,
    query:
      "123400000001000000000001056b72656973076578616d706c650000fc0001085472616e73666572c00c00fa00ff00000000"
      + "004d0b686d61632d736861333834000000692505d0012c0030ce6b138bfdf3e23e88338a247abba625ca74a46b65d7ef175c"
      + "f67cf2e7befd91f0096453c88ceeb1591458ca5c1efb02123400000000",
    messages: [
      (
        plain: "123484000001000100000000056b72656973076578616d706c650000fc0001026830c00c000100010000003c0004c0000200",
        signed:
          "123484000001000100000001056b72656973076578616d706c650000fc0001026830c00c000100010000003c0004c0000200"
          + "085472616e73666572c00c00fa00ff00000000004d0b686d61632d736861333834000000692505d1012c0030cb64d19a4d5f"
          + "4cfcb095ef8bd3a8858d04fa36f13fe7b0d34f169f686431893c0e8c6e75e3363aaa9bee383b342edbea123400000000"
      ),
      (
        plain: "123484000000000100000000026831056b72656973076578616d706c6500000100010000003c0004c0000201",
        signed:
          "123484000000000100000001026831056b72656973076578616d706c6500000100010000003c0004c0000201085472616e73"
          + "666572c00f00fa00ff00000000004d0b686d61632d736861333834000000692505d2012c0030d73ddec3d863c141523bf173"
          + "81869ef99fe33a6ba3618781507674b364fff65be7b35908d960cf1e2175a65716ca8922123400000000"
      ),
      (
        plain: "123484000000000100000000026832056b72656973076578616d706c6500000100010000003c0004c0000202",
        signed:
          "123484000000000100000001026832056b72656973076578616d706c6500000100010000003c0004c0000202085472616e73"
          + "666572c00f00fa00ff00000000004d0b686d61632d736861333834000000692505d3012c0030124de4657359690a40573fa5"
          + "f4c0562ccb8c664eb647c459a35eaa19d2921d70778689e13a44098a136f9b20bbf2849c123400000000"
      ),
    ]),
  SignedTransfer(
    algorithm: .hmacSHA512,
    query:
      "123400000001000000000001056b72656973076578616d706c650000fc0001085472616e73666572c00c00fa00ff00000000"
      + "005d0b686d61632d736861353132000000692505d0012c0040c8c1658602fa4acf79f5ba6ea906cee91db9d061fa08c7a4bc"
      + "038ad44740bfa67594eb46623dde2f31e06cfd9ef0863f856e20cf1d85fdc914494a6f483d5616123400000000",
    messages: [
      (
        plain: "123484000001000100000000056b72656973076578616d706c650000fc0001026830c00c000100010000003c0004c0000200",
        signed:
          "123484000001000100000001056b72656973076578616d706c650000fc0001026830c00c000100010000003c0004c0000200"
          + "085472616e73666572c00c00fa00ff00000000005d0b686d61632d736861353132000000692505d1012c00406108350898bb"
          + "c5f79b9c0bf4c9945f4bc60087f8bbd9f64ed001569bc6dea61fab9cdcd25353087c716cf86d59c45323a460ad685e471854"
          + "b95df58635ffa35b123400000000"
      ),
      (
        plain: "123484000000000100000000026831056b72656973076578616d706c6500000100010000003c0004c0000201",
        signed:
          "123484000000000100000001026831056b72656973076578616d706c6500000100010000003c0004c0000201085472616e73"
          + "666572c00f00fa00ff00000000005d0b686d61632d736861353132000000692505d2012c004086386ed4b113a5bbad9b8931"
          + "fe35c4f846f3eeb2529678c820c02c040188625e35abe4aadf7e18865581a5b7b20a7e429c4b22cddfa12cc044f4aa18c9f8"
          + "7540123400000000"
      ),
      (
        plain: "123484000000000100000000026832056b72656973076578616d706c6500000100010000003c0004c0000202",
        signed:
          "123484000000000100000001026832056b72656973076578616d706c6500000100010000003c0004c0000202085472616e73"
          + "666572c00f00fa00ff00000000005d0b686d61632d736861353132000000692505d3012c0040f9569203919838c08fd896ac"
          + "b69fe20fdf31ed398de36ca0a203723e198cc128f555141c4cb8ea3b499fe8de46c2c684e2da17a8749fbbf5162cb1483494"
          + "bcf4123400000000"
      ),
    ]),
]

private func key(_ algorithm: TSIGAlgorithm, name: String = "transfer.kreis.example.") throws -> TSIGKey {
  TSIGKey(name: try #require(DomainName(name)), algorithm: algorithm, secret: Array(1...40))
}

private func judge(_ query: [UInt8], _ keys: [TSIGKey], now: UInt64) throws -> TSIGVerdict {
  let question = try #require(Question(of: query.span.octets)?.end)
  return TSIGVerdict(of: query.span.octets, from: question, keys: keys, now: now)
}

/// What is wrong with the signature, in a word.
private func brief(_ verdict: TSIGVerdict) -> String {
  switch verdict {
  case .absent: "absent"
  case .malformed: "malformed"
  case .refused(let error, _): "\(error)"
  case .verified: "verified"
  }
}

private func signed(_ plain: [UInt8], _ signer: inout TSIGSigner, now: UInt64) throws -> [UInt8] {
  var message = plain + [UInt8](repeating: 0, count: signer.length)
  var span = message.mutableSpan
  var target = MutableRawSpan(_elements: &span)
  let length = signer.sign(&target, length: plain.count, now: now)
  #expect(length == message.count)
  return message
}

@Test(
  "A query signed by dnspython is verified, and the row of replies has the MACs that dnspython gives", arguments: 0..<3)
func transferVectors(index: Int) throws {
  let transfer = transfers[index]
  let query = hex(transfer.query)
  let keys = [try key(transfer.algorithm, name: "other."), try key(transfer.algorithm)]
  guard case .verified(var signer) = try judge(query, keys, now: signedAt + 300) else {
    Issue.record("not verified")
    return
  }
  #expect(signer.keyName.description == "Transfer.kreis.example.")
  for (number, message) in transfer.messages.enumerated() {
    let ours = try signed(hex(message.plain), &signer, now: signedAt + 1 + UInt64(number))
    // Owner names differ: dnspython compresses the name of the key. From the algorithm on all octets agree.
    let data = transfer.algorithm.name.wire.count + 10 + transfer.algorithm.length + 6
    #expect(hexadecimal(ours.suffix(data)) == transfer.messages[number].signed.suffix(data * 2))
    #expect(ours[11] == hex(message.signed)[11])
  }
}

/// The first query again, signed with a fudge of 60 seconds.
private let strictQuery =
  "123400000001000000000001056b72656973076578616d706c650000fc0001085472616e73666572c00c00fa00ff00000000"
  + "003d0b686d61632d736861323536000000692505d0003c00204691ce90a0fe4e3d77bcad3259200a98570a1844d9ed2cb617"
  + "071786dfe278c9123400000000"

@Test(
  "RFC 8945 §5.2.3: a clock that is off gets a signed reply with the asker's time and fudge, and our time",
  arguments: [
    (
      transfers[0].query, 300,
      "0b686d61632d736861323536000000692505d0012c0020eebd577126b1398f778d46e7c7af149705222f62c89f2100dad384"
        + "f160cf30871234001200060000692506fd"
    ),
    (
      strictQuery, 60,
      "0b686d61632d736861323536000000692505d0003c0020454af4fa1f7b8be735badc23dd7f9771e0c301610b5c81cb9b6910"
        + "558dbaf3c112340012000600006925060d"
    ),
  ] as [(String, UInt64, String)])
func badTime(query: String, fudge: UInt64, expected: String) throws {
  let query = hex(query)
  #expect(brief(try judge(query, [key(.hmacSHA256)], now: signedAt + fudge)) == "verified")
  #expect(brief(try judge(query, [key(.hmacSHA256)], now: signedAt - fudge - 1)) == "badTime")
  guard case .refused(.badTime, var signer) = try judge(query, [key(.hmacSHA256)], now: signedAt + fudge + 1) else {
    Issue.record("not refused for its time")
    return
  }
  let plain = "123480090001000000000000056b72656973076578616d706c650000fc0001"
  let reply = try signed(hex(plain), &signer, now: signedAt + fudge + 1)
  #expect(hexadecimal(reply.suffix(expected.count / 2)) == expected)
}

@Test("An unknown key, another algorithm and a wrong MAC get replies that are not signed")
func unsignedRefusals() throws {
  let query = hex(transfers[0].query)
  let wrongSecret = TSIGKey(name: try key(.hmacSHA256).name, algorithm: .hmacSHA256, secret: Array(1...39))
  for (keys, error) in [
    ([], .badKey), ([try key(.hmacSHA512)], .badKey), ([try key(.hmacSHA256, name: "x.")], .badKey),
    ([wrongSecret], .badSignature),
  ] as [([TSIGKey], TSIGError)] {
    // A wrong clock is not reported to a client without a key.
    guard case .refused(let found, var signer) = try judge(query, keys, now: 0) else {
      Issue.record("not refused")
      return
    }
    #expect(found == error)
    let reply = try signed(Array(query.prefix(31)), &signer, now: signedAt)
    let data = "0b" + hexadecimal("hmac-sha256".utf8) + "00" + "0000692505d0012c" + "0000" + "1234"
    #expect(
      hexadecimal(reply.suffix(29)) == data + (error == .badKey ? "0011" : "0010") + "0000")
  }
}

@Test("Every bit of a signed query counts but those of its ID, which forwarders may change")
func everySignedBit() throws {
  let query = hex(transfers[0].query)
  let keys = [try key(.hmacSHA256)]
  for bit in 0..<query.count * 8 {
    var changed = query
    changed[bit / 8] ^= 1 << UInt8(bit % 8)
    guard Question(of: changed.span.octets) != nil else { continue }
    let verdict = brief(try judge(changed, keys, now: signedAt))
    // Letter case of names is not signed (RFC 8945 §4.3.3), nor is the original ID's twin in the header.
    let isCaseOfKeyName = (32..<40).contains(bit / 8) && bit % 8 == 5
    let isCaseOfAlgorithm = (53..<64).contains(bit / 8) && bit % 8 == 5
    #expect(
      (verdict == "verified") == (bit < 16 || verdict == "verified" && (isCaseOfKeyName || isCaseOfAlgorithm)), "\(bit)"
    )
  }
}

@Test("A MAC cut to half its length or more is verified and refused as too short, a shorter one is malformed")
func truncation() throws {
  let query = hex(transfers[0].query)
  for length in 0...32 {
    // Lengths of RDATA and MAC, the MAC, and the six octets behind it.
    var cut = Array(query.dropLast(6 + 32 - length)) + query.suffix(6)
    cut[51] = UInt8(13 + 10 + length + 6)
    cut[74] = UInt8(length)
    let expected =
      length == 32 ? "verified" : length >= 16 ? "badTruncation" : length == 0 ? "badSignature" : "malformed"
    #expect(brief(try judge(cut, [key(.hmacSHA256)], now: signedAt)) == expected, "\(length)")
  }
}

@Test("A TSIG that is not the last record, is twice there or cut short is malformed")
func places() throws {
  let query = hex(transfers[0].query)
  let keys = [try key(.hmacSHA256)]
  let question = 31
  let record = Array(query[question...])
  let option = hex("0000290200000000000000")
  func message(_ records: [[UInt8]], counts: (UInt8, UInt8, UInt8)) -> [UInt8] {
    var octets = Array(query[..<question])
    (octets[7], octets[9], octets[11]) = counts
    return octets + records.joined()
  }
  #expect(brief(try judge(message([], counts: (0, 0, 0)), keys, now: signedAt)) == "absent")
  #expect(brief(try judge(message([option], counts: (0, 0, 1)), keys, now: signedAt)) == "absent")
  #expect(brief(try judge(message([record, option], counts: (0, 0, 2)), keys, now: signedAt)) == "malformed")
  #expect(brief(try judge(message([record, record], counts: (0, 0, 2)), keys, now: signedAt)) == "malformed")
  #expect(brief(try judge(message([record], counts: (1, 0, 0)), keys, now: signedAt)) == "malformed")
  #expect(brief(try judge(message([record], counts: (0, 1, 0)), keys, now: signedAt)) == "malformed")
  #expect(brief(try judge(message([record, [0]], counts: (0, 0, 1)), keys, now: signedAt)) == "malformed")
  for count in question..<query.count {
    #expect(brief(try judge(Array(query[..<count]), keys, now: signedAt)) == "malformed", "\(count)")
  }
}

@Test("Whatever the octets are, a verdict is reached", arguments: 0..<4 as Range<UInt64>)
func hostileSignatures(round: UInt64) throws {
  let keys = [try key(.hmacSHA256), try key(.hmacSHA384)]
  for seed in round * 1000..<round * 1000 + 1000 {
    var generator = SeededGenerator(seed: seed)
    var query = hex(transfers[Int(seed % 3)].query)
    for _ in 0..<Int.random(in: 1...5, using: &generator) {
      let at = Int.random(in: 4..<query.count, using: &generator)
      switch Int.random(in: 0..<3, using: &generator) {
      case 0: query[at] = UInt8.random(in: .min ... .max, using: &generator)
      case 1: query.remove(at: at)
      default: query.insert(UInt8.random(in: .min ... .max, using: &generator), at: at)
      }
    }
    guard let end = Question(of: query.span.octets)?.end else { continue }
    let verdict = TSIGVerdict(of: query.span.octets, from: end, keys: keys, now: signedAt)
    if case .refused(_, var signer) = verdict { _ = try signed(Array(query[..<end]), &signer, now: signedAt) }
  }
}

@Test("A key is read as dig takes it")
func keyText() throws {
  let key = try #require(TSIGKey("HMAC-SHA256:Transfer.example:AQIDBA=="))
  #expect(key.algorithm == .hmacSHA256)
  #expect(key.name.description == "Transfer.example.")
  #expect(key.secret == [1, 2, 3, 4])
  for text in ["transfer:AQID", "hmac-md5:a:AQID", "hmac-sha256:a:", "hmac-sha256::AQID", "hmac-sha256:a:AQI", ""] {
    #expect(TSIGKey(text) == nil, "\(text)")
  }
}

@Test("What is sent of our own accord is signed as dnspython signs it", arguments: transfers.indices)
func signedRequest(index: Int) throws {
  let signed = hex(transfers[index].query)
  var plain = Array(signed.prefix(31))
  plain[11] = 0
  let request = TSIGRequest(
    plain, key: try key(transfers[index].algorithm, name: "Transfer.kreis.example."), now: signedAt)
  let data = transfers[index].algorithm.name.wire.count + 10 + transfers[index].algorithm.length + 6
  #expect(request.octets.suffix(data) == signed.suffix(data))
  #expect(request.octets[11] == 1)
  // The first message of the answer, a second later; in time, whole and under this key.
  let answer = hex(transfers[index].messages[0].signed)
  #expect(request.isAnswered(by: answer, now: signedAt + 1))
  #expect(request.isAnswered(by: answer, now: signedAt + 301) && !request.isAnswered(by: answer, now: signedAt + 302))
  for bit in 16..<answer.count * 8 {
    var changed = answer
    changed[bit / 8] ^= 1 << UInt8(bit % 8)
    let isLetterCase = bit % 8 == 5 && Array(changed).map(lowercased) == answer.map(lowercased)
    #expect(!request.isAnswered(by: changed, now: signedAt + 1) || isLetterCase, "\(bit)")
  }
  #expect(!request.isAnswered(by: hex(transfers[index].messages[0].plain), now: signedAt + 1))
  #expect(!request.isAnswered(by: signed, now: signedAt + 1))
  for count in answer.indices { #expect(!request.isAnswered(by: Array(answer.prefix(count)), now: signedAt + 1)) }
}
