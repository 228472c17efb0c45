// Base64: how keys are written in zone files and key files (RFC 4648 §4).

/// Octets in base64 with its padding (RFC 4648 §4); nil when the text is none.
package func base64(_ text: ArraySlice<UInt8>) -> [UInt8]? {
  guard text.count % 4 == 0 else { return nil }
  let digits = text.last != UInt8(ascii: "=") ? text : text.dropLast(text.dropLast().last == UInt8(ascii: "=") ? 2 : 1)
  var octets: [UInt8] = []
  var bits: UInt32 = 0
  var count = 0
  for sign in digits {
    let digit: UInt8
    switch sign {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = sign - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = sign - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = sign - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): digit = 62
    case UInt8(ascii: "/"): digit = 63
    default: return nil
    }
    bits = bits << 6 | UInt32(digit)
    count += 6
    guard count >= 8 else { continue }
    count -= 8
    octets.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    bits &= 1 << UInt32(count) - 1
  }
  // What the last digit holds beyond the last octet is zero, or something was cut off.
  return bits == 0 ? octets : nil
}

/// Octets written in base64, with padding (RFC 4648 §4).
package func base64Text(_ octets: some Collection<UInt8>) -> String {
  let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var text: [UInt8] = []
  var rest = octets[...]
  while !rest.isEmpty {
    let group = Array(rest.prefix(3))
    rest = rest.dropFirst(3)
    let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
    for index in 0..<4 {
      text.append(index <= group.count ? digits[bits >> (18 - 6 * index) & 0x3F] : UInt8(ascii: "="))
    }
  }
  return String(decoding: text, as: UTF8.self)
}
