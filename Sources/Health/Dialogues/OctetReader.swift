// Numbers and parts of known length out of octets from the wire; nil instead of an access out of bounds.

struct OctetReader {
  private(set) var rest: ArraySlice<UInt8>

  init(_ octets: ArraySlice<UInt8>) { rest = octets }

  var isAtEnd: Bool { rest.isEmpty }

  /// A big-endian number of at most seven octets.
  mutating func number(octets count: Int) -> Int? {
    precondition(count < 8, "more would not fit")
    return read(count)?.reduce(0) { $0 << 8 | Int($1) }
  }

  mutating func read(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, count <= rest.count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  /// A part behind its length, which is a number of this many octets.
  mutating func sized(by count: Int) -> ArraySlice<UInt8>? {
    var ahead = self
    guard let length = ahead.number(octets: count), let part = ahead.read(length) else { return nil }
    self = ahead
    return part
  }
}
