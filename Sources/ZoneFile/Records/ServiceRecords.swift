// Records that lead from a name to a service: SRV, NAPTR, URI (RFC 2782, RFC 3403 §4, RFC 7553 §4).

import DNS

extension FieldReader {
  /// SRV: priority, weight, port, target; its name is never compressed (RFC 2782).
  mutating func service() throws(Problem) -> RecordData {
    var data = RecordData()
    data.append(try number("the priority", UInt16.self))
    data.append(try number("the weight", UInt16.self))
    let port = try number("the port", UInt16.self)
    let portRange = last
    data.append(port)
    let host = try name("the target")
    // "." means that the service does not exist; its port has no meaning.
    if port == 0, !host.isRoot {
      warn(
        Problem(
          .warning, at: portRange, "the port is 0", why: "no client can connect to it",
          fix:
            "write the port of the service, from 1 to 65535, for example 443; a service that does not exist has the target ."
        ))
    }
    data.append(host, isCompressible: false)
    return data
  }

  /// NAPTR: order, preference, flags, services, regular expression, replacement (RFC 3403 §4.1).
  mutating func namingAuthorityPointer() throws(Problem) -> RecordData {
    var data = RecordData()
    data.append(try number("the order", UInt16.self))
    data.append(try number("the preference", UInt16.self))
    let flags = try string("the flags")
    let isPlain = flags.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercased($0))
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
    }
    guard isPlain else {
      throw Problem(
        at: last, "the flags \"\(printable(flags[...]))\" are not letters and digits",
        why: "RFC 3403 §4.1 allows no others",
        fix: "write for example \"S\", \"A\", \"U\" or \"\"")
    }
    data.appendString(flags)
    data.appendString(try string("the services"))
    let expression = try string("the regular expression")
    let expressionRange = last
    data.appendString(expression)
    let replacement = try name("the replacement")
    if !expression.isEmpty, !replacement.isRoot {
      warn(
        Problem(
          .warning, at: expressionRange, "this NAPTR record has both a regular expression and a replacement",
          why: "only one of them may be there, and many ignore such a record (RFC 3403 §4.1)",
          fix: "write \"\" for the expression, or . for the replacement"))
    }
    data.append(replacement, isCompressible: false)
    return data
  }

  /// URI: priority, weight, target, which fills the rest of the record without a length octet (RFC 7553 §4.4).
  mutating func uniformIdentifier() throws(Problem) -> RecordData {
    var data = RecordData()
    data.append(try number("the priority", UInt16.self))
    data.append(try number("the weight", UInt16.self))
    let token = try next("the URI")
    let target = try entry.string(token, limit: 65_000)
    guard !target.isEmpty else {
      throw Problem(
        at: token.range, "the URI is empty", why: "RFC 7553 §4.4 asks for a target",
        fix: "write it in quotation marks, for example \"https://kreis.example/\"")
    }
    data.append(target)
    return data
  }
}
