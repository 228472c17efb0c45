// Random numbers for the control thread, many a second: jitter of checks, octets of TLS hellos, numbers of messages.

internal import DNS

/// SipHash of a counter, under a key that the kernel has drawn: not to be foretold, and no system call each.
struct KeyedRandom: RandomNumberGenerator {
  private let key: SipHash.Key
  private var drawn: UInt64 = 0

  init() {
    var kernel = SystemRandomNumberGenerator()
    key = SipHash.Key(kernel.next(), kernel.next())
  }

  mutating func next() -> UInt64 {
    drawn &+= 1
    var hash = SipHash(key: key)
    hash.absorb(drawn)
    return hash.finish(rest: 0, length: 8)
  }
}
