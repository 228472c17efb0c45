// Files, folders, and what the process knows of itself.

import DNS
import Linux
import Testing

@Suite("Files")
struct FileTests {
  @Test("A folder is made once, a file in it is read back, and is gone once it is removed")
  func readBack() throws {
    let folder = try scratchPath("folder")
    #expect(try makeDirectory(folder))
    defer { removeDirectory(folder) }
    #expect(try !makeDirectory(folder))
    let path = folder + "/state"
    try write([1, 2, 3], to: path)
    #expect(try readFile(path, limit: 3) == [1, 2, 3])
    try removeFile(path)
    #expect(!fileExists(path))
  }

  @Test("The start of the kernel has the same name whether the kernel or systemd tells it, and none if nobody does")
  func boot() throws {
    let path = try scratchPath("boot")
    try write(Array("1b4e28ba-2fa1-11d2-883f-0016d3cca427\n".utf8), to: path)
    defer { try? removeFile(path) }
    let digits = "1b4e28ba2fa111d2883f0016d3cca427"
    #expect(kernelBoot(file: path, told: nil) == digits)
    #expect(kernelBoot(file: "/nowhere", told: digits) == digits)
    for told in [nil, "", "%b", "1b4e28ba"] { #expect(kernelBoot(file: "/nowhere", told: told) == "") }
  }

  @Test("A file of more octets than the limit is refused")
  func limit() throws {
    let path = try scratchPath("long")
    try write([UInt8](repeating: 0, count: 200_000), to: path)
    defer { try? removeFile(path) }
    #expect(throws: FileFailure.tooLarge(limit: 199_999)) { _ = try readFile(path, limit: 199_999) }
    #expect(try readFile(path, limit: 200_000).count == 200_000)
  }

  @Test("What is not there, or not a file, is an error that says so")
  func errors() throws {
    #expect(throws: FileFailure.system(.noSuchFileOrDirectory)) { _ = try readFile("/nowhere/at/all", limit: 1) }
    #expect(throws: FileFailure.notRegular(.folder)) { _ = try readFile("/tmp", limit: 1) }
    #expect(throws: Errno.noSuchFileOrDirectory) { try removeFile("/nowhere/at/all") }
  }

  @Test("What is not a regular file is named, and never waited for")
  func kinds() throws {
    let folder = try scratchPath("kinds")
    try makeDirectory(folder)
    defer { removeDirectory(folder) }
    let pipe = folder + "/pipe"
    try makePipe(pipe)
    defer { try? removeFile(pipe) }
    let listener = try UnixListener(path: folder + "/socket")
    let kinds: [(String, FileKind)] = [
      (pipe, .pipe), (listener.path, .socket), ("/dev/zero", .characterDevice), (folder, .folder),
    ]
    for (path, kind) in kinds {
      #expect(throws: FileFailure.notRegular(kind)) { _ = try readFile(path, limit: 10) }
      #expect(throws: FileFailure.notRegular(kind)) { try requireProgram(path) }
    }
    #expect("\(FileFailure.notRegular(.pipe))".hasPrefix("it is a pipe, and only regular files are read"))
    #expect("\(FileFailure.tooLarge(limit: 64 << 20))" == "it has more than 64 MiB")
  }

  @Test("A file that does not know its size is read up to the limit and no further")
  func sizeless() throws {
    // Its size is said to be 0.
    #expect(try readFile("/proc/self/status", limit: 65_536).isEmpty == false)
    #expect(throws: FileFailure.tooLarge(limit: 10)) { _ = try readFile("/proc/self/status", limit: 10) }
  }

  @Test("A program must be there and be executable, and a folder is none")
  func program() throws {
    let path = try scratchPath("program")
    try write(Array("#!/bin/sh\n".utf8), to: path)
    defer { try? removeFile(path) }
    #expect(throws: FileFailure.system(.permissionDenied)) { try requireProgram(path) }
    try write(Array("#!/bin/sh\n".utf8), to: path, mode: 0o755)
    try requireProgram(path)
    #expect(throws: FileFailure.notRegular(.folder)) { try requireProgram("/tmp") }
    #expect(throws: FileFailure.system(.noSuchFileOrDirectory)) { try requireProgram("/nowhere/at/all") }
  }

  @Test("A file where a folder is to be made is an error")
  func fileInTheWay() throws {
    let path = try scratchPath("file")
    try write([1], to: path)
    defer { try? removeFile(path) }
    #expect(throws: Errno.fileExists) { try makeDirectory(path) }
  }
}

@Suite("Process")
struct ProcessTests {
  @Test("Users are found by name and by number")
  func users() throws {
    let root = UserIdentity(userID: 0, groupID: 0)
    #expect(try ServiceUser("root").identity == root && ServiceUser("0").identity == root)
    #expect(try ServiceUser("4711:4712").identity == UserIdentity(userID: 4_711, groupID: 4_712))
    #expect(throws: ServiceUser.LookupError.unknown) { _ = try ServiceUser("no-such-user-here") }
    #expect(throws: ServiceUser.LookupError.unknownNumber) { _ = try ServiceUser("3999999999") }
    // To the kernel all ones mean "no change": whoever asks for them would stay root.
    for text in ["4294967295:1", "1:4294967295", "99999999999:1"] {
      #expect(throws: ServiceUser.LookupError.badNumber) { _ = try ServiceUser(text) }
    }
    #expect(UserIdentity.localName(of: 0) == "root" && UserIdentity.localName(of: 4_294_967_000) == nil)
  }

  @Test("A variable that is not set is nil")
  func variables() {
    #expect(environment("RONDO_NO_SUCH_VARIABLE") == nil)
    #expect(environment("PATH") != nil)
  }

  @Test("The command line begins with the command")
  func arguments() {
    #expect(commandLineArguments.count >= 1)
  }
}

@Suite("Supervisor")
struct SupervisorTests {
  @Test("Without a supervisor a notification is a quiet no; an odd address is none")
  func nobody() throws {
    #expect(try notifySupervisor("READY=1", at: nil) == false)
    #expect(try notifySupervisor("READY=1", at: "vsock:2:1234") == false)
  }

  @Test("A notification is one datagram to the named socket", arguments: ["/tmp/rondo-notify-", "@rondo-notify-"])
  func notifies(_ prefix: String) throws {
    let address = prefix + "\(processID)"
    let receiver = try NotificationReceiver(at: address)
    #expect(try notifySupervisor("READY=1", at: address) == true)
    #expect(try receiver.receive() == "READY=1")
  }

  @Test("Standard error is known by its device and inode")
  func journal() throws {
    #expect(isStandardError(try deviceAndInode(of: 2)))
    #expect(!isStandardError("1:1"))
  }
}
