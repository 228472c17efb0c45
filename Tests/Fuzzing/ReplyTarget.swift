// Target `reply`: what a server sent to `rondo query`, read and printed.

import DNS
import Reporting

func runReply(_ octets: [UInt8]) throws(Flaw) {
  let message: ReceivedMessage
  do throws(ReceivedMessage.Fault) {
    message = try ReceivedMessage(octets)
  } catch {
    try require(!error.description.isEmpty, "a fault without a reason")
    return
  }
  let records = message.answers + message.authority + message.additional
  try require(message.trailingCount >= 0, "octets counted twice")
  try require(11 * records.count + 5 * message.questions.count <= octets.count, "more records than there is room for")
  for record in records {
    try require(record.data.upperBound <= octets.count, "a record that runs off the end")
    let text = RecordText.text(of: record.type, in: octets, record.data)
    try require(text.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "an odd octet in \(record.type): \(text)")
    let name = record.owner.description
    guard let again = DomainName(name), again.wire == record.owner.wire else { throw Flaw("\(name) is not read back") }
  }
  let text = message.text
  try require(text.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 9 || $0 == 10 }, "an odd octet in the text")
  let options = message.extensions?.options.count ?? 0
  let lines = text.utf8.count { $0 == 10 }
  try require(lines <= records.count + message.questions.count + options + 16, "more lines than records")
  try require(message.shortText.utf8.count { $0 == 10 } == message.answers.count, "a record on two lines")
  // Whoever asked just this is given it, unless it is no reply at all.
  guard let question = message.questions.first, message.questions.count == 1, message.isReply, message.opcode == 0
  else { return }
  var query = QueryMessage(name: question.name, type: question.type)
  query.recordClass = question.recordClass
  query.identifier = message.identifier
  try require(query.mismatch(with: message) == nil, "the reply is not taken for one")
}
