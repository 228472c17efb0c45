// What `$CHECK` can ask of a node, as a model: one case for each family of forms.

extension Check {
  package enum Kind: Hashable, Sendable {
    /// The node is well when it accepts a connection to this port.
    case tcp(port: UInt16)
    case mail(MailCheck)
    case http(HTTPCheck)
    case tls(HelloCheck)
    case agent(port: UInt16)
    case program(ProgramCheck)
  }
}

extension Check.Kind {
  /// Nil for a program.
  var port: UInt16? {
    switch self {
    case .tcp(let port), .agent(let port): port
    case .mail(let check): check.port
    case .http(let check): check.port
    case .tls(let check): check.port
    case .program: nil
    }
  }

  /// How TLS is begun; nil for checks that carry out none. `tls:` reads a hello by itself.
  package var tls: TLSOptions? {
    switch self {
    case .http(let check): return check.tls
    case .mail(let check):
      switch check.security {
      case .upgraded(let options), .immediate(let options): return options
      case .clear, .offered: return nil
      }
    case .tcp, .tls, .agent, .program: return nil
    }
  }
}

/// `exec:`
package struct ProgramCheck: Hashable, Sendable {
  /// Absolute.
  package var path: String
  package var arguments: [String]
}

/// `smtp: smtps: imap: imaps: pop3: pop3s:`
package struct MailCheck: Hashable, Sendable {
  package enum Service: String, Hashable, Sendable {
    case smtp, imap, pop3
  }

  package enum Security: Hashable, Sendable {
    case clear
    /// `starttls=offer`: the node must offer it.
    case offered
    /// `starttls=use`: it is carried out.
    case upgraded(TLSOptions)
    case immediate(TLSOptions)
  }

  package var service: Service
  package var port: UInt16
  package var security = Security.clear
  /// `names=node`: the greeting must name the node.
  package var mustNameNode = false
  /// `helo=`: what SMTP is told as our name, a host name or an address in brackets; nil for the host's own.
  package var helloName: String?
}

/// `http: https:`
package struct HTTPCheck: Hashable, Sendable {
  package var port: UInt16
  /// Printable ASCII that begins with `/`.
  package var path: String
  /// Nil for `http:`.
  package var tls: TLSOptions?
  package var statuses: [ClosedRange<UInt16>] = [200...200]
  /// `expect=`: octets the body must contain.
  package var expected: [UInt8]?
  package var host: String?
  /// `names=node`: the body must name the node.
  package var mustNameNode = false
}

/// `tls:`
package struct HelloCheck: Hashable, Sendable {
  package enum Strictness: String, Hashable, Sendable {
    case off, warn, gate
  }

  package var port: UInt16
  package var serverName: String?
  /// `names=`: what it means that the certificate does not cover a name the node is handed out under.
  package var names = Strictness.warn
}

/// How TLS is begun and the certificate verified.
package struct TLSOptions: Hashable, Sendable {
  package enum Verification: Hashable, Sendable {
    /// By the system's authorities, for the name that is asked for.
    case system
    case none
    /// By the system's authorities, for this name.
    case name(String)
    /// By the authorities in this file; its path is completed by the directory of the zone config file.
    case authority(file: String)
  }

  package var serverName: String?
  package var verification = Verification.system
}
