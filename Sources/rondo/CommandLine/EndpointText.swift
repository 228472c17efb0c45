// How addresses with ports are written on the command line.

import DNS

extension SocketEndpoint {
  /// Reads `192.0.2.1:53`, `[2001:db8::1]:53`, and, where there is a default port, an address alone,
  /// an IPv6 one with or without brackets.
  init(
    _ text: String, defaultPort: UInt16? = nil, for option: CommandOption, of command: Command
  ) throws(UsageError) {
    guard let endpoint = SocketEndpoint(text, defaultPort: defaultPort) else {
      let example = defaultPort == nil ? "an address with a port" : "an address with or without a port"
      throw .badValue(
        text, option: option.name, of: command,
        expected: "\(example), such as 192.0.2.1:53 or [2001:db8::1]:53; names are not looked up")
    }
    self = endpoint
  }

  /// The same; nil where the text is no such thing.
  init?(_ text: String, defaultPort: UInt16?) {
    guard let (address, port) = SocketEndpoint.split(text), let parsed = IPAddress(address),
      !text.hasPrefix("[") || parsed.family == .ipv6,
      let number = port.map(SocketEndpoint.portNumber) ?? defaultPort
    else { return nil }
    self.init(parsed, port: number)
  }

  /// Divides at the colon before the port; two or more colons without brackets are a bare IPv6 address.
  private static func split(_ text: String) -> (address: Substring, port: Substring?)? {
    if text.hasPrefix("[") {
      guard let bracket = text.firstIndex(of: "]") else { return nil }
      let address = text[text.index(after: text.startIndex)..<bracket]
      let rest = text[text.index(after: bracket)...]
      if rest.isEmpty { return (address, nil) }
      return rest.hasPrefix(":") ? (address, rest.dropFirst()) : nil
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 2 ? (parts[0], parts[1]) : (text[...], nil)
  }

  /// Port 0 lets the kernel choose, which tests like.
  private static func portNumber(_ text: Substring) -> UInt16? {
    guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return UInt16(text)
  }
}
