// A name of the command line or of a zone file is a regular file, or an error: the daemon never waits for a file.

import DNS
import Foundation
import Linux
import TestSupport
import Testing

private let zone = ZoneText.twoNodes

@Suite("Special files")
struct SpecialFileTests {
  @Test("A zone config file or an included one that is a pipe, a device, a directory or a socket is an error at once")
  func zoneFiles() throws {
    let scratch = try Scratch()
    for (path, kind) in try kinds(in: scratch) {
      let named = try rondo("check", path)
      #expect(named.status == 1)
      #expect(named.output.contains("cannot read \"\(path)\"; it is \(kind)"), "\(named.output)")
      let including = try rondo("check", try scratch.write(zone + "$INCLUDE \(path)\n", to: "test.zone"))
      #expect(including.status == 1)
      #expect(including.output.contains("cannot read \"\(path)\"; it is \(kind)"), "\(including.output)")
    }
  }

  @Test("A pipe on standard input is refused with the remedy, and a file there is read")
  func standardInput() throws {
    let scratch = try Scratch()
    let file = try scratch.write(zone, to: "test.zone")
    let piped = try shell(#"cat "$2" | "$1" check /dev/stdin"#, file)
    #expect(piped.status == 1)
    #expect(piped.output.contains("it is a pipe, and only regular files are read: save it to a file first"))
    let redirected = try shell(#""$1" check /dev/stdin <"$2""#, file)
    #expect(redirected.status == 0)
  }

  @Test("A check program or a file of authorities that is no regular file is an error at once")
  func checks() throws {
    let scratch = try Scratch()
    for (path, kind) in try kinds(in: scratch) {
      for check in ["exec:\(path)", "imaps:993 verify=ca:\(path)"] {
        let text = zone.replacing("check=none", with: "check=it")
          .replacing("@    1h SOA", with: "$CHECK it \(check)\n@    1h SOA")
        let result = try rondo("check", try scratch.write(text, to: "test.zone"))
        #expect(result.output.contains("it is \(kind), and only regular files are read"), "\(check): \(result.output)")
      }
    }
  }

  @Test("A file of secrets or keys that is no regular file keeps the daemon from starting, with its kind")
  func secrets() throws {
    let scratch = try Scratch()
    let file = try scratch.write(zone, to: "test.zone")
    for (path, kind) in try kinds(in: scratch) {
      for option in ["--cookie-secrets", "--transfer-key"] {
        let result = try rondo(
          "serve", "--listen", "\(freshLoopback()):0", "--status", "none", "--control", "none", "--state", "none",
          option, path, file)
        #expect(result.status == 1)
        #expect(result.errors.contains("\(path): it is \(kind)"), "\(result.errors)")
      }
    }
  }

  @Test("A reload that meets a pipe fails as a reload")
  func reload() throws {
    let rondo = try RunningRondo(zone)
    let pipe = rondo.scratch.file("pipe")
    #expect(unsafe mkfifo(pipe, 0o600) == 0)
    try rondo.scratch.write(zone + "$INCLUDE \(pipe)\n", to: "test.zone")
    let result = try rondo.reloadCommand()
    #expect(result.status == 1)
    #expect(result.errors.contains("it is a pipe"))
    #expect(try rondo.addresses().count == 2)
  }

  @Test("State files that are pipes neither hold the start up nor the end")
  func state() throws {
    let scratch = try Scratch()
    try makeDirectory(scratch.file("state"))
    for name in ["health", "admin-states", "serials"] {
      #expect(unsafe mkfifo(scratch.file("state/\(name)"), 0o600) == 0)
    }
    let rondo = try RunningRondo(zone, in: scratch)
    #expect(try rondo.addresses().count == 2)
    #expect(try rondo.stop().status == 0)
  }

  /// Runs a script with the binary and a file as its arguments.
  private func shell(_ script: String, _ file: String) throws -> Finished {
    try ChildProcess("/bin/sh", ["-c", script, "sh", rondoBinary, file]).finish()
  }

  /// A path of each kind, and how messages name the kind.
  private func kinds(in scratch: Scratch) throws -> [(path: String, kind: String)] {
    let pipe = scratch.file("pipe")
    if !fileExists(pipe) { #expect(unsafe mkfifo(pipe, 0o600) == 0) }
    let folder = scratch.file("folder")
    try makeDirectory(folder)
    return [
      (pipe, "a pipe"), (folder, "a directory"), ("/dev/zero", "a device"), (try socket(in: scratch), "a socket"),
    ]
  }

  /// The path of a socket that a listener, gone by now, has left.
  private func socket(in scratch: Scratch) throws -> String {
    let path = scratch.file("socket")
    guard !fileExists(path) else { return path }
    let number = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(number) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let isBound = unsafe withUnsafeMutableBytes(of: &address) { bytes in
      // The path is far shorter than the structure, which is zero behind it.
      for (index, octet) in path.utf8.enumerated() { unsafe bytes[2 + index] = octet }
      return unsafe bind(number, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count)) == 0
    }
    #expect(isBound)
    return path
  }
}
