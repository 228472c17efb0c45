// Who runs this command, to be shown with an admin state: the user, and the person who became that user by sudo, doas or a login.
//
// No user database but /etc/passwd is asked: a node can be drained while a directory server is down.

import Health
import Linux

extension AdminAuthor {
  /// Who runs this process; `label` is the value of `--by`.
  static func ofThisProcess(label: String?) -> AdminAuthor {
    let userID = UserIdentity.current.userID
    // A user of a directory server is in the environment alone, if anywhere.
    let user = UserIdentity.localName(of: userID) ?? (userID == 0 ? nil : environment("USER"))
    for program in AdminAuthor.programs {
      guard let person = environment("\(program.uppercased())_USER"), AdminAuthor.isName(person) else { continue }
      return AdminAuthor(label: label, user: user, person: person, way: .program(program))
    }
    guard let login = UserIdentity.login, login != userID else { return AdminAuthor(label: label, user: user) }
    return AdminAuthor(
      label: label, user: user, person: UserIdentity.localName(of: login) ?? "uid \(login)", way: .login)
  }
}
