// Who runs this command, for orders: the user, and the person who became that user by sudo, doas or a login.
//
// No user database but /etc/passwd is asked: an order must go out while a directory server is down.

import Health
import Linux

extension OrderAuthor {
  /// Who runs this process; `label` is the value of `--by`.
  static func ofThisProcess(label: String?) -> OrderAuthor {
    let userID = UserIdentity.current.userID
    // A user of a directory server is in the environment alone, if anywhere.
    let user = UserIdentity.localName(of: userID) ?? (userID == 0 ? nil : environment("USER"))
    for program in OrderAuthor.programs {
      guard let person = environment("\(program.uppercased())_USER"), OrderAuthor.isName(person) else { continue }
      return OrderAuthor(label: label, user: user, person: person, way: .program(program))
    }
    guard let login = UserIdentity.login, login != userID else { return OrderAuthor(label: label, user: user) }
    return OrderAuthor(
      label: label, user: user, person: UserIdentity.localName(of: login) ?? "uid \(login)", way: .login)
  }
}
