// Every input that is kept is tried in every run of the tests, without a fuzzer.

import Foundation
import Testing

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Corpus")

@Test("The kept inputs of a fuzz target show no flaw", arguments: FuzzTarget.allCases)
func corpus(target: FuzzTarget) throws {
  let inputs = try FileManager.default.contentsOfDirectory(
    at: folder.appendingPathComponent(target.rawValue), includingPropertiesForKeys: nil)
  #expect(!inputs.isEmpty)
  let session = FuzzSession(target)
  for input in inputs {
    let octets = Array(try Data(contentsOf: input))
    #expect(throws: Never.self, "\(target) \(input.lastPathComponent)") { try session.run(octets) }
  }
}
