// The forms of a check, `tcp:443` or `https:443/owa/healthcheck.htm`, and which options go with which.

/// What comes before the colon.
enum CheckForm: String, CaseIterable, Sendable {
  case tcp, smtp, smtps, imap, imaps, pop3, pop3s, http, https, tls, agent, exec

  /// The options besides the times and counts, which go with every form.
  var options: [String] {
    switch self {
    case .tcp, .agent, .exec: []
    case .smtp: ["names", "starttls", "sni", "verify", "helo"]
    case .imap, .pop3: ["names", "starttls", "sni", "verify"]
    case .smtps: ["names", "sni", "verify", "helo"]
    case .imaps, .pop3s: ["names", "sni", "verify"]
    case .http: ["status", "expect", "host", "names"]
    case .https: ["status", "expect", "host", "names", "sni", "verify"]
    case .tls: ["sni", "names"]
    }
  }

  /// SMTP servers log every session, so they are asked less often.
  var interval: (Duration, text: String) {
    switch self {
    case .smtp, .smtps: (.seconds(10), "10s")
    default: (.seconds(5), "5s")
    }
  }

  /// For messages.
  var example: String {
    switch self {
    case .tcp: "tcp:443"
    case .smtp: "smtp:25"
    case .smtps: "smtps:465"
    case .imap: "imap:143"
    case .imaps: "imaps:993"
    case .pop3: "pop3:110"
    case .pop3s: "pop3s:995"
    case .http: "http:80/health"
    case .https: "https:443/owa/healthcheck.htm"
    case .tls: "tls:443"
    case .agent: "agent:9707"
    case .exec: "exec:/usr/local/lib/rondo/queue"
    }
  }

  static let allOptions = ["status", "expect", "host", "sni", "verify", "names", "starttls", "helo"]

  /// `smtp, imap and pop3`: the forms that have an option.
  static func having(_ option: String) -> String {
    let forms = allCases.filter { $0.options.contains(option) }.map(\.rawValue)
    guard let last = forms.last, forms.count > 1 else { return forms.joined() }
    return forms.dropLast().joined(separator: ", ") + " and " + last
  }
}

/// A form as written, with its port and, for HTTP, its path.
struct WrittenForm {
  var form: CheckForm
  var port: UInt16
  /// For `exec:` the program's.
  var path: String
  /// The program's.
  var arguments: [String] = []
}

extension EntryReader {
  /// `tcp:port`, `https:port/path`
  func form(_ token: Token) throws(Problem) -> WrittenForm {
    let text = entry.text(token)
    let colon = text.firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex
    let word = printable(text[..<colon]).lowercased()
    guard let form = CheckForm(rawValue: word) else {
      throw Problem(
        at: token.range, "\"\(printable(text))\" is not a check",
        why: suggestion(for: word, among: CheckForm.allCases.map(\.rawValue)),
        fix: "write for example tcp:443 or https:443/owa/healthcheck.htm")
    }
    if form == .exec {
      let start = min(colon + 1, text.endIndex) - text.startIndex
      return WrittenForm(form: form, port: 0, path: try programPath(token.range.part(start..<text.count)))
    }
    let rest = text[min(colon + 1, text.endIndex)...]
    let hasPath = form == .http || form == .https
    let slash = hasPath ? rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex : rest.endIndex
    let port = rest[..<slash]
    guard colon < text.endIndex, !port.isEmpty else {
      throw Problem(at: token.range.after, "the port is missing", fix: "write for example \(form.example)")
    }
    let start = colon + 1 - text.startIndex
    guard let number = wholeNumber(port), (1...65535).contains(number) else {
      throw Problem(
        at: token.range.part(start..<start + port.count), "\"\(printable(port))\" is not a port",
        fix: "write a number from 1 to 65535, for example \(form.example)")
    }
    let path = hasPath ? try pagePath(token.range.part(start + port.count..<text.count), form) : ""
    return WrittenForm(form: form, port: UInt16(number), path: path)
  }

  private func programPath(_ range: SourceRange) throws(Problem) -> String {
    let path = try entry.string(Token(range: range, isQuoted: false), limit: 4_096)
    guard path.first == UInt8(ascii: "/"), !path.contains(0) else {
      throw Problem(
        at: range, "this is not the whole path of a program", why: "nothing is searched for it",
        fix: "write for example \(CheckForm.exec.example)")
    }
    return String(decoding: path, as: UTF8.self)
  }

  private func pagePath(_ range: SourceRange, _ form: CheckForm) throws(Problem) -> String {
    let octets = try entry.string(Token(range: range, isQuoted: false), limit: 4_096)
    guard !octets.isEmpty else {
      throw Problem(
        at: range.after, "the path is missing", why: "the start page of a server says little about its services",
        fix: "write for example \(form.example)")
    }
    guard octets.count <= 1_024, octets.allSatisfy({ (0x21...0x7E).contains($0) }), !octets.contains(UInt8(ascii: "#"))
    else {
      throw Problem(
        at: range, "this cannot be the path of a page",
        fix: "write up to 1024 ASCII characters without spaces and \"#\"; others are written %XX, as browsers do")
    }
    return String(decoding: octets, as: UTF8.self)
  }
}
