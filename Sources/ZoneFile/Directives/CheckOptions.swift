// The options of a check that say what is asked of the node; those that say when are in CheckDirective.swift.

import DNS
import Model

/// The values of the options, as far as they were written.
struct CheckOptions {
  enum StartTLS {
    case offered, used
  }

  var statuses: [ClosedRange<UInt16>]?
  var expected: [UInt8]?
  var host: String?
  var serverName: String?
  var verification = TLSChoice.Verification.system
  var mustNameNode = false
  var certificateNames = CertificateStrictness.warn
  var startTLS: StartTLS?
  var helloName: String?

  var tls: TLSChoice { TLSChoice(serverName: serverName, verification: verification) }
}

extension EntryReader {
  /// Form and options as one kind; what is wrong with an option is reported, and the others are read.
  mutating func kind(_ written: WrittenForm, _ options: [Option]) -> CheckPlan.Kind {
    var values = CheckOptions()
    for option in options {
      do throws(Problem) {
        try read(option, of: written.form, into: &values)
      } catch {
        report(error)
      }
    }
    if let option = options.first(where: { ["sni", "verify"].contains($0.key) }), values.startTLS != .used,
      written.form.options.contains("starttls")
    {
      report(
        Problem(
          at: option.keyRange, "\(option.key)= is given and no TLS is begun", fix: "add starttls=use, or leave it out")
      )
    }
    return kind(written, values)
  }

  private func kind(_ written: WrittenForm, _ values: CheckOptions) -> CheckPlan.Kind {
    switch written.form {
    case .tcp: .tcp(port: written.port)
    case .agent: .agent(port: written.port)
    case .exec: .program(ProgramPlan(path: written.path, arguments: written.arguments))
    case .tls:
      .tls(HelloPlan(port: written.port, serverName: values.serverName, onMissingName: values.certificateNames))
    case .smtp, .smtps: mail(.smtp, written, values)
    case .imap, .imaps: mail(.imap, written, values)
    case .pop3, .pop3s: mail(.pop3, written, values)
    case .http, .https:
      .http(
        HTTPPlan(
          port: written.port, path: written.path, tls: written.form == .https ? values.tls : nil,
          statuses: values.statuses ?? [200...200], expected: values.expected, host: values.host,
          mustNameNode: values.mustNameNode))
    }
  }

  private func mail(_ service: MailPlan.Service, _ written: WrittenForm, _ values: CheckOptions) -> CheckPlan.Kind {
    let security: MailPlan.Security =
      switch values.startTLS {
      case _ where written.form.rawValue != service.rawValue: .immediate(values.tls)
      case .used: .upgraded(values.tls)
      case .offered: .offered
      case nil: .clear
      }
    return .mail(
      MailPlan(
        service: service, port: written.port, security: security, mustNameNode: values.mustNameNode,
        helloName: values.helloName))
  }

  // MARK: One option

  private func read(_ option: Option, of form: CheckForm, into values: inout CheckOptions) throws(Problem) {
    guard form.options.contains(option.key) else {
      throw Problem(
        at: option.keyRange, "\(form.rawValue) checks have no option \(option.key)=",
        why: "it belongs to \(CheckForm.having(option.key))", fix: "leave it out, or choose another form")
    }
    switch option.key {
    case "status": values.statuses = try statuses(option)
    case "expect": values.expected = try entry.string(option.token, limit: 255)
    case "host": values.host = try hostName(option, option.value, option.valueRange)
    case "sni": values.serverName = try hostName(option, option.value, option.valueRange)
    case "helo": values.helloName = try helloName(option)
    case "verify": values.verification = try verification(option)
    case "starttls":
      switch option.text {
      case "offer": values.startTLS = .offered
      case "use": values.startTLS = .used
      default: throw notOneOf(option, "starttls=offer (it must be offered) or starttls=use (it is carried out)")
      }
    case _ where form == .tls:
      guard let strictness = CertificateStrictness(rawValue: option.text) else {
        throw notOneOf(
          option, "names=warn, names=gate (a certificate that lacks a name takes the node out) or names=off")
      }
      values.certificateNames = strictness
    default:
      guard option.text == "node" else {
        throw notOneOf(option, "names=node (the node must name itself as $NODE does), or leave it out")
      }
      values.mustNameNode = true
    }
  }

  private func notOneOf(_ option: Option, _ choices: String) -> Problem {
    Problem(at: option.valueRange, "\(option.key)=\(option.text) has no meaning here", fix: "write \(choices)")
  }

  /// `200`, `200-299`, `200,401`
  private func statuses(_ option: Option) throws(Problem) -> [ClosedRange<UInt16>] {
    var statuses: [ClosedRange<UInt16>] = []
    for part in option.parts() {
      let bounds = part.value.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).map {
        wholeNumber($0)
      }
      guard let first = bounds.first ?? nil, let last = bounds.last ?? nil, bounds.count <= 2, first <= last,
        first >= 200, last <= 599, statuses.count < 16
      else {
        throw Problem(
          at: option.valueRange, "status=\(option.text) is not a list of HTTP status codes",
          fix: "write codes from 200 to 599 and ranges of them, for example status=200 or status=200-299,401")
      }
      statuses.append(UInt16(first)...UInt16(last))
    }
    return statuses
  }

  private func hostName(_ option: Option, _ octets: ArraySlice<UInt8>, _ range: SourceRange) throws(Problem) -> String {
    let isName = octets.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    // A final dot is a matter of DNS; HTTP and TLS do not use it.
    let name = octets.last == UInt8(ascii: ".") ? octets.dropLast() : octets
    guard isName, (1...253).contains(name.count) else {
      throw Problem(
        at: range, "\"\(printable(octets))\" in \(option.key)= is not a host name",
        fix: "write a name such as mail.kreis.example")
    }
    return String(decoding: name, as: UTF8.self)
  }

  /// `rondo1.kreis.example`, `[192.0.2.53]`, `[IPv6:2001:db8::53]` (RFC 5321 §4.1.3)
  private func helloName(_ option: Option) throws(Problem) -> String {
    guard option.value.first == UInt8(ascii: "[") else {
      return try hostName(option, option.value, option.valueRange)
    }
    let prefix = Array("ipv6:".utf8)
    var text = option.value.dropFirst()
    let isClosed = text.popLast() == UInt8(ascii: "]")
    let hasPrefix = text.prefix(prefix.count).elementsEqual(prefix) { $0 | 0x20 == $1 | 0x20 }
    if hasPrefix { text = text.dropFirst(prefix.count) }
    guard isClosed, let address = IPAddress(String(decoding: text, as: UTF8.self)),
      (address.family == .ipv6) == hasPrefix
    else {
      throw Problem(
        at: option.valueRange, "\"\(option.text)\" in helo= is not an address in brackets",
        fix: "write a host name such as rondo1.kreis.example, or [192.0.2.53] or [IPv6:2001:db8::53]")
    }
    return address.family == .ipv4 ? "[\(address)]" : "[IPv6:\(address)]"
  }

  /// `none`, `ca:FILE`, `name:NAME`
  private func verification(_ option: Option) throws(Problem) -> TLSChoice.Verification {
    if option.text == "none" { return .none }
    let colon = option.value.firstIndex(of: UInt8(ascii: ":")) ?? option.value.endIndex
    let value = option.value[min(colon + 1, option.value.endIndex)...]
    let start = value.startIndex - option.value.startIndex
    let range = option.valueRange.part(start..<start + value.count)
    switch printable(option.value[..<colon]) {
    case "ca" where !value.isEmpty:
      let octets = try entry.string(Token(range: range, isQuoted: false), limit: 4_096)
      guard !octets.contains(0) else { throw Problem(at: range, "the path holds a zero octet", fix: "write a path") }
      let file = String(decoding: octets, as: UTF8.self)
      return .authority(file: completed(file, from: path))
    case "name" where !value.isEmpty: return .systemFor(name: try hostName(option, value, range))
    default:
      throw notOneOf(
        option, "verify=none, verify=ca: with the path of a PEM file, or verify=name: with the name to look for")
    }
  }
}
