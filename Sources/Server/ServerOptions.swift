// What the command line of `rondo serve` says.

package import DNS
package import Linux
package import Policy
package import Reporting

/// The settings of a server; what belongs to zones and nodes is in the files.
package struct ServerOptions: Sendable {
  /// Where DNS is answered, over UDP and TCP alike.
  package enum Listening: Sendable {
    /// At all addresses of this host, of both families as far as it has them.
    case everywhere(port: UInt16)
    case at([SocketEndpoint])
  }

  /// The zone config files, at least one.
  package var files: [String]
  package var listening: Listening
  /// Where status is shown; nil for nowhere.
  package var status: SocketEndpoint?
  /// Names by which the status port may be asked, besides `localhost` and addresses.
  package var statusHosts = StatusHosts()
  /// The path of the control socket; nil for none.
  package var control: String?
  /// The folder in which serials are kept; nil for none.
  package var stateDirectory: String?
  /// Workers of each kind: for the datagrams of each address, and for connections. At least one.
  package var threads: Int
  /// How long answers wait for the first results of checks, at the start and before a reload takes effect.
  package var startWait = Duration.seconds(3)
  /// Whom to become once all sockets are open; nil to stay.
  package var user: String?
  /// The file with the secrets of server cookies; nil for a random one.
  package var cookieSecretsFile: String?
  /// What NSID tells; empty for nothing.
  package var identifier: String
  /// Who may have whole zones; nobody when this is empty and there is no key.
  package var transferNetworks = ClientPrefixes()
  /// The file with the TSIG keys; nil for none.
  package var transferKeyFile: String?
  /// The secondaries to notify when a zone changes.
  package var notify: [NoticeTarget] = []
  /// What the ledger of hand-outs keeps.
  package var ledger = LedgerDetail.full
  /// Nil for no limit.
  package var rateLimit: RateLimitPlan?
  /// What this process was started with, for check programs; nil for a clean start.
  package var start: ProcessStart?

  package init(
    files: [String], listening: Listening, status: SocketEndpoint?, control: String?, stateDirectory: String?,
    threads: Int, user: String?, cookieSecretsFile: String? = nil, identifier: String = "",
    rateLimit: RateLimitPlan? = nil
  ) {
    self.files = files
    self.listening = listening
    self.status = status
    self.control = control
    self.stateDirectory = stateDirectory
    self.threads = threads
    self.user = user
    self.cookieSecretsFile = cookieSecretsFile
    self.identifier = identifier
    self.rateLimit = rateLimit
  }
}

extension ServerOptions {
  /// Where notices to a secondary leave from: it accepts them from the address that it transfers from (RFC 1996 §3.10).
  ///
  /// Without an address of its own it is the first of --listen that can reach the secondary; nil where the system chooses.
  func noticeSource(for target: NoticeTarget) -> IPAddress? {
    if let source = target.source { return source }
    guard case .at(let endpoints) = listening else { return nil }
    let secondary = target.endpoint.address
    return endpoints.lazy.map(\.address).first { address in
      address.family == secondary.family && !address.isWildcard && (!address.isLoopback || secondary.isLoopback)
    }
  }
}

/// What the ledger keeps of the askers that were handed addresses.
package enum LedgerDetail: String, Sendable, CaseIterable {
  /// Nothing.
  case off
  /// Networks of askers: /24, /56.
  case prefixes
  /// Addresses of askers.
  case full
}

/// A secondary to notify of changes, and how it knows that the notice is ours.
package struct NoticeTarget: Hashable, Sendable {
  package enum Key: Hashable, Sendable {
    /// The first of the file, if there is a file.
    case first
    case unsigned
    /// The key of that name; the file has one.
    case named(DomainName)
  }

  package var endpoint: SocketEndpoint
  package var key: Key
  /// Where notices leave from; nil for an address of --listen.
  package var source: IPAddress?

  package init(_ endpoint: SocketEndpoint, key: Key = .first, source: IPAddress? = nil) {
    self.endpoint = endpoint
    self.key = key
    self.source = source
  }

  /// What notices to it are signed with; nil for nothing.
  func choose(from keys: [TSIGKey]) -> TSIGKey? {
    switch key {
    case .first: keys.first
    case .unsigned: nil
    case .named(let name): keys.first { $0.name == name }
    }
  }
}

/// Why the server could not start, or cannot go on, in words for the operator.
package struct ServerFailure: Error, Sendable {
  package let message: String

  init(_ message: String) { self.message = message }
}
