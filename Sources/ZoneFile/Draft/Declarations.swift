// What belongs to the server and is shared by its zones, as the files declare it: names are not looked up yet.

import DNS
import Model

/// A declaration's or a pool's use of a name, with its place.
struct NameUse: Sendable {
  var name: String
  var range: SourceRange
}

/// What gates a pool: explicitly nothing, or checks.
enum Gates: Sendable {
  case none
  case checks([NameUse])
}

/// An address with its place.
struct AddressUse: Sendable {
  var address: IPAddress
  var range: SourceRange
}

/// A network with its place.
struct PrefixUse: Sendable {
  var prefix: AddressPrefix
  var range: SourceRange
}

struct NodeDraft: Sendable {
  var name: NameUse
  var addresses: [AddressUse] = []
  var site: String?
}

struct CheckDraft: Sendable {
  var name: NameUse
  /// Nil where the form is wrong, which has been reported.
  var kind: CheckPlan.Kind?
  var kindRange: SourceRange?
  /// The value of `every=`.
  var everyRange: SourceRange?
  /// The value of `verify=`.
  var verifyRange: SourceRange?
  var timing = CheckTiming()
  /// What `source=` lists.
  var sources: [AddressUse] = []
}

/// The times of a check and what it does between them. The defaults are those of the manual: out after about 15 seconds,
/// back after 10.
struct CheckTiming: Sendable {
  var every: Duration = .seconds(5)
  var timeout: Duration = .seconds(2)
  var fall = 3
  var rise = 2
  var fast: Duration = .seconds(1)
  /// Where `fast=` is written.
  var fastRange: SourceRange?
  var jitter = 10
  var flaky: FlakyRule? = .standard
  var watch = CheckTuning.Watch.off

  func plan(of kind: CheckPlan.Kind) -> CheckPlan {
    CheckPlan(
      kind: kind, every: every, timeout: timeout, fall: fall, rise: rise,
      tuning: CheckTuning(fast: fast, jitter: jitter, flaky: flaky, watch: watch))
  }
}

struct PoolDraft: Sendable {
  var name: NameUse
  var members: [NameUse] = []
  var gates: Gates = .none
  var options = PoolOptions()
}

/// The options of a pool as written.
struct PoolOptions: Sendable {
  var policy = PoolPolicy()
  /// One for each member, 1…1000.
  var weights: [Int] = []
  var warners: [NameUse] = []
  var observers: [NameUse] = []
  var backups: [[NameUse]] = []
  /// Where options are written whose sense depends on the rest of the file.
  var ranges: [String: SourceRange] = [:]
}

struct SiteDraft: Sendable {
  var name: NameUse
  var prefixes: [PrefixUse] = []
}

struct ReferenceDraft: Sendable {
  var address: IPAddress
  var port: UInt16
  var range: SourceRange
}

/// `$AUTHORITY`: what zones begun by `$ZONE` have in common.
struct AuthorityDraft: Sendable {
  var range: SourceRange
  var servers: [(name: DomainName, range: SourceRange)] = []
  var contact: DomainName?
}

/// All that the files declare, found by name. A declaration may come after its use, and in another file.
struct Declarations: Sendable {
  private(set) var nodes: [NodeDraft] = []
  private(set) var checks: [CheckDraft] = []
  private(set) var pools: [PoolDraft] = []
  private(set) var sites: [SiteDraft] = []
  private(set) var subnetSources: [PrefixUse] = []
  private(set) var references: [ReferenceDraft] = []
  var authority: AuthorityDraft?

  private var nodeIndex: [String: Int] = [:]
  private var checkIndex: [String: Int] = [:]
  private var poolIndex: [String: Int] = [:]
  private var siteIndex: [String: Int] = [:]
  private var prefixes: [AddressPrefix: (site: String, range: SourceRange)] = [:]
  private var subnetSourceRanges: [AddressPrefix: SourceRange] = [:]
  private var referenceRanges: [IPAddress: SourceRange] = [:]

  // MARK: Finding

  func node(named name: String) -> Int? { nodeIndex[name] }
  func check(named name: String) -> Int? { checkIndex[name] }
  func pool(named name: String) -> Int? { poolIndex[name] }
  func site(named name: String) -> Int? { siteIndex[name] }
  /// The site that has this very network.
  func site(of prefix: AddressPrefix) -> (site: String, range: SourceRange)? { prefixes[prefix] }
  /// Where `$ECS` lists this very network.
  func subnetSource(_ prefix: AddressPrefix) -> SourceRange? { subnetSourceRanges[prefix] }
  /// Where `$REFERENCE` names this address.
  func reference(to address: IPAddress) -> SourceRange? { referenceRanges[address] }

  /// Every pool's members, gates and options; those of rotations that list their nodes too.
  func allPools(and zones: ZoneDrafts) -> [(members: [NameUse], gates: Gates, options: PoolOptions)] {
    var all = pools.map { ($0.members, $0.gates, $0.options) }
    func add(_ rotation: RotationDraft) {
      if case .members(let members, let gates) = rotation.source { all.append((members, gates, rotation.options)) }
    }
    for zone in zones.list { zone.rotations.forEach(add) }
    zones.strayRotations.forEach(add)
    return all
  }

  // MARK: Adding

  mutating func add(_ node: NodeDraft) {
    nodeIndex[node.name.name] = nodes.count
    nodes.append(node)
  }

  mutating func add(_ check: CheckDraft) {
    checkIndex[check.name.name] = checks.count
    checks.append(check)
  }

  mutating func add(_ pool: PoolDraft) {
    poolIndex[pool.name.name] = pools.count
    pools.append(pool)
  }

  mutating func add(_ site: SiteDraft) {
    for use in site.prefixes { prefixes[use.prefix] = (site.name.name, use.range) }
    siteIndex[site.name.name] = sites.count
    sites.append(site)
  }

  mutating func addSubnetSource(_ use: PrefixUse) {
    subnetSourceRanges[use.prefix] = use.range
    subnetSources.append(use)
  }

  mutating func add(_ reference: ReferenceDraft) {
    referenceRanges[reference.address] = reference.range
    references.append(reference)
  }
}
