// The parameters of SVCB and HTTPS records (RFC 9460 §2, §7, §8): their numbers, and what each may hold.
//
// On the wire they are in the order of their keys, each at most once:
//
//   +-------------------------------+
//   |              key              |
//   +-------------------------------+
//   |       length of the value     |
//   +-------------------------------+
//   /             value             /
//   +-------------------------------+

/// One parameter in wire form.
package struct ServiceParameter: Hashable, Sendable {
  package struct Key: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let mandatory = Key(rawValue: 0)
    package static let alpn = Key(rawValue: 1)
    package static let noDefaultALPN = Key(rawValue: 2)
    package static let port = Key(rawValue: 3)
    package static let ipv4Hint = Key(rawValue: 4)
    package static let encryptedClientHello = Key(rawValue: 5)
    package static let ipv6Hint = Key(rawValue: 6)
    /// RFC 9461 §5.
    package static let dohPath = Key(rawValue: 7)
    /// RFC 9540 §4.
    package static let obliviousHTTP = Key(rawValue: 8)

    /// The key that is never used (RFC 9460 §14.3.2).
    private static let invalid = Key(rawValue: .max)

    private static let names: [(key: Key, name: String)] = [
      (.mandatory, "mandatory"), (.alpn, "alpn"), (.noDefaultALPN, "no-default-alpn"), (.port, "port"),
      (.ipv4Hint, "ipv4hint"), (.encryptedClientHello, "ech"), (.ipv6Hint, "ipv6hint"), (.dohPath, "dohpath"),
      (.obliviousHTTP, "ohttp"),
    ]

    package static var knownNames: [String] { names.map(\.name) }

    /// The registered name; nil for a key that has none here.
    var name: String? { Key.names.first { $0.key == self }?.name }

    /// Reads a registered name, or `keyNNNNN` without leading zeros; nil for anything else.
    package init?(_ text: String) {
      if let known = Key.names.first(where: { $0.name == text }) {
        self = known.key
        return
      }
      guard text.hasPrefix("key"), let number = UInt16(text.dropFirst(3)), "key\(number)" == text,
        number != Key.invalid.rawValue
      else { return nil }
      self.init(rawValue: number)
    }

    package static func < (one: Key, other: Key) -> Bool { one.rawValue < other.rawValue }
  }

  package var key: Key
  /// At most 65,535 octets.
  package var value: [UInt8]

  package init(_ key: Key, _ value: [UInt8]) {
    self.key = key
    self.value = value
  }

  /// Whether the value can be one of its key; values of unknown keys may be anything.
  package var isWellFormed: Bool {
    switch key {
    case .mandatory:
      guard !value.isEmpty, value.count % 2 == 0 else { return false }
      let keys = mandatoryKeys
      return keys.first != .mandatory && zip(keys, keys.dropFirst()).allSatisfy { $0 < $1 }
    case .alpn:
      var at = 0
      while at < value.count {
        guard value[at] > 0 else { return false }
        at += 1 + Int(value[at])
      }
      return at > 0 && at == value.count
    case .noDefaultALPN, .obliviousHTTP: return value.isEmpty
    case .port: return value.count == 2
    case .ipv4Hint: return !value.isEmpty && value.count % 4 == 0
    case .ipv6Hint: return !value.isEmpty && value.count % 16 == 0
    case .encryptedClientHello, .dohPath: return !value.isEmpty
    default: return true
    }
  }

  /// The keys that a value of `mandatory` lists.
  package var mandatoryKeys: [Key] {
    stride(from: 0, to: value.count - 1, by: 2).map { Key(rawValue: UInt16(value[$0]) << 8 | UInt16(value[$0 + 1])) }
  }

  /// Whether these octets are parameters in the order of their keys, each well-formed, those mandatory present, and
  /// `no-default-alpn` not without `alpn`.
  static func areWellFormed(_ octets: ArraySlice<UInt8>) -> Bool {
    var parameters: [ServiceParameter] = []
    var rest = octets
    while !rest.isEmpty {
      let start = rest.startIndex
      guard rest.count >= 4 else { return false }
      let length = Int(rest[start + 2]) << 8 | Int(rest[start + 3])
      guard rest.count - 4 >= length else { return false }
      let parameter = ServiceParameter(
        Key(rawValue: UInt16(rest[start]) << 8 | UInt16(rest[start + 1])), Array(rest.dropFirst(4).prefix(length)))
      guard parameter.isWellFormed, parameters.last.map({ $0.key < parameter.key }) ?? true else { return false }
      parameters.append(parameter)
      rest = rest.dropFirst(4 + length)
    }
    let keys = Set(parameters.map(\.key))
    guard !keys.contains(.noDefaultALPN) || keys.contains(.alpn) else { return false }
    guard let first = parameters.first, first.key == .mandatory else { return true }
    return keys.isSuperset(of: first.mandatoryKeys)
  }
}
