// Queries octet by octet, right ones and wrong ones (RFC 1035 §4.1, RFC 6891 §6.1).

/// Wire form of a name written with dots; `\DDD` stands for an octet.
package func wireName(_ text: String) -> [UInt8] {
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

package func bigEndian(_ values: UInt16...) -> [UInt8] { values.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } }

/// A query to be made wrong in any of its parts.
package struct Query {
  package var identifier: UInt16 = 0x1234
  /// RD is set, as stub resolvers do.
  package var flags: UInt16 = 0x0100
  package var questionCount: UInt16 = 1
  package var answerCount: UInt16 = 0
  package var authorityCount: UInt16 = 0
  package var additionalCount: UInt16 = 0
  package var name: [UInt8]
  package var type: UInt16
  package var recordClass: UInt16 = 1
  /// What stands behind the question.
  package var records: [UInt8] = []

  /// - Parameter text: name and type: `mail.kreis.example. AAAA`.
  package init(_ text: String) {
    let words = text.split(separator: " ").map(String.init)
    name = wireName(words[0])
    type = UInt16(typeNumber(words[1]))
  }

  /// The query with an OPT record more.
  package func withOptions(
    size: UInt16 = 1232, version: UInt8 = 0, flags: UInt16 = 0, data: [UInt8] = [], owner: [UInt8] = [0]
  ) -> Query {
    var query = self
    query.additionalCount += 1
    query.records += owner + bigEndian(41, size, UInt16(version), flags, UInt16(data.count)) + data
    return query
  }

  package func with(_ change: (inout Query) -> Void) -> Query {
    var query = self
    change(&query)
    return query
  }

  package var octets: [UInt8] {
    bigEndian(identifier, flags, questionCount, answerCount, authorityCount, additionalCount) + name
      + bigEndian(type, recordClass) + records
  }
}
