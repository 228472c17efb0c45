// Queries octet by octet, right ones and wrong ones (RFC 1035 §4.1, RFC 6891 §6.1).

/// Wire form of a name written with dots; `\DDD` stands for an octet.
func wireName(_ text: String) -> [UInt8] {
  var wire: [UInt8] = []
  for label in text.split(separator: ".") {
    var octets: [UInt8] = []
    var rest = label.utf8[...]
    while let first = rest.popFirst() {
      guard first == UInt8(ascii: "\\"), rest.count >= 3 else {
        octets.append(first)
        continue
      }
      octets.append(UInt8(String(decoding: rest.prefix(3), as: UTF8.self)) ?? 0)
      rest = rest.dropFirst(3)
    }
    wire += [UInt8(octets.count)] + octets
  }
  return wire + [0]
}

func bigEndian(_ values: UInt16...) -> [UInt8] { values.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } }

/// A query to be made wrong in any of its parts.
struct Query {
  var identifier: UInt16 = 0x1234
  /// RD is set, as stub resolvers do.
  var flags: UInt16 = 0x0100
  var questionCount: UInt16 = 1
  var answerCount: UInt16 = 0
  var authorityCount: UInt16 = 0
  var additionalCount: UInt16 = 0
  var name: [UInt8]
  var type: UInt16
  var recordClass: UInt16 = 1
  /// What stands behind the question.
  var records: [UInt8] = []

  /// - Parameter text: name and type: `mail.kreis.example. AAAA`.
  init(_ text: String) {
    let words = text.split(separator: " ").map(String.init)
    name = wireName(words[0])
    type = UInt16(typeNumber(words[1]))
  }

  /// The query with an OPT record more.
  func withOptions(
    size: UInt16 = 1232, version: UInt8 = 0, flags: UInt16 = 0, data: [UInt8] = [], owner: [UInt8] = [0]
  ) -> Query {
    var query = self
    query.additionalCount += 1
    query.records += owner + bigEndian(41, size, UInt16(version), flags, UInt16(data.count)) + data
    return query
  }

  func with(_ change: (inout Query) -> Void) -> Query {
    var query = self
    change(&query)
    return query
  }

  var octets: [UInt8] {
    bigEndian(identifier, flags, questionCount, answerCount, authorityCount, additionalCount) + name
      + bigEndian(type, recordClass) + records
  }
}
