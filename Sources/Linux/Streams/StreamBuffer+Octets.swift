// Moving whole contents in and out of a stream buffer, as arrays of octets.

internal import DNS

extension StreamBuffer {
  package mutating func removeAll() { consume(count) }

  /// Adds octets behind the contents; they must fit into the room.
  package mutating func append(_ octets: [UInt8]) {
    guard !octets.isEmpty else { return }
    var room = room()
    room.copy(octets.octets, to: 0)
    fill(octets.count)
  }

  /// The contents as an array.
  package func copy() -> [UInt8] {
    let contents = self.contents
    return (0..<contents.byteCount).map { contents.octet(at: $0) }
  }
}
