// The files that are shipped in Config/ must be read without complaint.

import DNS
import Glibc
import Model
import Testing
import ZoneFile

private func shipped(_ name: String) throws -> ReadResult {
  let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
  let path = parts.dropLast(3).joined(separator: "/") + "/Config/" + name
  return readConfiguration(files: [path]) { path throws(LoadFailure) in
    guard let file = unsafe fopen(path, "r") else { throw LoadFailure(reason: "cannot open") }
    defer { unsafe fclose(file) }
    var octets: [UInt8] = []
    while true {
      let octet = unsafe getc(file)
      guard octet != EOF else { return octets }
      octets.append(UInt8(truncatingIfNeeded: octet))
    }
  }
}

@Test(
  "The shipped zone config files are read without errors and warnings",
  arguments: ["mail.zone", "pinpoint.zone", "demo.zone"])
func shippedFiles(name: String) throws {
  let result = try shipped(name)
  #expect(result.text == "")
  #expect(result.configuration != nil)
}

@Test("The demo serves four names from two loopback nodes tested every second")
func demoStory() throws {
  let configuration = try #require(try shipped("demo.zone").configuration)
  #expect(configuration.nodes.map(\.addresses.first?.description) == ["127.0.0.2", "127.0.0.3"])
  #expect(configuration.checks.map(\.plan.kind) == [.tcp(port: 8025)])
  #expect(configuration.checks.first?.plan.every == .seconds(1))
  #expect(configuration.zones.first?.rotations.count == 4)
}
