// Target `message`: the readers of packets one by one, against slow readings of the same octets.

import DNS

func runMessage(_ octets: [UInt8]) throws(Flaw) {
  let message = octets.span.octets
  for start in octets.indices {
    let end = QueryRecords.endOfName(in: message, from: start)
    let expected = slowEndOfName(octets, from: start)
    try require(end == expected, "the name at \(start) ends at \(end ?? -1), not at \(expected ?? -1)")
  }
  guard octets.count >= MessageHeader.length else { return }
  guard let question = Question(of: message) else { return }
  // A question is a name without pointers, then four octets.
  try require(slowEndOfName(octets, from: 12) == question.name.end, "QNAME ends elsewhere")
  try require(question.end <= octets.count && question.name.length <= 255, "a question that runs off the end")
  try judgeName(octets, question.name)
  let records = QueryRecords(of: message, from: question.end, counts: message.uint64(at: 4))
  if records.form == .plain { try require(records.payloadSize == 0 && records.version == 0, "OPT without OPT") }
}

/// Hash and comparison of a name in a message, and its way through presentation form and back.
private func judgeName(_ octets: [UInt8], _ name: NameInMessage) throws(Flaw) {
  let wire = Array(octets[name.start..<name.end])
  let domainName = DomainName(uncheckedWire: wire)
  let lowerCase = domainName.canonicalWire
  let words =
    [0] + (0..<NameWords.count(forLength: wire.count)).map { NameWords.word($0, of: lowerCase.span.octets) }
  let message = octets.span.octets
  try require(
    message.hash(of: name) == NameWords.hash(of: domainName.wire.span.octets), "hashed differently in a message")
  try require(message.name(name, isAt: 1, of: words.span), "a name is not itself")
  let text = domainName.description
  guard let again = DomainName(text) else { throw Flaw("\(text) is not read back") }
  try require(again.wire == wire, "\(text) is read back as another name")
  // Letter case changes neither hash nor equality.
  var other = octets
  for at in name.start..<name.end {
    let octet = octets[at]
    if (0x41...0x5A).contains(octet) || (0x61...0x7A).contains(octet) { other[at] = octet ^ 0x20 }
  }
  let otherMessage = other.span.octets
  try require(otherMessage.hash(of: name) == message.hash(of: name), "letter case changes the hash of \(text)")
  try require(otherMessage.name(name, isAt: 1, of: words.span), "letter case makes another name of \(text)")
}

/// RFC 1035 §4.1.4 read slowly: labels first, then where each pointer leads, which must be further forward.
private func slowEndOfName(_ octets: [UInt8], from start: Int) -> Int? {
  var place = start
  var length = 0
  var end: Int?
  var places = [start]
  while octets.indices.contains(place) {
    let octet = octets[place]
    if octet == 0 { return length + 1 <= 255 ? end ?? place + 1 : nil }
    if octet & 0xC0 == 0 {
      length += Int(octet) + 1
      place += Int(octet) + 1
      continue
    }
    guard octet & 0xC0 == 0xC0, octets.indices.contains(place + 1) else { return nil }
    if end == nil { end = place + 2 }
    place = Int(octet & 0x3F) * 256 + Int(octets[place + 1])
    guard place >= 12, places.allSatisfy({ place < $0 }) else { return nil }
    places.append(place)
  }
  return nil
}
