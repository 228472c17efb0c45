// Freed memory goes back to the kernel when it is asked for, and the program goes on without its dropped pages.

import Foundation
import Linux
import Testing

/// Resident memory of this process that is no copy of a file, in kilobytes.
private func residentKilobytes() throws -> Int {
  let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
  let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
  return try #require(line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) })
}

@Test("Memory that is kept while it is needed is given back")
func memoryRelease() throws {
  keepFreedMemory()
  var blocks: [[UInt8]] = (0..<300_000).map { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 400) }
  #expect(blocks.count == 300_000)
  let before = try residentKilobytes()
  blocks = []
  // Of some 130 MB; other tests take and free memory meanwhile.
  try eventually("the memory to be given back") {
    releaseUnusedMemory()
    return try residentKilobytes() < before - 40_000
  }
}
