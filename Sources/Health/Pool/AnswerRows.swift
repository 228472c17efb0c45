// Rotation by weights as a table: each row is one answer, and the answering side only takes a row of it.
//
// For the weights A 3, B 1 and two addresses an answer, `rotate` gives the rows
//
//      A B     the first of the rows come in the order A A B A: each as often as its weight says, and as evenly
//      A B     spread as can be (smooth weighted round robin, as nginx does it). The rest of a row are those who
//      B A     come next.
//      A B
//
// With equal weights that is plain rotation: row *i* is the members from the *i*-th on.
//
// A long round that alternates, as that of the weights A 51, B 50, would give two resolvers that ask in turn one node each
// for half a hundred answers. So every so many firsts as there are members begin elsewhere among themselves, in the way in
// which whole rounds begin elsewhere when rows are drawn (RotationOrder).

package import DNS
package import Model

extension AnswerRows {
  /// As many rows as shares are exact for; beyond it they are rounded.
  static let mostRows = 1024
  /// Rows of `hash`: so many groups askers fall into.
  static let askerGroups = 256

  /// - Parameters:
  ///   - addresses: of the selection, 1…65,535.
  ///   - shares: the part of each, over 0.
  ///   - preferred: those that come first in every row, if they are healthy: the members at the asker's site.
  package init(
    of addresses: [IPAddress], shares: [Int], order: AnswerOrder, answers: Int, preferred: Set<IPAddress> = []
  ) {
    precondition(addresses.count == shares.count && !addresses.isEmpty)
    let width = min(answers, addresses.count)
    let near = addresses.indices.filter { preferred.contains(addresses[$0]) }
    let far = addresses.indices.filter { !preferred.contains(addresses[$0]) }
    let parts = [near, far].filter { !$0.isEmpty }.map { part in
      AnswerRows.orders(of: part, addresses, shares, order)
    }
    // Both parts turn at their own speed, so that the second does not depend on the first.
    let rows = min(parts.map(\.count).reduce(1, leastCommonMultiple), AnswerRows.mostRows)
    var indices: [UInt16] = []
    indices.reserveCapacity(rows * width)
    for row in 0..<rows {
      let whole = parts.flatMap { $0[RotationOrder.row(row, of: $0.count)] }
      indices += whole.prefix(width).map(UInt16.init)
    }
    self.init(indices, width: width, pick: order == .hash ? .asker : .counter)
  }

  /// Orders of all members of a part; over all orders each is first as often as its share says.
  private static func orders(
    of part: [Int], _ addresses: [IPAddress], _ shares: [Int], _ order: AnswerOrder
  ) -> [[Int]] {
    let weights = reduced(part.map { shares[$0] })
    switch order {
    case .fixed: return [part]
    case .rotate: return smoothOrders(weights).map { $0.map { part[$0] } }
    case .shuffle: return shuffledOrders(weights).map { $0.map { part[$0] } }
    case .hash: return hashedOrders(part.map { addresses[$0] }, weights).map { $0.map { part[$0] } }
    }
  }

  /// The weights in lowest terms, and rounded if they are still too many: nobody goes empty.
  static func reduced(_ shares: [Int]) -> [Int] {
    let positive = shares.map { max($0, 1) }
    let divisor = positive.reduce(0, greatestCommonDivisor)
    let lowest = positive.map { $0 / max(divisor, 1) }
    let sum = lowest.reduce(0, +)
    guard sum > mostRows else { return lowest }
    return lowest.map { max(1, $0 * mostRows / sum) }
  }

  // MARK: Orders

  /// Which member is first, turn by turn over one round: the one with the most credit, which then pays the sum of all weights.
  static func smoothRound(_ weights: [Int]) -> [Int] {
    let sum = weights.reduce(0, +)
    var credit = Array(repeating: 0, count: weights.count)
    return (0..<sum).map { _ in
      var best = 0
      for index in weights.indices {
        credit[index] += weights[index]
        if credit[index] > credit[best] { best = index }
      }
      credit[best] -= sum
      return best
    }
  }

  /// The same, whole stretches of as many as there are members turned round among themselves.
  static func staggeredRound(_ weights: [Int]) -> [Int] {
    let round = smoothRound(weights)
    let stretches = round.count / weights.count
    return round.indices.map { place in
      let stretch = place / weights.count
      guard stretch < stretches else { return round[place] }
      return round[stretch * weights.count + RotationOrder.row(place, of: weights.count)]
    }
  }

  private static func smoothOrders(_ weights: [Int]) -> [[Int]] {
    let round = staggeredRound(weights)
    // Where each member comes next, seen from the end of the round backwards; twice, for the round goes on.
    var next = Array(repeating: 0, count: weights.count)
    for place in round.indices.reversed() { next[round[place]] = place + round.count }
    var orders: [[Int]] = []
    for place in round.indices.reversed() {
      next[round[place]] = place
      orders.append(weights.indices.sorted { next[$0] < next[$1] })
    }
    return orders.reversed()
  }

  /// The firsts of a smooth round in random order, each followed by the others as drawn by weight. The same every time:
  /// what is random to an asker need not be random to a test.
  private static func shuffledOrders(_ weights: [Int]) -> [[Int]] {
    var random = SplitMix64(state: UInt64(weights.count))
    let round = smoothRound(weights)
    // A short round is gone through several times, or its rows would be a pattern again.
    let rounds = max(1, 64 / max(round.count, 1))
    var orders = (0..<rounds).flatMap { _ in round }.map { first -> [Int] in
      var left = weights.indices.filter { $0 != first }
      var order = [first]
      while !left.isEmpty {
        var draw = Int.random(in: 0..<left.reduce(0) { $0 + weights[$1] }, using: &random)
        let taken = left.firstIndex { index in
          draw -= weights[index]
          return draw < 0
        }
        order.append(left.remove(at: taken ?? 0))
      }
      return order
    }
    orders.shuffle(using: &random)
    return orders
  }

  /// For each group of askers the members by their best ticket, of which each holds as many as its weight (rendezvous
  /// hashing): when a member goes, only the askers it was first for get another first.
  private static func hashedOrders(_ addresses: [IPAddress], _ weights: [Int]) -> [[Int]] {
    let keys = addresses.map { SplitMix64.hash($0.octets) }
    return (0..<askerGroups).map { group in
      let best = weights.indices.map { index in
        (0..<weights[index]).reduce(UInt64(0)) { best, ticket in
          max(best, SplitMix64.mix(keys[index] ^ SplitMix64.mix(UInt64(group) << 32 | UInt64(ticket))))
        }
      }
      return weights.indices.sorted { best[$0] > best[$1] }
    }
  }
}

extension RotationOrder {
  static func row(_ number: Int, of count: Int) -> Int {
    Int(row(UInt32(truncatingIfNeeded: number), of: UInt32(count)))
  }
}

private func greatestCommonDivisor(_ one: Int, _ other: Int) -> Int {
  other == 0 ? one : greatestCommonDivisor(other, one % other)
}

private func leastCommonMultiple(_ one: Int, _ other: Int) -> Int {
  one / max(greatestCommonDivisor(one, other), 1) * other
}
