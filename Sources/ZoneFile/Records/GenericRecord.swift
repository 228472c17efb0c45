// Records of any type by number, and their data in hexadecimal: `TYPE65280 \# 4 c0000201` (RFC 3597 §5).

import DNS

extension FieldReader {
  /// Whether the data is written in hexadecimal, as it may be for every type.
  var isGeneric: Bool {
    guard let token = peek, !token.isQuoted else { return false }
    return entry.text(token).elementsEqual("\\#".utf8)
  }

  /// `\# length octets…`; data of a type with fields must be whole.
  mutating func genericData(_ type: RecordType) throws(Problem) -> RecordData {
    let sign = try next("the sign \\#")
    let length = Int(try number("the number of octets", UInt16.self))
    let lengthRange = last
    let octets = length == 0 && isAtEnd ? [] : try hexadecimal("the data")
    guard octets.count == length else {
      throw Problem(
        at: lengthRange, "\(length) octets are announced, and \(octets.count) follow",
        why: "two hexadecimal digits make an octet", fix: "write \(octets.count), or complete the data")
    }
    guard let data = RecordData(type, octets: octets) else {
      throw Problem(
        at: sign.range, "these octets are not the data of \(subject)",
        why: "a field of it is cut short or out of range",
        fix: "write the data as \(type) records are usually written")
    }
    return data
  }

  /// All fields that are left as one row of hexadecimal digits; white space between them means nothing.
  mutating func hexadecimal(_ field: String) throws(Problem) -> [UInt8] {
    var octets: [UInt8] = []
    var high: UInt8?
    repeat {
      let token = try next(field)
      for (index, sign) in entry.text(token).enumerated() {
        guard let digit = hexadecimalDigit(sign) else {
          let start = index + (token.isQuoted ? 1 : 0)
          throw Problem(
            at: token.range.part(start..<start + 1), "\(field) has a character that is not a hexadecimal digit",
            why: "octets are written as two of 0–9 and a–f each", fix: "remove or fix it")
        }
        if let first = high {
          octets.append(first << 4 | digit)
          high = nil
        } else {
          high = digit
        }
      }
    } while !isAtEnd
    guard high == nil else {
      throw Problem(
        at: last, "\(field) has an odd number of hexadecimal digits", why: "two digits make an octet",
        fix: "look for a digit that is missing or too many")
    }
    guard !octets.isEmpty else { throw Problem(at: last, "\(field) is empty", fix: "write it in hexadecimal") }
    guard octets.count <= 65_000 else {
      throw Problem(at: last, "\(field) has more than 65000 octets", why: "no DNS message can carry it")
    }
    return octets
  }
}

func hexadecimalDigit(_ sign: UInt8) -> UInt8? {
  switch sign {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): sign - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): sign - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): sign - UInt8(ascii: "A") + 10
  default: nil
  }
}
