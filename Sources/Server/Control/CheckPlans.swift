// From checks as the zone config file has them to checks as health carries them out: the two rooms do not know each other.

internal import Health
internal import ZoneFile

extension CheckPlan.Kind {
  init(_ kind: Check.Kind) {
    self =
      switch kind {
      case .tcp(let port): .tcp(port: port)
      case .mail(let check): .mail(MailPlan(check))
      case .http(let check): .http(HTTPPlan(check))
      case .tls(let check): .tls(HelloPlan(check))
      case .agent(let port): .agent(port: port)
      case .program(let program): .program(ProgramPlan(path: program.path, arguments: program.arguments))
      }
  }
}

extension MailPlan {
  fileprivate init(_ check: MailCheck) {
    let service: Service =
      switch check.service {
      case .smtp: .smtp
      case .imap: .imap
      case .pop3: .pop3
      }
    let security: Security =
      switch check.security {
      case .clear: .clear
      case .offered: .offered
      case .upgraded(let options): .upgraded(TLSChoice(options))
      case .immediate(let options): .immediate(TLSChoice(options))
      }
    self.init(
      service: service, port: check.port, security: security, mustNameNode: check.mustNameNode,
      helloName: check.helloName)
  }
}

extension HTTPPlan {
  fileprivate init(_ check: HTTPCheck) {
    self.init(
      port: check.port, path: check.path, tls: check.tls.map { TLSChoice($0) }, statuses: check.statuses,
      expected: check.expected, host: check.host, mustNameNode: check.mustNameNode)
  }
}

extension HelloPlan {
  fileprivate init(_ check: HelloCheck) {
    let strictness: CertificateRules.Strictness =
      switch check.names {
      case .off: .ignore
      case .warn: .warn
      case .gate: .fail
      }
    self.init(port: check.port, serverName: check.serverName, onMissingName: strictness)
  }
}

extension TLSChoice {
  fileprivate init(_ options: TLSOptions) {
    let verification: Verification =
      switch options.verification {
      case .system: .system
      case .none: .none
      case .name(let name): .systemFor(name: name)
      case .authority(let file): .authority(file: file)
      }
    self.init(serverName: options.serverName, verification: verification)
  }
}
