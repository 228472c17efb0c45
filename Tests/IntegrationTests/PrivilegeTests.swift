// `--user`: root does nothing in a folder that someone else can change, and reads nothing that the user cannot.

import Foundation
import Linux
import TestSupport
import Testing

private let zone = ZoneText.twoNodes

@Suite("Privileges", .enabled(if: UserIdentity.current.isRoot))
struct PrivilegeTests {
  /// A user that owns nothing here, for which no entry in the user database is needed.
  private static let user = UserIdentity(userID: 4_711, groupID: 4_712)
  private static let userOption = ["--user", "4711:4712"]

  /// A folder of the user's own, in which the user has put links in the place of what Rondo makes there.
  private struct Trap {
    let scratch: Scratch
    /// Root's, closed to all others.
    let secret: String
    let home: String

    init() throws {
      scratch = try Scratch()
      secret = scratch.file("secret")
      home = scratch.file("home")
      for folder in [secret, home] { try makeDirectory(folder, mode: 0o700) }
      try give(home, to: PrivilegeTests.user)
    }

    func link(_ name: String, to target: String) throws {
      try FileManager.default.createSymbolicLink(atPath: "\(home)/\(name)", withDestinationPath: target)
    }
  }

  @Test("A link in the place of the state folder gives nothing of root's away")
  func linkedState() throws {
    let trap = try Trap()
    try trap.link("state", to: trap.secret)
    _ = try end(of: ["--control", "none", "--state", "\(trap.home)/state"], in: trap.scratch)
    #expect(try owner(of: trap.secret) == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: trap.secret).isEmpty)
  }

  @Test("A link in the place of the control socket's folder gives nothing of root's away")
  func linkedControl() throws {
    let trap = try Trap()
    try trap.link("run", to: trap.secret)
    let result = try end(of: ["--control", "\(trap.home)/run/control.sock", "--state", "none"], in: trap.scratch)
    #expect(result.status == 1)
    #expect(result.errors.contains("cannot listen on \(trap.home)/run/control.sock for the control socket: "))
    #expect(result.errors.contains("choose a folder that user \"4711:4712\" may write"))
    #expect(try owner(of: trap.secret) == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: trap.secret).isEmpty)
  }

  @Test("A folder that root has used is given to the user only when it holds nothing but Rondo's state")
  func formerState() throws {
    let scratch = try Scratch()
    for (name, file, isGiven) in [("empty", nil, true), ("ours", "serials", true), ("others", "passwd", false)] {
      let folder = scratch.file(name)
      try makeDirectory(folder)
      if let file { try scratch.write("", to: "\(name)/\(file)") }
      _ = try end(of: ["--control", "none", "--state", folder], in: scratch)
      #expect(try owner(of: folder) == (isGiven ? PrivilegeTests.user.userID : 0), "\(name)")
    }
  }

  @Test(
    "A state folder that cannot be given to the user is reported, and Rondo answers all the same",
    .enabled(if: canMount))
  func keptState() throws {
    let scratch = try Scratch()
    let folder = scratch.file("state")
    try makeDirectory(folder)
    // Read-only, for this process alone.
    let mounting = ["unshare", "--mount", "sh", "-c", #"mount --bind -o ro "$0" "$0" && exec "$@""#, folder]
    let result = try end(of: ["--control", "none", "--state", folder], in: scratch, startedBy: mounting)
    #expect(
      result.errors.contains(
        "state-not-kept reason=\"\(folder) cannot be given to user \\\"4711:4712\\\": Read-only file system; "
          + "make that user its owner, or name another folder with --state\""))
    #expect(result.errors.contains(" ready zones="))
  }

  /// Whether this machine lets root mount something.
  private static var canMount: Bool {
    (try? ChildProcess(["unshare", "--mount", "mount", "--bind", "/tmp", "/tmp"]).finish().status) == 0
  }

  @Test("A file that the user cannot read is an error, and no line of it is shown")
  func unreadable() throws {
    let scratch = try Scratch()
    let secret = try scratch.write("root:$y$secret:19000:0:99999:7:::\n", to: "shadow")
    try setMode(of: secret, to: 0o600)
    let including = try end(
      of: ["--control", "none", "--state", "none"], in: scratch, zone: zone + "$INCLUDE \(secret)\n")
    #expect(including.status == 1)
    #expect(including.errors.contains("cannot read \"\(secret)\"; permission denied"))
    #expect(including.errors.contains("the zone config files, read as user \"4711:4712\", have errors"))
    #expect(!including.errors.contains("$y$"))
    for option in ["--cookie-secrets", "--transfer-key"] {
      let result = try end(of: ["--control", "none", "--state", "none", option, secret], in: scratch)
      #expect(result.status == 1)
      #expect(result.errors.contains("\(secret): Permission denied") && !result.errors.contains("$y$"))
    }
  }

  @Test("No right is left: ids, groups, capabilities, descriptors, and programs gain none")
  func rights() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: scratch.file("state"), withIntermediateDirectories: false)
    let secret = try scratch.write("secret", to: "secret")
    let file = try scratch.write(zone, to: "test.zone")
    // The shell leaves it a descriptor that root has opened.
    let rondo = try ChildProcess(
      "/bin/sh",
      [
        "-c", #"exec 7<"$1"; shift; exec "$@""#, "sh", secret, rondoBinary, "serve", "--listen",
        "\(freshLoopback()):53",
        "--status", "none", "--control", scratch.file("run/control.sock"), "--state", scratch.file("state"),
      ] + PrivilegeTests.userOption + [file])
    try wait(for: "a line of the log") { rondo.errors.contains(" ready zones=") || !rondo.isRunning }
    let status = try String(contentsOfFile: "/proc/\(rondo.processID)/status", encoding: .utf8)
    #expect(status.contains("\nUid:\t4711\t4711\t4711\t4711\n"))
    #expect(status.contains("\nGid:\t4712\t4712\t4712\t4712\n"))
    #expect(status.contains("\nGroups:\t4712 \n"))
    #expect(status.contains("\nNoNewPrivs:\t1\n"))
    for task in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(rondo.processID)/task") {
      let status = try String(contentsOfFile: "/proc/\(rondo.processID)/task/\(task)/status", encoding: .utf8)
      for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
        #expect(status.contains("\n\(set):\t0000000000000000\n"), "\(set) of thread \(task)")
      }
    }
    let descriptors = "/proc/\(rondo.processID)/fd"
    for number in try FileManager.default.contentsOfDirectory(atPath: descriptors) {
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(descriptors)/\(number)")
      #expect(target != secret)
    }
    #expect(try owner(of: scratch.file("run")) == PrivilegeTests.user.userID)
    #expect(try owner(of: scratch.file("state")) == PrivilegeTests.user.userID)
    let reload = try ChildProcess(rondoBinary, ["reload", "--control", scratch.file("run/control.sock")])
    #expect(try reload.finish().status == 0)
    rondo.send(SIGTERM)
    #expect(try rondo.finish().status == 0)
    #expect(!FileManager.default.fileExists(atPath: scratch.file("run/control.sock")))
  }

  @Test("A big file is reloaded whatever folder the daemon was started in, by a path that starts there or at /")
  func closedFolder() throws {
    let scratch = try Scratch()
    try makeDirectory(scratch.file("closed"), mode: 0o700)
    var big = zone
    for number in 0..<120_000 { big += "name-with-some-length-\(number) 60 A 192.0.2.7\n" }
    try scratch.write(big, to: "test.zone")
    // Such a path can be followed only by whoever may enter the folder: `serve` says so at the start, not a reload.
    for (folder, path) in [("closed", scratch.file("test.zone")), (".", "test.zone")] {
      let run = scratch.file("run-\(folder)")
      let rondo = try ChildProcess(
        "/bin/sh",
        [
          "-c", #"cd "$1"; shift; exec "$@""#, "sh", scratch.file(folder), rondoBinary, "serve", "--listen",
          "\(freshLoopback()):0", "--status", "none", "--control", "\(run)/control.sock", "--state", "none",
        ] + PrivilegeTests.userOption + [path])
      try wait(for: "a line of the log") { rondo.errors.contains(" ready zones=") || !rondo.isRunning }
      let reload = try ChildProcess(rondoBinary, ["reload", "--control", "\(run)/control.sock"])
      let finished = try reload.finish(within: .seconds(120))
      #expect(finished.status == 0, "\(finished.errors)")
      rondo.send(SIGTERM)
      #expect(try rondo.finish().status == 0)
    }
  }

  @Test("A user that is no user, or root, is refused with a sentence")
  func badUsers() throws {
    let scratch = try Scratch()
    let file = try scratch.write(zone, to: "test.zone")
    for (user, sentence) in [
      ("root", "would give up nothing"), ("0:0", "would give up nothing"), ("no-such-user", "there is no such user"),
      ("3999999999", "write --user UID:GID"), ("4294967295:1", "out of range"),
    ] {
      let result = try rondo(
        "serve", "--listen", "\(freshLoopback()):0", "--status", "none", "--control", "none", "--state", "none",
        "--user", user, file)
      #expect(result.status == 1)
      #expect(result.errors.contains(sentence), "\(user): \(result.errors)")
    }
  }

  // MARK: -

  private func owner(of path: String) throws -> UInt32 {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.ownerAccountID] as? NSNumber).uint32Value
  }

  /// Runs the daemon until it is ready and then ends it, or until it has failed.
  private func end(
    of options: [String], in scratch: Scratch, zone: String = zone, startedBy starter: [String] = []
  ) throws -> Finished {
    let file = try scratch.write(zone, to: "test.zone")
    let process = try ChildProcess(
      starter + [rondoBinary, "serve", "--listen", "\(freshLoopback()):0", "--status", "none"] + options
        + PrivilegeTests.userOption + [file])
    try wait(for: "the daemon") { process.errors.contains(" ready zones=") || !process.isRunning }
    process.send(SIGTERM)
    return try process.finish()
  }
}

private func give(_ path: String, to user: UserIdentity) throws {
  try FileManager.default.setAttributes(
    [.ownerAccountID: NSNumber(value: user.userID), .groupOwnerAccountID: NSNumber(value: user.groupID)],
    ofItemAtPath: path)
}
