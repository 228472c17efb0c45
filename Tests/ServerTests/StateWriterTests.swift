// The thread that writes state files, over a disk that the test slows down and breaks.

import Foundation
import Linux
import Synchronization
import Testing

@testable import Reporting
@testable import Server

/// A disk of which the test decides when a write comes to its end.
private final class Disk: Sendable {
  private struct State {
    var written: [(file: StateFile, octets: [UInt8])] = []
    var asides: [String] = []
    var removed: [StateFile] = []
    var fault: StateFileError?
    var isHanging = false
    var attempts = 0
  }
  private let state = Mutex(State())

  var attempts: Int { state.withLock { $0.attempts } }
  var asides: [String] { state.withLock { $0.asides } }
  var removed: [StateFile] { state.withLock { $0.removed } }
  func written(_ file: StateFile) -> [[UInt8]] {
    state.withLock { $0.written.filter { $0.file == file }.map(\.octets) }
  }
  func hang(_ hangs: Bool) { state.withLock { $0.isHanging = hangs } }
  func fail(_ fault: StateFileError?) { state.withLock { $0.fault = fault } }

  func perform(_ job: StateWriter.Job) throws(StateFileError) {
    if case .sweep = job { return }
    state.withLock { $0.attempts += 1 }
    while state.withLock({ $0.isHanging }) { Linux.sleep(for: .milliseconds(2)) }
    // A full disk allows removal.
    if case .remove(let file) = job { return state.withLock { $0.removed.append(file) } }
    if let fault = state.withLock({ $0.fault }) { throw fault }
    state.withLock { state in
      switch job {
      case .remove: break
      case .sweep: break
      case .setAside(_, let name): state.asides.append(name)
      case .replace(let file, let octets), .append(let file, let octets, _): state.written.append((file, octets))
      }
    }
  }
}

@Suite("State writer")
struct StateWriterTests {
  private func writer(_ disk: Disk, setAside: [StateFile: String] = [:]) throws -> StateWriter {
    try StateWriter(setAside: setAside) { (job) throws(StateFileError) in try disk.perform(job) }
  }

  @Test("While the disk hangs nobody waits; of each file the newest content is written, and what it overtook is not")
  func newestWins() throws {
    let disk = Disk()
    let writer = try writer(disk)
    disk.hang(true)
    let first = writer.keep(as: .health) { [0] }
    #expect(becomes { disk.attempts == 1 })
    let begin = MonotonicClock.now()
    for number in 1...50 as ClosedRange<UInt8> { writer.keep(as: .health) { [number] } }
    let other = writer.keep(as: .adminStates) { [9] }
    let last = writer.keep(as: .health) { [51] }
    #expect(MonotonicClock.now() - begin < 1_000_000_000)
    #expect(!writer.isKept(first) && !writer.isKept(last))
    let since = try #require(writer.status(of: .health).behindSince)
    #expect(since <= begin)
    disk.hang(false)
    #expect(becomes { writer.isKept(last) && writer.isKept(other) })
    #expect(disk.written(.health) == [[0], [51]] && disk.written(.adminStates) == [[9]])
    #expect(writer.isKept(first) && writer.status(of: .health).behindSince == nil)
  }

  @Test("A content that cannot be written is reported, kept, and written once the disk allows")
  func retries() throws {
    let disk = Disk()
    disk.fail(.system(Errno(rawValue: ENOSPC)))
    let writer = try writer(disk)
    let ticket = writer.keep(as: .serials) { [1] }
    #expect(becomes { writer.status(of: .serials).fault == "No space left on device" })
    #expect(writer.status(of: .serials).behindSince != nil)
    disk.fail(nil)
    #expect(becomes { writer.isKept(ticket) })
    #expect(writer.status(of: .serials).fault == nil)
  }

  @Test("Of quiet times none are kept rather than old ones: a node may have been handed out since")
  func removal() throws {
    let disk = Disk()
    disk.fail(.system(Errno(rawValue: ENOSPC)))
    let writer = try writer(disk)
    writer.keep(as: .serials) { [1] }
    let ticket = writer.keep(as: .handOuts) { [2] }
    #expect(becomes { writer.status(of: .handOuts).fault != nil && writer.status(of: .serials).fault != nil })
    #expect(disk.removed == [.handOuts])
    disk.fail(nil)
    #expect(becomes { writer.isKept(ticket) })
    #expect(disk.written(.handOuts) == [[2]])
  }

  @Test("The end waits for what is under way, but not longer than it may")
  func finish() throws {
    let disk = Disk()
    let writer = try writer(disk)
    let kept = writer.keep(as: .adminStates) { [1] }
    writer.finish(within: .seconds(10))
    #expect(writer.isKept(kept))
    disk.hang(true)
    let lost = writer.keep(as: .adminStates) { [2] }
    let begin = MonotonicClock.now()
    writer.finish(within: .milliseconds(100))
    #expect(MonotonicClock.now() - begin < 5_000_000_000)
    #expect(!writer.isKept(lost))
    disk.hang(false)
  }

  @Test("An unusable file is renamed before its name is written to, and never overwritten")
  func setAside() throws {
    let disk = Disk()
    disk.fail(.system(.readOnlyFileSystem))
    let writer = try writer(disk, setAside: [.adminStates: "admin-states.unusable-1"])
    let ticket = writer.keep(as: .adminStates) { [1] }
    #expect(becomes { writer.status(of: .adminStates).fault?.contains("cannot be renamed: Read-only") == true })
    #expect(disk.written(.adminStates).isEmpty)
    disk.fail(nil)
    #expect(becomes { writer.isKept(ticket) })
    #expect(disk.asides == ["admin-states.unusable-1"] && disk.written(.adminStates) == [[1]])
  }

  @Test("On a real folder: leftovers of killed writes are removed, and nothing else")
  func realFolder() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rondo-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let ours = ["admin-states.1.new", "health.4711.new", "serials.999999.new"]
    let others = [
      "admin-states.new", "admin-states.1.new.txt", "zone.1.new", "health.x1.new",
      "admin-states.unusable-20260101T000000Z",
    ]
    for name in ours + others { try Data().write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
    try FileManager.default.createDirectory(atPath: "\(folder)/health.2.new", withIntermediateDirectories: false)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: "\(folder)/admin-states"))
    let writer = try StateWriter(directory: folder, setAside: [.adminStates: "admin-states.unusable-2"])
    let ticket = writer.keep(as: .adminStates) { Array("new".utf8) }
    #expect(becomes { writer.isKept(ticket) })
    let left = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(Set(left) == Set(others + ["health.2.new", "admin-states", "admin-states.unusable-2"]))
    #expect(FileManager.default.contents(atPath: "\(folder)/admin-states.unusable-2") == Data("mine".utf8))
    #expect(FileManager.default.contents(atPath: "\(folder)/admin-states") == Data("new".utf8))
  }
}

@Suite("Outbox")
struct OutboxTests {
  private final class Reader: Sendable {
    let lines = Mutex<[String]>([])
    let isReading = Mutex(true)
    let accepts = Mutex(true)

    func accept(_ line: [UInt8]) -> Bool {
      while !isReading.withLock({ $0 }) { Linux.sleep(for: .milliseconds(2)) }
      guard accepts.withLock({ $0 }) else { return false }
      lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
      return true
    }
  }

  private func outbox(_ reader: Reader, messages: Int) throws -> Outbox {
    try Outbox(
      name: "test", limits: Outbox.Limits(messages: messages, octets: 1_000),
      report: { Array("lost \($0)".utf8) }, deliver: { reader.accept($0) })
  }

  @Test("A reader that has stopped holds nobody up; what does not fit is counted, and told where it is missing")
  func stopped() throws {
    let reader = Reader()
    reader.isReading.withLock { $0 = false }
    let outbox = try outbox(reader, messages: 3)
    outbox.add(Array("a".utf8))
    #expect(becomes { outbox.status.busySince != nil })
    for line in ["b", "c", "d", "e", "f"] { outbox.add(Array(line.utf8)) }
    #expect(outbox.status.lost == 2 && outbox.status.waiting == 3)
    #expect(!outbox.drain(within: .milliseconds(20)))
    reader.isReading.withLock { $0 = true }
    #expect(outbox.drain(within: .seconds(10)))
    #expect(becomes { reader.lines.withLock { $0 } == ["a", "b", "c", "d", "lost 2"] })
    outbox.add(Array("g".utf8))
    #expect(becomes { reader.lines.withLock { $0.last } == "g" })
  }

  @Test("What the reader refuses is lost and told of once it accepts something again")
  func refused() throws {
    let reader = Reader()
    reader.accepts.withLock { $0 = false }
    let outbox = try outbox(reader, messages: 10)
    for line in ["a", "b"] { outbox.add(Array(line.utf8)) }
    #expect(becomes { outbox.status.lost == 2 })
    reader.accepts.withLock { $0 = true }
    outbox.add(Array("c".utf8))
    #expect(becomes { reader.lines.withLock { $0 } == ["lost 2", "c"] })
  }

  @Test("A message of more octets than there is room for is lost, not waited for")
  func tooLong() throws {
    let outbox = try outbox(Reader(), messages: 10)
    outbox.add([UInt8](repeating: 0x61, count: 1_001))
    #expect(outbox.status.lost == 1)
  }
}
