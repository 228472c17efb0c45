// What workers note of their hand-outs, with their own memory and real sockets.

import Answering
import DNS
import Testing

@testable import Linux
@testable import Server

private func context(_ slots: [UInt32]) -> HandOutNote {
  HandOutNote(rawValue: UInt64(slots[0]) | (slots.count > 1 ? UInt64(slots[1]) << 16 : 0))
}

@Suite("Notes of hand-outs")
struct HandOutNotesTests {
  private func entries(_ link: HandOutLink) -> Set<AskerTable.Entry> {
    var found: Set<AskerTable.Entry> = []
    link.askers.visit { found.insert($0) }
    return found
  }

  @Test("A reply that was sent is noted, with its asker; one that the kernel has refused counts for nothing")
  func datagrams() throws {
    let server = try UDPSocket(boundTo: SocketEndpoint(IPAddress(ipv4: 127, 0, 0, 1), port: 0))
    let port = try server.localEndpoint.port
    let client = try UDPClient(to: SocketEndpoint(IPAddress(ipv4: 127, 0, 0, 1), port: port), timeout: .seconds(1))
    let link = try HandOutLink(.addresses)
    var notes = HandOutNotes(link)
    var batch = DatagramBatch(capacity: 4, replyCapacity: 1_232 + 128)
    try client.send([1, 2, 3])
    try client.send([4, 5, 6])
    let count = try batch.receive(from: server, waiting: .forFirst)
    try #require(count == 2)
    let before = MonotonicClock.next().millisecond
    _ = notes.begin()
    for index in 0..<count {
      let client = batch.peer(index).client
      let exchange = batch.exchange(index)
      let noted = context(index == 0 ? [7, 9] : [8])
      let isRepeated = notes.addRepeated(noted, to: client)
      #expect(!isRepeated)
      notes.addOther(noted, in: exchange.reply.bytes, to: client)
      batch.setReplyLength(index == 0 ? 100 : 0, noting: noted.rawValue, at: index)
    }
    let sent = batch.send(to: server)
    #expect(sent.sent == 1)
    // The second reply was not sent: gone through one by one, its slot stays unmarked.
    notes.finish(batch, replies: count, isWhole: false)
    #expect(link.marks.load(7) >= before && link.marks.load(9) == link.marks.load(7) && link.marks.load(8) == 0)
    let pair: UInt32 = 9 << 16 | 7
    #expect(entries(link).map(\.slots) == [pair])
  }

  @Test("The table tells addresses and times as they were entered, of networks if that is asked for")
  func table() throws {
    var random = SystemRandomNumberGenerator()
    let full = try AskerTable(.addresses, using: &random)
    let networks = try AskerTable(.networks, using: &random)
    let ipv4 = ClientAddress(ipv4: 0x0A01_0335)
    let ipv6 = ClientAddress(ipv6High: 0x2001_0DB8_0001_0203, low: 5)
    for table in [full, networks] {
      let writer = table.writer()
      writer.enter(ipv4, 5, at: 100)
      writer.enter(ipv6, 6, at: 101)
      writer.enter(ipv6, 7, at: 102)
      writer.remove(ipv6, 7, at: 102)
      writer.remove(ipv6, 6, at: 100)
    }
    var found: Set<AskerTable.Entry> = []
    full.visit { found.insert($0) }
    #expect(found == [.init(client: ipv4, slots: 5, time: 100), .init(client: ipv6, slots: 6, time: 101)])
    found = []
    networks.visit { found.insert($0) }
    #expect(
      found == [
        .init(client: ipv4.prefix(24), slots: 5, time: 100), .init(client: ipv6.prefix(56), slots: 6, time: 101),
      ])
  }

  @Test("Of replies on a connection those count that have left, each when its last octet has")
  func connections() {
    var unsent = UnsentHandOuts()
    let memory: [UInt8] = [0, 0]
    for (slot, end) in [(5, 100), (5, 200), (6, 300)] as [(UInt32, Int)] {
      unsent.add(context([slot]), in: memory.span.octets, endingAt: end)
    }
    var left: [UInt32] = []
    unsent.takeSlots(writtenUpTo: 99) { left.append($0) }
    #expect(left.isEmpty)
    unsent.takeSlots(writtenUpTo: 1) { left.append($0) }
    #expect(left == [5])
    unsent.takeSlots(writtenUpTo: 100) { left.append($0) }
    #expect(left == [5, 5] && !unsent.isEmpty)
    unsent.takeSlots(writtenUpTo: 100) { left.append($0) }
    #expect(left == [5, 5, 6] && unsent.isEmpty)
  }

  @Test("Control sees what a worker may still send: nothing while it is idle, and the oldest reply that waits")
  func generations() throws {
    let link = try HandOutLink(.addresses)
    #expect(link.passed == .max)
    link.begin(3)
    #expect(link.passed == 3)
    link.end(holding: 2)
    #expect(link.passed == 2)
    link.end()
    #expect(link.passed == .max)
  }
}
