// Who sets an admin state: the person, as the command names them, beside the user that the kernel vouches for.
//
//   anna (uid 1000)                      anna ran the command
//   anna (via sudo, uid 0)               anna, as root by sudo
//   anna (as root, uid 0)                anna logged in and became root by other means, such as su
//   night-patch (anna via sudo, uid 0)   --by night-patch, run by anna
//
// Everything before the last parenthesis is a claim of the command; the number is the kernel's (SO_PEERCRED). So the
// daemon looks up no user, and no claim can hide who was let in.

/// What a command says of the person who runs it.
package struct AdminAuthor: Hashable, Sendable {
  /// How the person came to be the user that runs the command.
  package enum Way: Hashable, Sendable {
    /// By a program that says for whom it acts.
    case program(String)
    /// In an unknown way, after a login.
    case login
  }

  /// In Unicode scalars, of each name.
  package static let longestName = 64

  /// `--by`: the name to show for it, for automation.
  package let label: String?
  /// The user that runs the command.
  package let user: String?
  /// Who became that user.
  package let person: String?
  package let way: Way

  /// Names that cannot be shown (see `isName`) count as not given.
  package init(label: String? = nil, user: String? = nil, person: String? = nil, way: Way = .login) {
    func kept(_ name: String?) -> String? { name.flatMap { AdminAuthor.isName($0) ? $0 : nil } }
    self.label = kept(label)
    self.user = kept(user)
    self.person = kept(person)
    self.way = way
  }

  /// Whether it is 1…64 printable characters without blanks at its ends and without parentheses, which would blur what
  /// the kernel says and what the command says.
  package static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.unicodeScalars.count <= longestName && AdminState.printable(text) == text
      && !text.unicodeScalars.contains { $0 == "(" || $0 == ")" }
  }

  /// As status and log show it; `userID` is the kernel's, nil if it did not tell.
  package func description(userID: UInt32?) -> String {
    let vouched = userID.map { "uid \($0)" } ?? "uid unknown"
    var names: [String] = []
    var details: [String] = []
    if let person, person != user {
      switch way {
      case .program(let name): (names, details) = ([person], ["via \(name)"])
      case .login: (names, details) = ([person], user.map { ["as \($0)"] } ?? [])
      }
    } else if let user {
      names = [user]
    }
    if let label {
      let person = (names + details).joined(separator: " ")
      (names, details) = ([label], person.isEmpty ? [] : [person])
    }
    guard let name = names.first else { return vouched }
    return "\(name) (\((details + [vouched]).joined(separator: ", ")))"
  }
}

extension AdminAuthor {
  /// As fields for the control socket, none for what is not known; none of the names holds a tab.
  package var fields: [String] {
    var fields: [String] = []
    if let label { fields.append("by=\(label)") }
    if let user { fields.append("user=\(user)") }
    if let person {
      switch way {
      case .program(let program): fields.append("\(program)=\(person)")
      case .login: fields.append("login=\(person)")
      }
    }
    return fields
  }

  /// Reads fields back; nil if they are not those of an author.
  package init?(fields: some Sequence<Substring>) {
    var values: [String: String] = [:]
    for field in fields {
      guard let equals = field.firstIndex(of: "=") else { return nil }
      let name = String(field[field.index(after: equals)...])
      guard AdminAuthor.isName(name), values.updateValue(name, forKey: String(field[..<equals])) == nil else {
        return nil
      }
    }
    let label = values.removeValue(forKey: "by")
    let user = values.removeValue(forKey: "user")
    guard values.count <= 1 else { return nil }
    guard let (key, person) = values.first else {
      self.init(label: label, user: user)
      return
    }
    guard key == "login" || AdminAuthor.programs.contains(key) else { return nil }
    self.init(label: label, user: user, person: person, way: key == "login" ? .login : .program(key))
  }

  /// Programs that tell in the environment for whom they act, by what they call the variable.
  package static let programs = ["sudo", "doas"]
}
