// Types of old zones, and of few. The octets were made by BIND's named-rrchecker from the same lines.

import DNS
import Testing
import ZoneFile

private let golden = ##"""
  x MD mailhost.other.example.
  = TYPE3 086d61696c686f7374056f74686572076578616d706c6500
  x MF mailhost.other.example.
  = TYPE4 086d61696c686f7374056f74686572076578616d706c6500
  x MB host.other.example.
  = TYPE7 04686f7374056f74686572076578616d706c6500
  x MG user.other.example.
  = TYPE8 0475736572056f74686572076578616d706c6500
  x MR user.other.example.
  = TYPE9 0475736572056f74686572076578616d706c6500
  x WKS 192.0.2.1 TCP ( smtp 53 telnet 80 )
  = TYPE11 c0000201060000014000000400000080
  x WKS 192.0.2.1 17 53
  = TYPE11 c00002011100000000000004
  x MINFO rmail.other.example. errors.other.example.
  = TYPE14 05726d61696c056f74686572076578616d706c6500066572726f7273056f74686572076578616d706c6500
  x AFSDB 1 afsdb.other.example.
  = TYPE18 0001056166736462056f74686572076578616d706c6500
  x X25 311061700956
  = TYPE19 0c333131303631373030393536
  x ISDN 150862028003217 004
  = TYPE20 0f31353038363230323830303332313703303034
  x ISDN "150862028003217"
  = TYPE20 0f313530383632303238303033323137
  x RT 10 relay.other.example.
  = TYPE21 000a0572656c6179056f74686572076578616d706c6500
  x NSAP 0x47.0005.80.005a00.0000.0001.e133.ffffff000162.00
  = TYPE22 47000580005a0000000001e133ffffff00016200
  x NSAP-PTR foo.other.example.
  = TYPE23 03666f6f056f74686572076578616d706c6500
  x KEY 256 3 8 ( AQPSKmynfzW4kyBv015MUG2DeIQ3 Cbl+BBZH4b/0PY1kxkmvHjcZc8no )
  = TYPE25 010003080103d22a6ca77f35b893206fd35e4c506d8378843709b97e041647e1bff43d8d64c649af1e371973c9e8
  x PX 10 ab.net2.it. o-ab.prmd-net2.admdb.c-it.
  = TYPE26 000a026162046e65743202697400046f2d61620970726d642d6e6574320561646d646204632d697400
  x GPOS -32.6882 116.8652 10.0
  = TYPE27 082d33322e36383832083131362e383635320431302e30
  x EID 1289ab
  = TYPE31 1289ab
  x NIMLOC 1289ab
  = TYPE32 1289ab
  x KX 10 kx.other.example.
  = TYPE36 000a026b78056f74686572076578616d706c6500
  x CERT PKIX 1 RSASHA256 MxFcby9k/yvedMfQgKzhH5er0Mu/vILz45IkskceFGgiWCn/GxHhai6VAuHAoNUz4YoU1tVfSCSqQYn6//11U6Nld80jEeC8aTrO+KKmCaY=
  = TYPE37 000100010833115c6f2f64ff2bde74c7d080ace11f97abd0cbbfbc82f3e39224b2471e1468225829ff1b11e16a2e9502e1c0a0d533e18a14d6d55f4824aa4189fafffd7553a36577cd2311e0bc693acef8a2a609a6
  x CERT 65534 65535 254 MxFcby9k
  = TYPE37 fffefffffe33115c6f2f64
  x A6 64 ::1:2:3:4 prefix.other.example.
  = TYPE38 40000100020003000406707265666978056f74686572076578616d706c6500
  x A6 0 2001:db8::1
  = TYPE38 0020010db8000000000000000000000001
  x A6 128 prefix.other.example.
  = TYPE38 8006707265666978056f74686572076578616d706c6500
  x A6 60 ::fff:2:3:4:5 prefix.other.example.
  = TYPE38 3c0f000200030004000506707265666978056f74686572076578616d706c6500
  x SINK 1 0 0 fmqB
  = TYPE40 0100007e6a81
  x APL 1:192.168.32.0/21 !1:192.168.38.0/28 2:FF00:0:0:0:0:0:0:0/8
  = TYPE42 00011503c0a82000011c83c0a82600020801ff
  x APL
  = TYPE42 -
  x IPSECKEY 10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
  = TYPE45 0a0102c0000226010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801
  x IPSECKEY 10 0 2 . AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
  = TYPE45 0a0002010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801
  x IPSECKEY 10 3 2 mygateway.other.example. AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
  = TYPE45 0a0302096d7967617465776179056f74686572076578616d706c6500010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801
  x IPSECKEY 10 2 2 2001:db8::1 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
  = TYPE45 0a020220010db8000000000000000000000001010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801
  x DNSKEY 257 3 ECDSAP256SHA256 ( GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edb krSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA== )
  = TYPE48 0101030d1a88c88615d437fbb8bf9e1942a1929f28562706ae6c2bd399e7b1bfb6d1e9e75b92b4aa42917ae1c61b701ef035c3fe7be3009cbafe5a2f71316c902dcf0d00
  x DHCID AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=
  = TYPE49 000201636fc0b8271c82825bb1ac5c41cf5351aa69b4febd94e8f17cdb95000da48c40
  x HIP ( 2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p9+LrV4e19WzK00+CI6zBCQTdtWsuxKbWIy87UOoJTwkUs7lBu+Upr1gsNrut79ryra+bSRGQb1slImA8YVJyuIDsj7kwzG7jnERNqnWxZ48AWkskmdHaVDP4BcelrTI3rMXdXF5D rvs1.other.example. rvs2.other.example. )
  = TYPE55 10020084200100107b1a74df365639cc39f1d57803010001b771ca136e4aeb5ce44333c53b3d2c13c22243851fc708bcce29f7e2eb5787b5f56ccad34f8223acc10904ddb56b2ec4a6d6232f3b50ea094f0914b3b941bbe529af582c36bbadefdaf2adaf9b4911906f5b2522603c615272b880ec8fb930cc6ee39c444daa75b1678f005a4b2499d1da5433f805c7a5ad3237acc5dd5c5e430472767331056f74686572076578616d706c65000472767332056f74686572076578616d706c6500
  x NINFO "foo" "bar"
  = TYPE56 03666f6f03626172
  x RKEY 0 255 8 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
  = TYPE57 0000ff08010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801
  x TALINK talink1.other.example. talink2.other.example.
  = TYPE58 0774616c696e6b31056f74686572076578616d706c65000774616c696e6b32056f74686572076578616d706c6500
  x CDS 60485 8 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A
  = TYPE59 ec450802d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a
  x CDS 0 0 0 00
  = TYPE59 0000000000
  x CDNSKEY 257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==
  = TYPE60 0101030d1a88c88615d437fbb8bf9e1942a1929f28562706ae6c2bd399e7b1bfb6d1e9e75b92b4aa42917ae1c61b701ef035c3fe7be3009cbafe5a2f71316c902dcf0d00
  x OPENPGPKEY AQMFD5raDCSe
  = TYPE61 0103050f9ada0c249e
  x CSYNC 66 3 A NS AAAA TYPE1234
  = TYPE62 000000420003000460000008041b000000000000000000000000000000000000000000000000000020
  x ZONEMD 2018031500 1 1 ( FEBE3D4CE2EC2FFA4BA99D46CD69D6D29711E55217057BEE 7EB1A7B641A47BA7FED2DD5B97AE499FAFA4F22C6BD647DE )
  = TYPE63 7848b78c0101febe3d4ce2ec2ffa4ba99d46cd69d6d29711e55217057bee7eb1a7b641a47ba7fed2dd5b97ae499fafa4f22c6bd647de
  x SPF "v=spf1 mx -all" "more"
  = TYPE99 0e763d73706631206d78202d616c6c046d6f7265
  x NID 10 0014:4fff:ff20:ee64
  = TYPE104 000a00144fffff20ee64
  x L32 10 1.2.3.4
  = TYPE105 000a01020304
  x L64 10 2001:0DB8:1140:1000
  = TYPE106 000a20010db811401000
  x LP 10 l64-subnet.other.example.
  = TYPE107 000a0a6c36342d7375626e6574056f74686572076578616d706c6500
  x EUI48 01-23-45-67-89-ab
  = TYPE108 0123456789ab
  x EUI64 01-23-45-67-89-ab-cd-ef
  = TYPE109 0123456789abcdef
  x AVC foo:bar
  = TYPE258 07666f6f3a626172
  x DOA 1234567890 1234567890 1 "image/gif" R0lGODlhKAAZAOMCAGZmZgBmmf///zOZzMz//5nM/zNmmWbM
  = TYPE259 499602d2499602d20109696d6167652f67696647494638396128001900e30200666666006699ffffff3399ccccffff99ccff33669966cc
  x DOA 0 1 2 "" aHR0cHM6Ly93d3cuaXNjLm9yZy8=
  = TYPE259 0000000000000001020068747470733a2f2f7777772e6973632e6f72672f
  x AMTRELAY 10 0 1 203.0.113.15
  = TYPE260 0a01cb00710f
  x AMTRELAY 0 1 3 amtrelays.other.example.
  = TYPE260 008309616d7472656c617973056f74686572076578616d706c6500
  x AMTRELAY 0 0 0 .
  = TYPE260 0000
  x AMTRELAY 10 0 2 2001:db8::15
  = TYPE260 0a0220010db8000000000000000000000015
  x RESINFO qnamemin exterr=15,16,17 infourl=https://resolver.example.com/guide
  = TYPE261 08716e616d656d696e0f6578746572723d31352c31362c31372a696e666f75726c3d68747470733a2f2f7265736f6c7665722e6578616d706c652e636f6d2f6775696465
  x WALLET "BTC" "addr"
  = TYPE262 034254430461646472
  x TA 30795 1 1 310D27F4D82C1FC2400704EA9939FE6E1CEAA3B9
  = TYPE32768 784b0101310d27f4d82c1fc2400704ea9939fe6e1ceaa3b9
  x DLV 30795 1 1 310D27F4D82C1FC2400704EA9939FE6E1CEAA3B9
  = TYPE32769 784b0101310d27f4d82c1fc2400704ea9939fe6e1ceaa3b9
  x ATMA +61200000000
  = TYPE34 013631323030303030303030
  x ATMA 6120000000
  = TYPE34 006120000000
  """##

private let rareRecords: [GoldenRecord] = {
  let lines = golden.split(separator: "\n").map(String.init)
  return stride(from: 0, to: lines.count - 1, by: 2).map {
    GoldenRecord(line: lines[$0], expected: String(lines[$0 + 1].dropFirst(2)).replacing("-", with: ""))
  }
}()

@Test("The types of old zones are read by name, and come to the same octets as in BIND", arguments: rareRecords)
func rareData(golden: GoldenRecord) throws {
  let result = read(zone(golden.line))
  #expect(result.text == "")
  let record = try #require(result.configuration?.zones[0].records.last)
  let octets = record.data.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  #expect("TYPE\(record.type.rawValue) \(octets)" == golden.expected)
  // By number and in hexadecimal it is the same record (RFC 3597 §5).
  let generic = read(zone("x TYPE\(record.type.rawValue) \\# \(record.data.bytes.count) \(octets)"))
  #expect(generic.configuration?.zones[0].records.last?.data == record.data)
}

@Test("What is printed of a record is read back as the same record", arguments: rareRecords)
func printed(golden: GoldenRecord) throws {
  let record = try #require(read(zone(golden.line)).configuration?.zones[0].records.last)
  let text = RecordText.text(of: record.type, in: record.data.bytes, 0..<record.data.bytes.count)
  let again = read(zone("x \(record.type) \(text)")).configuration?.zones[0].records.last
  #expect(again?.data.bytes == record.data.bytes, "\(text)")
  // Octets stand for what has a text of its own only.
  let format = try #require(RecordFormat.of(record.type))
  #expect(!format.isWrittenByField || !text.hasPrefix("\\#"), "\(text)")
}

@Test(
  "A record that no message can carry is an error, whatever its type",
  arguments: [
    "ATMA \(String(repeating: "ab", count: 65_536))", "NSAP 0x\(String(repeating: "ab", count: 65_536))",
    "APL \(String(repeating: "2:2001:db8::1/128 ", count: 4_000))",
    "TXT \(String(repeating: "\"\(String(repeating: "t", count: 250))\" ", count: 300))",
    "SVCB 1 . \((1...300).map { "key\(60_000 + $0)=\(String(repeating: "v", count: 250))" }.joined(separator: " "))",
    "HIP 2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNu \(String(repeating: "rvs.example.com. ", count: 4_000))",
    "WKS 192.0.2.1 TCP 25", "CERT PKIX 1 8 \(String(repeating: "A", count: 88_000))",
  ])
func oversized(record: String) throws {
  let errors = read(zone("x \(record)")).diagnostics.filter { $0.severity == .error }
  guard record.count > 1_000 else { return #expect(errors.isEmpty) }
  let error = try #require(errors.first)
  #expect(errors.count == 1 && error.what.hasSuffix("has more than 65535 octets"), "\(error.what)")
}

@Test("Every type has one row in the table, and one that is written by its fields has only fields that can be written")
func tableOfTypes() {
  for mnemonic in RecordFormat.mnemonics {
    let type = RecordType(mnemonic: mnemonic.lowercased())
    #expect(type?.description == mnemonic)
    #expect(type.flatMap(RecordFormat.of)?.mnemonic == mnemonic)
    guard let format = type.flatMap(RecordFormat.of), format.isWrittenByField else { continue }
    for field in format.fields {
      switch field {
      case .octets, .rest, .serviceParameters: Issue.record("\(mnemonic) needs a reader of its own")
      default: break
      }
    }
  }
}

@Test(
  "What is wrong with the rarer types is pointed at",
  arguments: [
    ("x AFSDB ns1", "10:9 error: the subtype \"ns1\" is not a number"),
    ("x NSAP 47", "10:8 error: \"47\" cannot be an NSAP address"),
    ("x WKS 192.0.2.1 TCP nosuch", "10:21 error: \"nosuch\" cannot be a service"),
    ("x APL 3:192.0.2.0/24", "10:7 error: \"3:192.0.2.0/24\" cannot be a network"),
    ("x APL 1:192.0.2.0/33", "10:7 error: \"1:192.0.2.0/33\" cannot be a network"),
    ("x EUI48 01-23", "10:9 error: \"01-23\" is not an EUI-48 address"),
    ("x L64 1 1:2:3", "10:9 error: \"1:2:3\" cannot be the locator"),
    ("x CERT PKIX 1 8 abc", "10:17 error: the certificate is not base64"),
    ("x IPSECKEY 1 4 2 . AAAA", "10:16 error: the gateway has the unknown kind 4"),
    ("x CSYNC 1 3 A NOSUCH", "10:15 error: \"NOSUCH\" is not a record type"),
    ("x NULL abcd", "10:8 error: the data of a NULL record must be written in hexadecimal"),
    ("x ALIAS y.", "10:3 error: Rondo has no ALIAS records"),
    ("x WINS LOCAL", "10:3 error: Rondo has no WINS records"),
    ("x TYPE62 \\# 8 0000000100030000", "10:10 error: these octets are not the data of a CSYNC record"),
  ])
func rareErrors(fixture: String, expected: String) {
  #expect(read(zone(fixture)).brief == [expected])
}
