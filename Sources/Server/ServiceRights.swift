// With whose rights the server works: with those of the user of --user from its first moment on.
//
//   root: its folders, its control socket ──▶ that user ──▶ files are read, sockets opened ──▶ no capability is left
//
// Root acts in folders only that nobody else can change (`TrustedFolder`). Everywhere else the server is as good as its
// user: what the user may not read or write is an error, and no line of such a file is ever shown.

internal import Linux
internal import Reporting

/// The user whose rights the server has, and what was made before it had only those.
package struct ServiceRights: Sendable {
  /// Nil without --user.
  package let user: String?
  /// The control socket, where only root could open it.
  let control: Shared<UnixListener>?
  /// Why the user did not get the state folder, in words for the operator; nil if it did, or if there was none to give.
  let stateFault: String?

  /// Becomes the user that the options name.
  ///
  /// To be called before any file is read and any thread is started.
  package init(_ options: ServerOptions) throws(ServerFailure) {
    user = options.user
    guard let name = options.user else {
      control = nil
      stateFault = nil
      return
    }
    closeInheritedDescriptors()
    let user = try ServiceRights.lookUp(name)
    if UserIdentity.current.isRoot {
      try ServiceRights.makeFolders(options, for: user.identity)
      stateFault = ServiceRights.giveStateFolder(options.stateDirectory, to: user.identity, named: name)
      control = try ServiceRights.openControl(options.control, for: user.identity)
    } else {
      control = nil
      stateFault = nil
    }
    do throws(Errno) {
      try becomeUser(user)
    } catch {
      throw ServerFailure("cannot become user \"\(name)\": \(error); start as root, or leave --user out")
    }
  }

  /// Gives up what only the opening of sockets takes; to be called before any thread is started.
  func endOpening() throws(ServerFailure) {
    guard let user else { return }
    do throws(Errno) {
      try giveUpCapabilities()
    } catch {
      throw ServerFailure("cannot give up the last rights of root for user \"\(user)\": \(error)")
    }
  }

  private static func lookUp(_ name: String) throws(ServerFailure) -> ServiceUser {
    let advice = "name a user of this host with --user NAME, or leave --user out"
    let user: ServiceUser
    do throws(ServiceUser.LookupError) {
      user = try ServiceUser(name)
    } catch {
      switch error {
      case .unknown: throw ServerFailure("cannot become user \"\(name)\": there is no such user; \(advice)")
      case .unknownNumber:
        throw ServerFailure(
          "cannot become user \(name): no user has this number, so its group is unknown; write --user UID:GID")
      case .badNumber: throw ServerFailure("cannot become user \(name): the number is out of range; \(advice)")
      case .system(let error):
        throw ServerFailure("cannot become user \"\(name)\": the user database cannot be read: \(error)")
      }
    }
    guard !user.identity.isRoot else {
      throw ServerFailure(
        "--user \(name) would give up nothing: that is root; name an unprivileged user, or leave --user out")
    }
    return user
  }

  // MARK: While still root

  /// Makes the folders that are missing.
  ///
  /// Where root may not act, nothing is done: the server then tries with its user's rights and reports what fails.
  private static func makeFolders(_ options: ServerOptions, for user: UserIdentity) throws(ServerFailure) {
    if let path = options.control { _ = try make(parent(of: path), for: user, option: "--control") }
    if let path = options.stateDirectory { _ = try make(path, for: user, option: "--state") }
  }

  /// Gives the user a state folder that root has used.
  ///
  /// - Returns: why it could not be given. Rondo serves all the same, so that is no reason not to start.
  private static func giveStateFolder(_ path: String?, to user: UserIdentity, named name: String) -> String? {
    guard let path, let folder = TrustedFolder(path), !folder.isShared else { return nil }
    do throws(Errno) {
      guard try folder.give(to: user, ifAll: isStateFile) else {
        return
          "\(path) is not given to user \"\(name)\", because it holds files that are not Rondo's: make that user its "
          + "owner, or name another folder with --state"
      }
      return nil
    } catch {
      return "\(path) cannot be given to user \"\(name)\": \(error); make that user its owner, or name another folder "
        + "with --state"
    }
  }

  /// Whether the folder was missing, and could be made.
  private static func make(
    _ path: String, for user: UserIdentity, option: String
  ) throws(ServerFailure) -> Bool {
    let path = withoutSlashes(path)
    let name = String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
    guard !name.isEmpty, name != ".", name != "..", let above = TrustedFolder(parent(of: path)) else { return false }
    do throws(Errno) {
      return try above.makeFolder(name, for: user)
    } catch {
      throw ServerFailure("cannot make the folder \(path): \(error); name another with \(option)")
    }
  }

  /// Opens the control socket in a folder of root's own, which the user cannot write.
  private static func openControl(
    _ path: String?, for user: UserIdentity
  ) throws(ServerFailure) -> Shared<UnixListener>? {
    guard let path, let folder = TrustedFolder(parent(of: path)), !folder.isShared else { return nil }
    return try OpenSockets.opening(.control, path) { () throws(Errno) in
      Shared(try UnixListener(path: path, owner: user))
    }
  }

  private static func withoutSlashes(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return String(path)
  }

  /// The files of the state folder, with what an interrupted write or an unreadable file has left beside them.
  private static func isStateFile(_ name: String) -> Bool {
    StateFile.allCases.map(\.name).contains {
      name == $0 || name.hasPrefix("\($0).") || name.hasPrefix("\($0)-")
    }
  }
}
