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

  /// Takes the secrets that the file holds now; without a file those in use stay.
  package mutating func readSecrets(again options: ServerOptions) throws(ServerFailure) {
    guard let path = options.cookieSecretsFile else { return }
    let octets: [UInt8]
    do throws(Errno) {
      octets = try readFile(path, limit: 1 << 16)
    } catch {
      throw ServerFailure("cannot read the cookie secrets in \(path): \(error)")
    }
    do throws(CookieSecretsError) {
      cookieSecrets = try CookieSecrets(file: octets)
    } catch {
      throw ServerFailure("\(path): \(error.explanation)")
    }
  }
}

extension CookieSecretsError {
  /// What is wrong, and how to mend it; never what the line holds.
  fileprivate var explanation: String {
    switch self {
    case .malformed(let line):
      "line \(line) is no cookie secret; write 32 hexadecimal digits, as `openssl rand -hex 16` prints them"
    case .tooMany(let line): "line \(line) is a fourth cookie secret; keep the current one and two more at most"
    case .empty: "there is no cookie secret in it; write 32 hexadecimal digits, as `openssl rand -hex 16` prints them"
    }
  }
}
