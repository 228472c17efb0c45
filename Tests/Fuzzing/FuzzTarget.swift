// The fuzz targets by name: octets in, and a flaw thrown when what must hold of every input does not hold.
//
// The fuzzer (Entry.swift) feeds them what it makes up, the tests (CorpusTests.swift) what is in Corpus. To add one:
// a case here, a `run…` in a file of its own, a folder in Corpus, and if it helps a file in Dictionaries.

/// What an input has shown to be wrong. A trap or a sanitizer's report says it in its own words.
struct Flaw: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Throws a flaw unless the condition holds.
func require(_ condition: Bool, _ flaw: @autoclosure () -> String) throws(Flaw) {
  if !condition { throw Flaw(flaw()) }
}

enum FuzzTarget: String, CaseIterable {
  /// A packet, answered over UDP and over TCP.
  case query
  /// A packet, of which question, records and names are read.
  case message
  /// The text of a zone config file, compiled and asked.
  case zone
  /// An HTTP request that arrives in pieces.
  case http
  /// A TCP stream of framed queries that arrives in pieces.
  case stream
  /// The options in an OPT, answered as they are due.
  case options
  /// A message that is signed, changed and proved.
  case signature
  /// What another server sent to `rondo query`.
  case reply
}

/// One target, with what it keeps from input to input.
final class FuzzSession {
  private let target: FuzzTarget
  private let rooms = ReplyRooms()

  init(_ target: FuzzTarget) { self.target = target }

  func run(_ octets: [UInt8]) throws(Flaw) {
    switch target {
    case .query: try runQuery(octets, rooms)
    case .message: try runMessage(octets)
    case .zone: try runZone(octets, rooms)
    case .http: try runHTTP(octets)
    case .stream: try runStream(octets, rooms)
    case .options: try runOptions(octets, rooms)
    case .signature: try runSignature(octets, rooms)
    case .reply: try runReply(octets)
    }
  }
}

/// Pieces of pseudo-random lengths that follow from the octets themselves, so that an input needs no extra octets to
/// say where it is cut, and a packet or a request from elsewhere is a good input.
func pieces(of octets: [UInt8], longest: Int) -> [Range<Int>] {
  // FNV-1a, then a multiplicative generator (Knuth's MMIX).
  var state = octets.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  var pieces: [Range<Int>] = []
  var at = 0
  while at < octets.count {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    // Half of the pieces are very short: that is where cuts hurt.
    let most = state >> 63 == 0 ? 4 : longest
    let end = min(octets.count, at + 1 + Int(state >> 33) % most)
    pieces.append(at..<end)
    at = end
  }
  return pieces
}
