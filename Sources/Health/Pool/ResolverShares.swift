// What the weights of a pool come to for clients that ask a caching resolver, simulated from a seed.
//
//   Rondo ── a row for each question ──▶ resolver ── keeps it for its TTL, and turns its addresses round ──▶ clients
//
// unbound, BIND and Windows DNS begin each reply with the next address of the answer that they keep. So an answer with
// several addresses divides a resolver's clients evenly among them, whatever stands first; and an answer with one address
// sends them all there until its TTL is over.

internal import DNS
package import Model

/// The parts of the clients that the addresses of a pool get behind so many resolvers, each with as many clients.
package struct ResolverShares: Hashable, Sendable {
  /// One address; all in parts of 1.
  package struct Share: Hashable, Sendable {
    /// Over the whole time.
    package var average = 0.0
    /// In the worst and the best single TTL.
    package var least = 1.0
    package var most = 0.0
  }

  /// How many TTLs go by.
  static let spans = 500
  /// Times are counted in parts of a TTL.
  private static let resolution = 1000

  package private(set) var shares: [Share]

  /// - Parameters:
  ///   - rows: the answers of the pool to askers in no `$SITE`.
  ///   - count: how many addresses the rows are made of, at least 1.
  ///   - resolvers: at least 1; busy ones, which ask again as soon as an answer is no longer good.
  package init(
    of rows: AnswerRows, addresses count: Int, behind resolvers: Int, using random: inout some RandomNumberGenerator
  ) {
    precondition(count > 0 && resolvers > 0)
    shares = Array(repeating: Share(), count: count)
    let questions = ResolverShares.questions(of: resolvers, using: &random)
    // With order=hash the network of a resolver decides.
    let groups = (0..<resolvers).map { _ in Int.random(in: 0..<rows.count, using: &random) }
    var kept = Array(repeating: 0, count: resolvers)
    var next = 0
    for span in 1...ResolverShares.spans {
      // As it stands in the middle of the span.
      let time = span * ResolverShares.resolution + ResolverShares.resolution / 2
      while next < questions.count, questions[next].time <= time {
        let resolver = questions[next].resolver
        kept[resolver] = rows.pick == .asker ? groups[resolver] : RotationOrder.row(next, of: rows.count)
        next += 1
      }
      add(kept.map { rows.row($0) })
    }
    for index in shares.indices { shares[index].average /= Double(ResolverShares.spans) }
  }

  package init(of rows: AnswerRows, addresses count: Int, behind resolvers: Int, seed: UInt64) {
    var random = SplitMix64(state: seed)
    self.init(of: rows, addresses: count, behind: resolvers, using: &random)
  }

  /// When each resolver asks, in order: again within a twentieth of a TTL after an answer is no longer good, when the next
  /// client comes.
  private static func questions(
    of resolvers: Int, using random: inout some RandomNumberGenerator
  ) -> [(time: Int, resolver: Int)] {
    var questions: [(time: Int, resolver: Int)] = []
    for resolver in 0..<resolvers {
      var time = Int.random(in: 0..<resolution, using: &random)
      while time <= (spans + 1) * resolution {
        questions.append((time, resolver))
        time += resolution + Int.random(in: 0...resolution / 20, using: &random)
      }
    }
    return questions.sorted { ($0.time, $0.resolver) < ($1.time, $1.resolver) }
  }

  /// Adds a span in which the resolvers hold these answers.
  private mutating func add(_ answers: [ArraySlice<UInt16>]) {
    var parts = Array(repeating: 0.0, count: shares.count)
    for answer in answers {
      for index in answer { parts[Int(index)] += 1 / Double(answer.count * answers.count) }
    }
    for (index, part) in parts.enumerated() {
      shares[index].average += part
      shares[index].least = min(shares[index].least, part)
      shares[index].most = max(shares[index].most, part)
    }
  }
}
