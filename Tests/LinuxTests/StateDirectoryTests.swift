// The state folder: what is renamed replaces nothing, and a disk that fails in the middle of a folder is an error.

import Testing

@testable import Linux

@Suite("State directory")
struct StateDirectoryTests {
  @Test("A file that is set aside never replaces another, whether the kernel looks or we do")
  func rename() throws {
    let path = try scratchPath("state")
    try makeDirectory(path)
    let names = ["admin-states", "aside", "taken"]
    defer {
      for name in names { try? removeFile("\(path)/\(name)") }
      removeDirectory(path)
    }
    try write([1], to: path + "/admin-states")
    try write([2], to: path + "/taken")
    let folder = try StateDirectory(path)
    #expect(throws: StateFileError.system(.fileExists)) { try folder.rename("admin-states", to: "taken") }
    #expect(throws: Errno.fileExists) { try folder.renameAfterLooking("admin-states", to: "taken") }
    #expect(try folder.read("taken", limit: 9) == [2])
    try folder.rename("admin-states", to: "aside")
    #expect(try folder.read("aside", limit: 9) == [1])
    try folder.renameAfterLooking("aside", to: "admin-states")
    #expect(try folder.read("admin-states", limit: 9) == [1])
    #expect(throws: StateFileError.system(.noSuchFileOrDirectory)) { try folder.rename("aside", to: "other") }
  }

  @Test("A new file replaces nothing, and is gone again if it cannot be written whole")
  func create() throws {
    let path = try scratchPath("new")
    try makeDirectory(path)
    defer {
      try? removeFile(path + "/mail.zone")
      removeDirectory(path)
    }
    let folder = try StateDirectory(path)
    try folder.create("mail.zone", with: [1])
    #expect(throws: StateFileError.system(.fileExists)) { try folder.create("mail.zone", with: [2]) }
    #expect(try folder.read("mail.zone", limit: 9) == [1])
    #if DEBUG
      try removeFile(path + "/mail.zone")
      for call in ["write", "fchmod", "fsync"] {
        let faults = CallFaults(.init(.ioError, in: call))
        #expect(throws: StateFileError.system(.ioError)) {
          try faults.during { try folder.create("mail.zone", with: [3]) }
        }
        #expect(!fileExists(path + "/mail.zone"), "\(call)")
      }
    #endif
  }

  @Test("The names in a folder are returned whole, up to the limit, or not at all")
  func folderNames() throws {
    let path = try scratchPath("names")
    try makeDirectory(path)
    let files = ["a", "b", "c"]
    defer {
      for name in files { try? removeFile("\(path)/\(name)") }
      removeDirectory(path)
    }
    for name in files { try write([], to: "\(path)/\(name)") }
    #expect(try names(inFolder: path, atMost: 10).sorted() == files)
    #expect(try names(inFolder: path, atMost: 2).count == 2)
    #expect(throws: Errno.noSuchFileOrDirectory) { _ = try names(inFolder: path + "/none", atMost: 10) }
    var returned = 0
    #expect(throws: Errno.ioError) {
      _ = try collectNames(atMost: 10) { () throws(Errno) in
        returned += 1
        guard returned < 3 else { throw .ioError }
        return "admin-states"
      }
    }
  }
}
