// Numbers that look random and are the same on every server: what rotations and the choice by network are drawn from.

/// Steele, Lea and Flood's SplitMix64 (2014), as generator and as mixer.
public struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  @inlinable static var step: UInt64 { 0x9E37_79B9_7F4A_7C15 }

  public init(state: UInt64) { self.state = state }

  public mutating func next() -> UInt64 {
    state &+= SplitMix64.step
    return SplitMix64.mix(state)
  }

  /// The finishing step: every bit of the input moves every bit of the output.
  @inlinable
  public static func mix(_ word: UInt64) -> UInt64 {
    var mixed = word
    mixed = (mixed ^ (mixed &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed &>> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed &>> 31)
  }

  /// The first number that a generator in this state gives.
  @inlinable
  public static func first(from state: UInt64) -> UInt64 { mix(state &+ step) }

  public static func hash(_ octets: some Sequence<UInt8>) -> UInt64 {
    octets.reduce(step) { mix($0 ^ UInt64($1) &+ step) }
  }
}
