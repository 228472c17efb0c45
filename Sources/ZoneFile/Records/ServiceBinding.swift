// SVCB and HTTPS: priority, target, parameters as `key=value` (RFC 9460 §2.1 and appendix A).

import DNS

/// A parameter as written.
private struct WrittenParameter {
  var range: SourceRange
  var keyText: ArraySlice<UInt8>
  /// Nil without "="; the first level of escapes is resolved.
  var value: [UInt8]?
  /// Of the value, its quotation marks left out.
  var valueRange: SourceRange
}

extension FieldReader {
  mutating func serviceBinding() throws(Problem) -> RecordData {
    var data = RecordData()
    let priority = try number("the priority", UInt16.self)
    data.append(priority)
    data.append(try name("the target"), isCompressible: false)
    let firstRange = following
    var parameters: [ServiceParameter] = []
    var ranges: [ServiceParameter.Key: SourceRange] = [:]
    while !isAtEnd {
      let written = try parameter()
      let parameter = try read(written)
      if ranges[parameter.key] != nil {
        throw Problem(
          at: written.range, "the parameter \(printable(written.keyText)) is given twice",
          why: "each key may be there once (RFC 9460 §2.1)", fix: "remove one of them")
      }
      ranges[parameter.key] = written.range
      parameters.append(parameter)
    }
    try checkTogether(parameters, ranges)
    if priority == 0, !parameters.isEmpty {
      warn(
        Problem(
          .warning, at: firstRange, "the parameters of this record are ignored",
          why: "priority 0 means that it only names an alias (RFC 9460 §2.4.2)",
          fix: "remove them, or write a priority from 1 on"))
    }
    parameters.sort { $0.key < $1.key }
    for parameter in parameters {
      data.append(parameter.key.rawValue)
      data.append(UInt16(clamping: parameter.value.count))
      data.append(parameter.value)
    }
    return data
  }

  /// What one parameter requires of the others (RFC 9460 §7.1.1, §8).
  private func checkTogether(
    _ parameters: [ServiceParameter], _ ranges: [ServiceParameter.Key: SourceRange]
  ) throws(Problem) {
    if let range = ranges[.noDefaultALPN], ranges[.alpn] == nil {
      throw Problem(
        at: range, "no-default-alpn is given without alpn", why: "then no protocol at all is left (RFC 9460 §7.1.1)",
        fix: "add for example alpn=h2")
    }
    guard let list = parameters.first(where: { $0.key == .mandatory }), let range = ranges[.mandatory] else { return }
    for key in list.mandatoryKeys where ranges[key] == nil {
      throw Problem(
        at: range, "a parameter that is said to be mandatory is missing",
        why: "key\(key.rawValue) is listed and not there (RFC 9460 §8)", fix: "add it, or take it off the list")
    }
  }

  // MARK: One parameter

  private mutating func parameter() throws(Problem) -> WrittenParameter {
    let token = try next("the parameter")
    let text = entry.text(token)
    guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else {
      return WrittenParameter(range: token.range, keyText: text, value: nil, valueRange: token.range.after)
    }
    var valueToken = Token(
      range: token.range.part(equals + 1 - text.startIndex..<text.count), isQuoted: token.hasQuotedValue)
    if token.hasQuotedValue, text.last != UInt8(ascii: "\"") || text.count < equals - text.startIndex + 3 {
      throw Problem(
        at: token.range, "something follows the closing quotation mark of a value",
        fix: "put a space between two parameters")
    }
    valueToken.hasQuotedValue = false
    return WrittenParameter(
      range: token.range, keyText: text[..<equals], value: try entry.string(valueToken, limit: 65_000),
      valueRange: valueToken.range)
  }

  private func read(_ written: WrittenParameter) throws(Problem) -> ServiceParameter {
    let word = printable(written.keyText)
    guard let key = ServiceParameter.Key(word) else {
      let keyRange = written.range.part(0..<written.keyText.count)
      throw Problem(
        at: keyRange, "\"\(word)\" is not a parameter",
        why: suggestion(for: word, among: ServiceParameter.Key.knownNames),
        fix: "the parameters are \(ServiceParameter.Key.knownNames.joined(separator: ", ")), and keyNNNNN for others")
    }
    let value =
      word.hasPrefix("key") ? written.value ?? [] : try wireValue(of: key, named: word, written)
    let parameter = ServiceParameter(key, value)
    guard parameter.isWellFormed else {
      throw Problem(
        at: written.range, "these octets are no value of the parameter \(word)",
        why: "the key has a name and a form of its own", fix: "write it by its name")
    }
    return parameter
  }

  /// The value of a parameter that is written by its name.
  private func wireValue(of key: ServiceParameter.Key, named word: String, _ written: WrittenParameter)
    throws(Problem) -> [UInt8]
  {
    let value = written.value ?? []
    if key == .noDefaultALPN || key == .obliviousHTTP {
      guard value.isEmpty else {
        throw Problem(at: written.valueRange, "\(word) has a value", why: "it takes none", fix: "write \(word) alone")
      }
      return []
    }
    guard !value.isEmpty else {
      throw Problem(
        at: written.valueRange, "the parameter \(word) has no value",
        fix: "write the value right after the \"=\", without a space")
    }
    switch key {
    case .mandatory: return try mandatory(value, written)
    case .alpn: return try protocols(value, written)
    case .port:
      guard let port = UInt16(String(decoding: value, as: UTF8.self)), value.first != UInt8(ascii: "+") else {
        throw invalid(written, "is not a port", fix: "write a whole number from 0 to 65535")
      }
      return [UInt8(port >> 8), UInt8(port & 0xFF)]
    case .ipv4Hint: return try addresses(value, .ipv4, written)
    case .ipv6Hint: return try addresses(value, .ipv6, written)
    case .encryptedClientHello:
      guard let octets = base64(value[...]) else {
        throw invalid(written, "is not base64", fix: "copy it again as the web server printed it")
      }
      return octets
    default: return value
    }
  }

  private func invalid(_ written: WrittenParameter, _ what: String, why: String = "", fix: String) -> Problem {
    Problem(
      at: written.valueRange, "\"\(printable((written.value ?? [])[...], limit: 40))\" \(what)", why: why, fix: fix)
  }

  /// `mandatory`: keys in ascending order, never its own (RFC 9460 §8).
  private func mandatory(_ value: [UInt8], _ written: WrittenParameter) throws(Problem) -> [UInt8] {
    var keys: Set<ServiceParameter.Key> = []
    for part in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      guard let key = ServiceParameter.Key(printable(part)), key != .mandatory, keys.insert(key).inserted else {
        throw invalid(
          written, "is not a list of parameters",
          why: "\"\(printable(part))\" is unknown, there twice, or mandatory itself",
          fix: "write the names of parameters of this record with commas, for example alpn,port")
      }
    }
    return keys.sorted().flatMap { [UInt8($0.rawValue >> 8), UInt8($0.rawValue & 0xFF)] }
  }

  /// `alpn`: a comma-separated list with escapes of its own: `\,` and `\\` (RFC 9460 §7.1 and appendix A.1).
  private func protocols(_ value: [UInt8], _ written: WrittenParameter) throws(Problem) -> [UInt8] {
    var items: [[UInt8]] = [[]]
    var at = 0
    while at < value.count {
      switch value[at] {
      case UInt8(ascii: ","): items.append([])
      case UInt8(ascii: "\\"):
        at += 1
        guard at < value.count, value[at] == UInt8(ascii: ",") || value[at] == UInt8(ascii: "\\") else {
          throw invalid(
            written, "has a backslash that protects nothing", why: "in a list it comes before \",\" or \"\\\" only",
            fix: "write \\\\ in front of the comma that belongs to a name")
        }
        items[items.count - 1].append(value[at])
      default: items[items.count - 1].append(value[at])
      }
      at += 1
    }
    guard items.allSatisfy({ (1...255).contains($0.count) }) else {
      throw invalid(
        written, "is not a list of protocols", why: "each has 1 to 255 octets", fix: "write for example h3,h2")
    }
    return items.flatMap { [UInt8($0.count)] + $0 }
  }

  private func addresses(_ value: [UInt8], _ family: AddressFamily, _ written: WrittenParameter) throws(Problem)
    -> [UInt8]
  {
    var octets: [UInt8] = []
    for part in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      guard part.count <= 64, let address = IPAddress(String(decoding: part, as: UTF8.self)), address.family == family
      else {
        throw invalid(
          written, "is not a list of \(family.displayName) addresses",
          why: "\"\(printable(part, limit: 40))\" is none",
          fix: "write for example \(family == .ipv4 ? "192.0.2.1,192.0.2.2" : "2001:db8::1,2001:db8::2")")
      }
      octets += address.octets
    }
    return octets
  }
}
