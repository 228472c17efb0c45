// What the rows of a run hand out, for the ledger: which of them have the same addresses, and share a hand-out slot.
//
//      rows A B, B C, C A, A B     contents A B, B C, A C     rows 0 1 2 0

package import DNS
internal import Model

/// The contents of the rows of one answer. Made anew only for an answer that is another than before.
package struct RunContents {
  /// So many rows have contents of their own. Beyond that all of them share one: it then says of every address of the
  /// answer that it was handed out, which is never too early.
  private static let mostRows = 4_096

  /// Each different set of addresses once.
  package private(set) var contents: [[IPAddress]] = []
  /// Which of them each row has, one table after the other; empty where all rows have the same.
  package private(set) var rows: [Int] = []

  init(of answer: RotationAnswer) {
    guard answer.width < answer.addresses.count, answer.rowCount <= RunContents.mostRows else {
      contents = [answer.addresses]
      return
    }
    var known: [[UInt16]: Int] = [:]
    func add(_ members: some Sequence<UInt16>) {
      let members = members.sorted()
      let content = known[members] ?? contents.count
      if content == contents.count {
        contents.append(members.map { answer.addresses[Int($0)] })
        known[members] = content
      }
      rows.append(content)
    }
    switch answer.orders {
    case .turns:
      let count = answer.addresses.count
      for row in 0..<count { add((row..<row + answer.width).map { UInt16($0 % count) }) }
    case .rows(let table): for row in 0..<table.count { add(table.row(row)) }
    case .bySite(let tables): for table in tables { for row in 0..<table.count { add(table.row(row)) } }
    }
    if contents.count == 1 { rows = [] }
  }
}

extension RotationAnswer {
  /// How many records a row has.
  var width: Int {
    switch orders {
    case .turns: min(most, addresses.count)
    case .rows(let rows): rows.width
    case .bySite(let sites): sites.first?.width ?? 1
    }
  }

  /// How many rows all tables have.
  fileprivate var rowCount: Int {
    switch orders {
    case .turns: addresses.count
    case .rows(let rows): rows.count
    case .bySite(let sites): sites.reduce(0) { $0 + $1.count }
    }
  }
}
