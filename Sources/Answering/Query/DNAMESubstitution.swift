// What DNAME makes of a name: its owner at the end of the name is replaced by its target (RFC 6672 §2.2).
//
//   asked   | labels in front | owner  |
//   new     | labels in front | target |

import DNS

enum DNAMESubstitution {
  /// Writes the new name, uncompressed, at `offset` of the message that holds the name asked for.
  ///
  /// - Parameters:
  ///   - asked: a name below the owner of the DNAME.
  ///   - ownerLength: of that owner's name, in octets.
  ///   - target: RDATA of the DNAME.
  ///   - limit: how far the message may reach.
  /// - Returns: one past the new name.
  @_lifetime(message: copy message)
  static func write(
    _ asked: NameInMessage, ownerLength: Int, target: RawSpan, into message: inout MutableRawSpan, at offset: Int,
    limit: Int
  ) -> Outcome {
    let front = asked.end &- asked.start &- ownerLength
    guard front > 0, front &+ target.byteCount <= DomainName.maximumLength else { return .tooLong }
    let end = offset &+ front &+ target.byteCount
    guard end <= min(limit, message.byteCount) else { return .noRoom }
    var index = 0
    while index < front {
      message.store(message.bytes.octet(at: asked.start &+ index), at: offset &+ index)
      index &+= 1
    }
    message.copy(target, to: offset &+ front)
    return .written(end: end)
  }

  enum Outcome: Equatable {
    case written(end: Int)
    /// Over 255 octets: YXDOMAIN (RFC 6672 §2.2).
    case tooLong
    case noRoom
  }
}
