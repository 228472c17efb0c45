// Moving whole contents in and out of a stream buffer, as arrays of octets.

internal import DNS

extension StreamBuffer {
  package mutating func removeAll() { consume(count) }

  /// Adds octets after the contents; they must fit into the room.
  package mutating func append(_ octets: [UInt8]) {
    guard !octets.isEmpty else { return }
    var room = room()
    room.copy(octets.octets, to: 0)
    fill(octets.count)
  }

  /// The contents as an array.
  package func copy() -> [UInt8] {
    let contents = self.contents
    return unsafe contents.withUnsafeBytes { octets in
      // A new array's own memory, as long as asked for, filled whole.
      unsafe [UInt8](unsafeUninitializedCapacity: octets.count) { target, count in
        unsafe UnsafeMutableRawBufferPointer(target).copyMemory(from: octets)
        count = octets.count
      }
    }
  }
}
