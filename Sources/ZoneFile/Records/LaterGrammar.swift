// Grammar of other servers that Rondo does not have. It is recognised in order to be refused:
// an option that is read and ignored would be a promise that is not kept.

/// For each word, what to write in this version instead.
enum LaterGrammar {
  /// Record types of other servers, which compute something for each answer.
  static let standIns: [String: String] = {
    let addresses = "write ROTATE with a pool, or the addresses as A and AAAA"
    let windows = "leave the line out: it makes a Windows DNS server ask WINS, and no client is given it"
    return [
      "ALIAS": addresses, "ANAME": addresses, "LUA": addresses, "DYNA": addresses, "DYNC": addresses,
      "WINS": windows, "WINSR": windows, "WINS-R": windows,
    ]
  }()
}
