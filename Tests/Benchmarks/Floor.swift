// The least that any responder can do with the calls Rondo uses: receive a batch, append two records unread, send.
//
// What Rondo costs beyond this is its own doing; what this costs is the kernel's.

import DNS
import Linux

/// Answers everything on 127.0.0.1 with the same two addresses, until it is ended by a signal.
func runFloor(port: UInt16) throws(Errno) {
  let socket = try UDPSocket(boundTo: SocketEndpoint(IPAddress(ipv4: 127, 0, 0, 1), port: port))
  var batch = DatagramBatch(capacity: 64, replyCapacity: 1_232)
  let record: [UInt8] = [0xC0, 0x0C, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 11]
  let records = record + record
  while true {
    let count = try batch.receive(from: socket, waiting: .forFirst)
    for index in 0..<count {
      var exchange = batch.exchange(index)
      let length = exchange.query.byteCount
      guard length >= MessageHeader.length, length + records.count <= exchange.reply.byteCount else { continue }
      exchange.reply.copy(exchange.query, to: 0)
      exchange.reply.copy(records.span.octets, to: length)
      exchange.reply.store(UInt16(0x8500), at: MessageHeader.flagsOffset)
      exchange.reply.store(UInt16(2), at: MessageHeader.answerCountOffset)
      exchange.reply.store(UInt16(0), at: MessageHeader.additionalCountOffset)
      batch.setReplyLength(length + records.count, at: index)
    }
    _ = batch.send(to: socket)
  }
}
