// The ledger against a complete record of every reply, over random traffic, health, drains, reloads and interleavings.

import TestSupport
import Testing

@testable import Policy

private let head = """
  $ORIGIN x.
  $TTL 20
  $SITE nord 192.0.2.0/27
  $NODE n1 10.0.0.1 2001:db8::1 site=nord
  $NODE n2 10.0.0.2 2001:db8::2
  $NODE n3 10.0.0.3
  $NODE n4 10.0.0.4
  $NODE n5 10.0.0.5 2001:db8::5
  $POOL p n1 n2 n3 check=none
  $POOL q n2 n4 n5 check=none
  $POOL site n1 n2 n3 n4 n5 check=none prefer=site
  $POOL hash n1 n2 n3 n5 check=none order=hash
  @ SOA ns h 1 1h 15m 1w 1m
  @ NS ns
  ns 30 A 10.9.0.1
  in-p ROTATE p
  @ MX 10 mail
  @ MX 20 one
  @ MX 30 old
  @ MX 40 wide
  mail 60 ROTATE p
  one 7 ROTATE q
  wide ROTATE q
  near ROTATE site
  hashed ROTATE hash
  *.wild ROTATE p
  www CNAME alias
  alias CNAME mail
  branch NS ns.branch
  branch NS g.branch
  g.branch 50 A 10.9.0.2
  ns.branch 40 A 10.0.0.4
  _imap._tcp SRV 0 1 993 mail
  _imap._tcp SRV 0 1 993 hashed
  many MX 1 mail
  many MX 2 one
  many MX 3 wide
  many MX 4 near
  many MX 5 hashed
  many MX 6 old
  many MX 7 some.wild
  both 15 ROTATE p

  """

@Suite("The ledger of hand-outs")
struct HandOutPropertyTests {
  private static let texts = [
    head + """
      old A 10.0.0.3
      old A 172.16.0.1
      *.static 90 A 10.0.0.1
      svc HTTPS 1 . ipv4hint=10.0.0.5
      far AAAA 2001:db8::5
      """,
    // Without the static records, with other TTLs.
    head.replacing("mail 60 ROTATE p", with: "mail 300 ROTATE p") + "far 11 AAAA 2001:db8::5\n",
    head.replacing("$NODE n4 10.0.0.4\n", with: "").replacing(" n4", with: "").replacing(
      "40 A 10.0.0.4", with: "A 10.9.9.9"),
  ]

  @Test(
    "What it announces is never earlier than the last copy expires, and at most a millisecond later", arguments: 0..<10)
  func announcements(number: UInt64) throws {
    let seed = number &* 7_919 &+ 20_261_128
    var scene = try SimulatedHandOuts(seed: seed, texts: HandOutPropertyTests.texts, workers: Int(number % 4) + 1)
    for _ in 0..<4_000 {
      switch Int.random(in: 0..<100, using: &scene.random) {
      case 0..<2: scene.now += Int64.random(in: 1_000_000_000..<40_000_000_000, using: &scene.random)
      case 2..<20: scene.now += Int64.random(in: 0..<700_000_000, using: &scene.random)
      case 20..<70: try scene.step(Int.random(in: scene.workers.indices, using: &scene.random))
      case 70..<73: scene.publish()
      case 73..<76:
        let node = scene.random.pick(["n1", "n2", "n3", "n4", "n5"])
        if scene.out.remove(node) == nil, scene.sources.nodes[node] != nil { scene.out.insert(node) }
        scene.publish()
      case 76: if scene.random.chance(0.1) { try scene.reload() }
      case 77..<90: scene.settle()
      default:
        let nodes = scene.random.chance(0.5) && !scene.out.isEmpty ? Array(scene.out) : Array(scene.sources.nodes.keys)
        scene.ask(scene.random.pick(nodes.sorted()))
      }
    }
    #expect(scene.replies > 300 && scene.announcements > 3, "seed \(seed): \(scene.replies) \(scene.announcements)")
  }
}
