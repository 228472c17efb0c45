// `rondo init`: its words, as the file that they ask for.

import DNS
internal import Policy
internal import Reporting
import ZoneFile

struct InitOptions: Hashable {
  var file: StarterFile
  /// The directory to write it to.
  var folder = "."
}

extension InitOptions {
  init(_ reader: ArgumentReader) throws(UsageError) {
    if reader.operands.count > 1 { throw .unexpectedArgument(reader.operands[1], of: .initialize) }
    let names = try InitOptions.names(reader, .name)
    guard !names.isEmpty else { throw .missingOperand(CommandOption.name.name, of: .initialize) }
    var nodes: [StarterFile.Node] = []
    for text in try InitOptions.values(reader, .nodes) {
      let node = try StarterFile.Node(option: text)
      if nodes.contains(where: { $0.name == node.name }) {
        throw .repeatedOption("\(CommandOption.nodes.name) \(node.name)", of: .initialize)
      }
      nodes.append(node)
    }
    guard !nodes.isEmpty else { throw .missingOperand(CommandOption.nodes.name, of: .initialize) }
    self.init(
      file: StarterFile(
        names: names, nodes: nodes, checking: try InitOptions.checking(reader),
        servers: try InitOptions.names(reader, .server)))
    if let folder = reader.operands.first { self.folder = folder }
  }

  /// The values of an option, not more than a file may have.
  private static func values(_ reader: ArgumentReader, _ option: CommandOption) throws(UsageError) -> [String] {
    let values = reader.values(option)
    if values.count > StarterFile.most {
      throw .badValue(
        values[StarterFile.most], option: option.name, of: .initialize, expected: "at most \(StarterFile.most) in all")
    }
    return values
  }

  private static func names(_ reader: ArgumentReader, _ option: CommandOption) throws(UsageError) -> [DomainName] {
    var names: [DomainName] = []
    for text in try values(reader, option) {
      // A name of one label would be a zone of the root's.
      guard let name = DomainName(text), name.labelCount > 1, !name.isWildcard else {
        throw .badValue(
          text, option: option.name, of: .initialize,
          expected: "a complete host name such as mail.kreis.example, in ASCII (xn--… for other letters)")
      }
      if names.contains(name) { throw .repeatedOption("\(option.name) \(text)", of: .initialize) }
      names.append(name)
    }
    return names
  }

  private static func checking(_ reader: ArgumentReader) throws(UsageError) -> StarterFile.Checking {
    let forms = try values(reader, .check)
    guard let word = reader.value(.profile) else {
      if forms.isEmpty {
        throw .missingOperand("\(CommandOption.check.name) or \(CommandOption.profile.name)", of: .initialize)
      }
      for form in forms where !isForm(form) {
        throw .badValue(
          form, option: CommandOption.check.name, of: .initialize,
          expected: "a check on one line such as https:443/owa/healthcheck.htm or smtp:25")
      }
      return .forms(forms)
    }
    if !forms.isEmpty { throw .conflict(CommandOption.profile.name, CommandOption.check.name, of: .initialize) }
    guard let profile = MailProfile(rawValue: word) else {
      throw .badValue(
        word, option: CommandOption.profile.name, of: .initialize,
        expected: MailProfile.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return .profile(profile)
  }

  /// Whether it is one line of at most `StarterFile.longestCheck` printable characters; the checker reads the rest.
  private static func isForm(_ text: String) -> Bool {
    text.utf8.count <= StarterFile.longestCheck && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
      && text.utf8.contains { $0 != 0x20 }
  }
}

extension StarterFile.Node {
  /// Reads `NAME=ADDR[,ADDR][,site=SITE]`.
  fileprivate init(option text: String) throws(UsageError) {
    let failure = UsageError.badValue(
      text, option: CommandOption.nodes.name, of: .initialize,
      expected: "a name and its addresses, at most one of each family, such as ex1=192.0.2.11,2001:db8::11,site=nord")
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, AdminStateRequest.isName(String(parts[0])) else { throw failure }
    self.init(name: String(parts[0]), addresses: [])
    for word in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
      if word.hasPrefix("site=") {
        let label = String(word.dropFirst(5))
        guard site == nil, AdminStateRequest.isName(label) else { throw failure }
        site = label
      } else {
        guard let address = IPAddress(word), !addresses.contains(where: { $0.family == address.family }) else {
          throw failure
        }
        addresses.append(address)
      }
    }
    if addresses.isEmpty { throw failure }
  }
}
