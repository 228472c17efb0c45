// The readers of a query against slow ones written from the RFCs alone (RFC 1035 §4.1, RFC 6891 §6.1).

import DNS
import TestSupport
import Testing

/// What a query comes to.
private enum Verdict: Equatable {
  case badQuestion
  case malformed
  case malformedOptions
  case plain
  case options(size: Int, version: Int, flags: Int)
}

/// Reads by throwing at the first fault; arrays and recursion, nothing shared with the code under test.
private struct ReferenceParser {
  struct Fault: Error {}

  let octets: [UInt8]
  var at = 12

  mutating func takeOctets(_ count: Int) throws -> [UInt8] {
    guard octets.count - at >= count else { throw Fault() }
    at += count
    return Array(octets[at - count..<at])
  }

  mutating func number(_ count: Int) throws -> Int { try takeOctets(count).reduce(0) { $0 << 8 | Int($1) } }

  /// The labels of a name. A pointer is followed when it leads behind the header and before `limit`, the place
  /// where the name, or the part of it that holds the pointer, begins.
  mutating func labels(before limit: Int, pointersAllowed: Bool = true) throws -> [[UInt8]] {
    let length = try number(1)
    if length == 0 { return [] }
    if length < 64 {
      let label = try takeOctets(length)
      return [label] + (try labels(before: limit, pointersAllowed: pointersAllowed))
    }
    guard length >= 192, pointersAllowed else { throw Fault() }
    let target = (length - 192) * 256 + (try number(1))
    guard target >= 12, target < limit else { throw Fault() }
    var elsewhere = ReferenceParser(octets: octets, at: target)
    return try elsewhere.labels(before: target)
  }

  mutating func name(pointersAllowed: Bool) throws -> [[UInt8]] {
    let labels = try labels(before: at, pointersAllowed: pointersAllowed)
    guard labels.reduce(1, { $0 + 1 + $1.count }) <= 255 else { throw Fault() }
    return labels
  }

  static func judge(_ octets: [UInt8]) -> (verdict: Verdict, questionEnd: Int, type: Int, recordClass: Int) {
    var parser = ReferenceParser(octets: octets)
    var question = (end: 0, type: 0, recordClass: 0)
    do {
      _ = try parser.name(pointersAllowed: false)
      question.type = try parser.number(2)
      question.recordClass = try parser.number(2)
      question.end = parser.at
    } catch {
      return (.badQuestion, 0, 0, 0)
    }
    let verdict = (try? parser.records()) ?? .malformed
    return (verdict, question.end, question.type, question.recordClass)
  }

  mutating func records() throws -> Verdict {
    var found: [Verdict] = []
    var faulty = false
    for section in 0..<3 {
      let count = Int(octets[6 + 2 * section]) * 256 + Int(octets[7 + 2 * section])
      for _ in 0..<count {
        let start = at
        let owner = try name(pointersAllowed: true)
        let isPlainRoot = owner.isEmpty && at == start + 1
        let type = try number(2)
        let size = try number(2)
        _ = try number(1)
        let version = try number(1)
        let flags = try number(2)
        let data = try takeOctets(try number(2))
        guard type == 41 else { continue }
        guard section == 2 else { throw Fault() }
        found.append(.options(size: size, version: version, flags: flags))
        // What another version has in its RDATA is unknown.
        if !isPlainRoot || version == 0 && !ReferenceParser.isOptions(data) { faulty = true }
      }
    }
    if faulty || found.count > 1 { return .malformedOptions }
    return found.first ?? .plain
  }

  static func isOptions(_ data: [UInt8]) -> Bool {
    var parser = ReferenceParser(octets: data, at: 0)
    do {
      while parser.at < data.count {
        _ = try parser.number(2)
        _ = try parser.takeOctets(try parser.number(2))
      }
      return true
    } catch {
      return false
    }
  }
}

private func compare(_ octets: [UInt8], seed: UInt64) -> Verdict {
  let expected = ReferenceParser.judge(octets)
  let query = octets.span.octets
  guard let question = Question(of: query) else {
    #expect(expected.verdict == .badQuestion, "seed \(seed): \(octets)")
    return expected.verdict
  }
  #expect(expected.verdict != .badQuestion, "seed \(seed): \(octets)")
  #expect(question.end == expected.questionEnd, "seed \(seed): \(octets)")
  #expect(Int(question.type.rawValue) == expected.type, "seed \(seed): \(octets)")
  #expect(Int(question.recordClass) == expected.recordClass, "seed \(seed): \(octets)")
  let records = QueryRecords(
    of: query, from: question.end, counts: query.uint64(at: MessageHeader.questionCountOffset))
  let verdict: Verdict =
    switch records.form {
    case .plain, .signed: .plain
    case .malformed: .malformed
    case .malformedOptions: .malformedOptions
    case .withOptions, .withOptionData, .signedWithOptions:
      .options(size: Int(records.payloadSize), version: Int(records.version), flags: Int(records.flags))
    }
  #expect(verdict == expected.verdict, "seed \(seed): \(octets)")
  return verdict
}

@Test("Random queries, right and mutated, are read as a slow reader reads them", arguments: 0..<40 as Range<UInt64>)
func randomQueries(round: UInt64) {
  var seen: [Verdict: Int] = [:]
  for seed in round * 500..<round * 500 + 500 {
    var random = SeededGenerator(seed: seed)
    var octets = RandomQuery.octets(&random)
    for _ in 0..<Int.random(in: 0...2, using: &random) { RandomQuery.mutate(&octets, &random) }
    guard octets.count >= 12 else { continue }
    var verdict = compare(octets, seed: seed)
    if case .options = verdict { verdict = .options(size: 0, version: 0, flags: 0) }
    seen[verdict, default: 0] += 1
  }
  // All outcomes are met, or the test is not worth its time.
  for verdict in [Verdict.badQuestion, .malformed, .malformedOptions, .plain, .options(size: 0, version: 0, flags: 0)] {
    #expect((seen[verdict] ?? 0) > 10, "\(verdict)")
  }
}

@Test("Random octets are read as a slow reader reads them", arguments: 0..<8 as Range<UInt64>)
func randomOctets(round: UInt64) {
  for seed in round * 500..<round * 500 + 500 {
    var random = SeededGenerator(seed: seed)
    let few: [UInt8] = [0, 0, 0, 1, 2, 12, 13, 41, 63, 64, 0xC0, 0xC0, 0xFF]
    let isNarrow = random.chance(0.7)
    let octets = (0..<Int.random(in: 12...80, using: &random)).map { _ in
      isNarrow ? few.randomElement(using: &random) ?? 0 : UInt8.random(in: .min ... .max, using: &random)
    }
    _ = compare(octets, seed: seed)
  }
}

extension Verdict: Hashable {}
