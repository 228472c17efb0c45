// The answer settings as the command line gives them, and the file of cookie secrets that it names.

package import Answering
internal import DNS
internal import Linux

extension AnswerSettings {
  /// - Throws: when the file of secrets cannot be used.
  package init(_ options: ServerOptions) throws(ServerFailure) {
    var random = SystemRandomNumberGenerator()
    // Every process has a secret of its own, so that cookies work without any setting.
    self.init(
      cookieSecrets: CookieSecrets(current: .random(using: &random)), identifier: Array(options.identifier.utf8))
    try readSecrets(again: options)
  }

  /// Takes what the files of secrets hold now, all or nothing; without a file what is in use stays.
  package mutating func readSecrets(again options: ServerOptions) throws(ServerFailure) {
    let keys = try AnswerSettings.transferKeys(options.transferKeyFile)
    for target in options.notify {
      if case .named(let name) = target.key, target.choose(from: keys) == nil {
        throw ServerFailure(
          "\(options.transferKeyFile ?? ""): there is no key \(name) in it, which notices to \(target.endpoint) are to be "
            + "signed with; add the key, or name another with --notify \(target.endpoint),key=NAME")
      }
    }
    try readCookieSecrets(options.cookieSecretsFile)
    transfers = TransferRights(networks: options.transferNetworks, keys: keys)
  }

  private static func octets(of path: String, _ what: String) throws(ServerFailure) -> [UInt8] {
    do throws(FileFailure) {
      return try readFile(path, limit: 1 << 16)
    } catch {
      throw ServerFailure("cannot read the \(what) in \(path): \(error)")
    }
  }

  /// A key on each line, `algorithm:name:secret`; empty lines and those that begin with `#` mean nothing.
  private static func transferKeys(_ path: String?) throws(ServerFailure) -> [TSIGKey] {
    guard let path else { return [] }
    var keys: [TSIGKey] = []
    let lines = String(decoding: try octets(of: path, "transfer keys"), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let text = line.split(whereSeparator: \.isWhitespace).joined()
      if text.isEmpty || text.hasPrefix("#") { continue }
      guard let key = TSIGKey(text) else {
        throw ServerFailure(
          "\(path): line \(index + 1) is no transfer key; write hmac-sha256:NAME:SECRET with the secret in base64, as "
            + "`tsig-keygen` or `keymgr -t NAME` makes it")
      }
      keys.append(key)
    }
    guard !keys.isEmpty else { throw ServerFailure("\(path): there is no transfer key in it") }
    return keys
  }

  private mutating func readCookieSecrets(_ path: String?) throws(ServerFailure) {
    guard let path else { return }
    let octets = try AnswerSettings.octets(of: path, "cookie secrets")
    do throws(CookieSecretsError) {
      cookieSecrets = try CookieSecrets(file: octets)
    } catch {
      throw ServerFailure("\(path): \(error.explanation)")
    }
  }
}

extension CookieSecretsError {
  /// What is wrong, and how to fix it; never what the line holds.
  fileprivate var explanation: String {
    switch self {
    case .malformed(let line):
      "line \(line) is no cookie secret; write 32 hexadecimal digits, as `openssl rand -hex 16` prints them"
    case .tooMany(let line): "line \(line) is a fourth cookie secret; keep the current one and two more at most"
    case .empty: "there is no cookie secret in it; write 32 hexadecimal digits, as `openssl rand -hex 16` prints them"
    }
  }
}
