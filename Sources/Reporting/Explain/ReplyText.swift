// A reply of ours as lines of text: `rondo explain` shows the very answer that an asker would get.

internal import DNS

/// What is shown of a reply; nothing of one that is malformed.
package struct ReplyText {
  /// `NXDOMAIN`
  package let codeName: String
  package let isTruncated: Bool
  /// `owner TTL TYPE data` of each record.
  package let answers: [String]
  package let authority: [String]
  package let additional: [String]

  package init(_ reply: [UInt8]) {
    let message = try? ReceivedMessage(reply)
    codeName = message?.code.name ?? "malformed"
    isTruncated = message?.isTruncated ?? false
    func lines(_ records: [ReceivedMessage.Record]?) -> [String] {
      records?.map { record in
        let data = RecordText.text(of: record.type, in: reply, record.data)
        return "\(record.owner) \(record.ttl) \(record.type.queryName) \(data)"
      } ?? []
    }
    answers = lines(message?.answers)
    authority = lines(message?.authority)
    additional = lines(message?.additional)
  }
}
