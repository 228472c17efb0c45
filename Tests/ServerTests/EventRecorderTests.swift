// Events on their way to a disk that is slow, breaks, and is cut off: what is there afterwards is never out of order.

import DNS
import Foundation
import Linux
import TestSupport
import Testing

@testable import Reporting
@testable import Server

/// A file of events as a disk has it.
private struct Disk {
  var octets: [UInt8]?

  mutating func perform(_ output: EventRecorder.Output) {
    switch output {
    case .whole(let content): octets = content
    case .more(let content, let start): octets = Array((octets ?? []).prefix(start)) + content
    }
  }

  /// A write of which the power cut took a part; a file that is replaced is the old or the new one.
  mutating func tear(_ output: EventRecorder.Output, using random: inout some RandomNumberGenerator) {
    guard case .more(let content, let start) = output else { return }
    octets = Array((octets ?? []).prefix(start)) + content.prefix(Int.random(in: 0...content.count, using: &random))
  }
}

@Suite("Recorder of events")
struct EventRecorderTests {
  private func line(_ number: Int) -> LogLine { .stateNotKept(reason: "number \(number)") }

  @Test("Over failed writes, kills at any octet and restarts, the file holds what was recorded, in order and once")
  func killed() throws {
    for seed in 1...60 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      var disk = Disk()
      var recorded = 0
      var durable = 0
      struct Name: Hashable {
        let begun: UnixTime
        let number: UInt64
      }
      var names: Set<Name> = []
      for start in 0..<6 as Range<Int64> {
        let now = UnixTime(seconds: 5 + start)
        let recorder = EventRecorder(at: now)
        let former = try disk.octets.map { try EventFile(octets: $0) }
        let known = former?.events.count ?? 0
        #expect(known >= durable, "seed \(seed)")
        // What was torn off is recorded anew with the next number: a killed process loses its last events.
        recorded = known
        recorder.open(after: former, at: now, wake: {})
        for _ in 0..<Int.random(in: 1...20, using: &random) {
          for _ in 0..<Int.random(in: 0...5, using: &random) {
            recorder.record(line(recorded + 1), at: UnixTime(seconds: 5))
            recorded += 1
            let name = Name(begun: recorder.history.begun, number: recorder.history.lastID)
            #expect(names.insert(name).inserted, "seed \(seed): a number is used twice")
          }
          guard let output = recorder.output() else { continue }
          if Int.random(in: 0..<4, using: &random) == 0 {
            disk.tear(output, using: &random)
            recorder.noteEnd(isWritten: false)
          } else {
            disk.perform(output)
            recorder.noteEnd(isWritten: true)
            durable = recorded
          }
        }
        #expect(recorder.history.count == recorded, "seed \(seed)")
        let events = try disk.octets.map { try EventFile(octets: $0).events } ?? []
        #expect(zip(events, events.dropFirst()).allSatisfy { $0.id < $1.id }, "seed \(seed)")
        #expect(events.map { $0["reason"] } == (0..<events.count).map { "number \($0 + 1)" }, "seed \(seed)")
        #expect(events.count >= durable, "seed \(seed)")
      }
    }
  }

  @Test("The file stays within its bound however much happens, and memory too")
  func bounded() throws {
    var disk = Disk()
    let recorder = EventRecorder()
    recorder.open(after: nil, wake: {})
    var rewritten = 0
    var appended = 0
    for round in 0..<4_000 {
      for number in 0..<10 { recorder.record(line(round * 10 + number), at: UnixTime(seconds: 5)) }
      let output = try #require(recorder.output())
      switch output {
      case .whole(let octets): rewritten += octets.count
      case .more(let octets, _): appended += octets.count
      }
      disk.perform(output)
      recorder.noteEnd(isWritten: true)
      #expect((disk.octets ?? []).count <= EventFile.mostOctets)
    }
    #expect(rewritten <= appended, "\(rewritten) octets rewritten for \(appended)")
    let history = recorder.history
    #expect(history.count <= history.limits.events && history.octets <= history.limits.octets)
    let events = try EventFile(octets: try #require(disk.octets)).events
    #expect(events.last?.id == 40_000 && zip(events, events.dropFirst()).allSatisfy { $0.id + 1 == $1.id })
  }

  @Test("Through a real folder: appended, torn, set right, and made anew where somebody has removed it")
  func realFolder() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rondo-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/events"
    func contents() -> [UInt8] { FileManager.default.contents(atPath: path).map(Array.init) ?? [] }
    func start() throws -> (EventRecorder, StateWriter) {
      let recorder = EventRecorder()
      let writer = try StateWriter(directory: folder)
      let octets = contents()
      recorder.open(after: octets.isEmpty ? nil : try EventFile(octets: octets)) { [weak recorder] in
        if let recorder { writer.keepEvents(of: recorder) }
      }
      return (recorder, writer)
    }
    let (first, firstWriter) = try start()
    for number in 1...5 { first.record(line(number), at: UnixTime(seconds: 5)) }
    firstWriter.finish(within: .seconds(10))
    #expect(try EventFile(octets: contents()).events.count == 5)
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.truncate(atOffset: UInt64(contents().count - 3))
    try handle.close()

    let (second, secondWriter) = try start()
    for number in 6...7 { second.record(line(number), at: UnixTime(seconds: 5)) }
    #expect(becomes { (try? EventFile(octets: contents()).events.count) == 6 })
    #expect(try EventFile(octets: contents()).events.compactMap { $0["reason"] }.last == "number 7")
    #expect(secondWriter.status(of: .events).fault == nil)

    try FileManager.default.removeItem(atPath: path)
    second.record(line(8), at: UnixTime(seconds: 5))
    #expect(becomes { secondWriter.status(of: .events).fault != nil })
    secondWriter.finish(within: .seconds(10))
    #expect(try EventFile(octets: contents()).events.count == 7)
  }
}
