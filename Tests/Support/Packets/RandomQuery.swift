// Random queries: mostly right, with every part that may be wrong wrong now and then.

package enum RandomQuery {
  /// A query with up to three records behind its question, OPT among them as a rule.
  package static func octets(_ random: inout SeededGenerator) -> [UInt8] {
    var counts: [UInt8] = [0, 0, 0]
    var body = name(&random, pointersFrom: nil) + two(type(&random)) + two(random.chance(0.9) ? 1 : 255)
    var section = 0
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      // Records come in the order of the sections; most of a query's are additional.
      section = random.chance(0.7) ? 2 : Int.random(in: section...2, using: &random)
      counts[section] += 1
      body += random.chance(0.6) ? options(&random) : record(&random, at: 12 + body.count)
    }
    let flags: UInt16 = random.chance(0.9) ? 0x0100 : UInt16.random(in: 0...0x7FFF, using: &random)
    let header = two(UInt16.random(in: .min ... .max, using: &random)) + two(flags) + [0, 1]
    return header + counts.flatMap { [0, $0] } + body
  }

  private static func two(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }

  private static func type(_ random: inout SeededGenerator) -> UInt16 {
    [1, 1, 1, 2, 5, 6, 15, 16, 28, 33, 43, 41, 65, 249, 252, 255].randomElement(using: &random) ?? 1
  }

  /// Labels of the test zones' alphabet; `place` is where the name begins if it may hold a pointer.
  private static func name(_ random: inout SeededGenerator, pointersFrom place: Int?) -> [UInt8] {
    var wire: [UInt8] = []
    for _ in 0..<Int.random(in: 0...5, using: &random) {
      let length = random.chance(0.95) ? 1 : Int.random(in: 1...70, using: &random)
      wire += [UInt8(length)] + (0..<length).map { _ in Array("abczBZ*".utf8).randomElement(using: &random) ?? 0 }
    }
    guard let place, random.chance(0.5) else { return wire + [1, UInt8(ascii: "z"), 0] }
    return wire + two(0xC000 | UInt16(random.chance(0.7) ? 12 : Int.random(in: 0...place + 3, using: &random)))
  }

  private static func record(_ random: inout SeededGenerator, at place: Int) -> [UInt8] {
    let data = (0..<Int.random(in: 0...20, using: &random)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    return name(&random, pointersFrom: place) + two(type(&random)) + [0, 1, 0, 0, 0, 60] + two(UInt16(data.count))
      + data
  }

  private static func options(_ random: inout SeededGenerator) -> [UInt8] {
    var data: [UInt8] = []
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      let count = Int.random(in: 0...12, using: &random)
      data += two(UInt16.random(in: 0...15, using: &random)) + two(UInt16(count)) + [UInt8](repeating: 7, count: count)
    }
    if random.chance(0.1) { data.append(1) }
    let size: UInt16 = [0, 512, 1232, 4096, 65_535].randomElement(using: &random) ?? 512
    let owner: [UInt8] = random.chance(0.9) ? [0] : [1, 0x61, 0]
    return owner + [0, 41] + two(size) + [0, random.chance(0.9) ? 0 : 1] + two(random.chance(0.5) ? 0x8000 : 0)
      + two(UInt16(data.count)) + data
  }

  /// Changes, takes away or adds octets in one place.
  package static func mutate(_ octets: inout [UInt8], _ random: inout SeededGenerator) {
    guard let at = octets.indices.randomElement(using: &random) else { return }
    switch Int.random(in: 0..<5, using: &random) {
    case 0: octets[at] = UInt8.random(in: .min ... .max, using: &random)
    case 1: octets[at] = [0, 1, 12, 63, 64, 0xC0, 0xFF].randomElement(using: &random) ?? 0
    case 2: octets.removeSubrange(at..<min(octets.count, at + Int.random(in: 1...4, using: &random)))
    case 3: octets.insert(UInt8.random(in: .min ... .max, using: &random), at: at)
    default: octets.removeLast(Int.random(in: 0...min(octets.count, 20), using: &random))
    }
  }
}
