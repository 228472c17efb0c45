// `$SITE`, `$ECS` and `$REFERENCE`, and what is advised about them.

import DNS
import Model
import Testing

@testable import ZoneFile

private let sited = "$NODE s1 192.0.2.21 site=nord\n$NODE s2 192.0.2.22 site=sued\nx 60 ROTATE s1 s2 check=mta"

@Test("Sites have networks of both families, references an address and a port")
func sites() throws {
  let result = read(
    zone(
      "$SITE nord 10.1.0.0/16 2001:db8:1::/48\n$SITE sued 10.2.0.0/16 10.1.7.9\n"
        + "$ECS 10.0.0.53\n$ECS 2001:db8::/64\n$REFERENCE tcp:443 10.1.0.1 10.2.0.1\n" + sited + " prefer=site"))
  #expect(result.diagnostics.isEmpty, "\(result.text)")
  let configuration = try #require(result.configuration)
  #expect(configuration.sites.map(\.name) == ["nord", "sued"])
  let networks = configuration.sites.map { $0.prefixes.map { "\($0.address)/\($0.length)" } }
  #expect(networks == [["10.1.0.0/16", "2001:db8:1::/48"], ["10.2.0.0/16", "10.1.7.9/32"]])
  #expect(configuration.subnetSources.map { "\($0.address)/\($0.length)" } == ["10.0.0.53/32", "2001:db8::/64"])
  #expect(configuration.references.map(\.address.description) == ["10.1.0.1", "10.2.0.1"])
  #expect(configuration.references.map(\.port) == [443, 443])
  #expect(configuration.pools.last?.policy.preference == .site)
}

@Test(
  "A network contains the addresses that begin with its bits",
  arguments: [
    ("10.1.0.0", 16, "10.1.255.255", true), ("10.1.0.0", 16, "10.2.0.0", false), ("0.0.0.0", 0, "255.0.0.1", true),
    ("10.1.128.0", 17, "10.1.127.255", false), ("10.1.128.0", 17, "10.1.128.0", true),
    ("10.1.7.9", 32, "10.1.7.8", false), ("2001:db8:1::", 48, "2001:db8:1:ffff::1", true),
    ("2001:db8:1::", 48, "2001:db8:2::1", false), ("0.0.0.0", 0, "::1", false),
  ])
func contains(network: String, length: Int, address: String, isInside: Bool) throws {
  let prefix = AddressPrefix(address: try #require(IPAddress(network)), length: length)
  #expect(prefix.contains(try #require(IPAddress(address))) == isInside)
}

@Test(
  "What is wrong with a site or a reference is said",
  arguments: [
    ("$SITE", ["10:6 error: the name of the site is missing"]),
    ("$SITE nord", ["10:7 error: the site \"nord\" has no network"]),
    ("$SITE nord 10.1.0.0/33", ["10:21 error: \"33\" is not the length of a network"]),
    ("$SITE nord 10.1.0.0/", ["10:21 error: \"\" is not the length of a network"]),
    ("$SITE nord 10.1.0.1/16", ["10:12 error: 10.1.0.1/16 has bits set after its length"]),
    ("$SITE nord campus", ["10:12 error: \"campus\" is not a network"]),
    ("$SITE a 10.0.0.0/8 10.0.0.0/8", ["10:20 error: this network belongs to the site \"a\" already"]),
    ("$SITE a 10.0.0.0/8\n$SITE b 10.0.0.0/8", ["11:9 error: this network belongs to the site \"a\" already"]),
    ("$SITE a 10.0.0.0/8\n$SITE a 11.0.0.0/8", ["11:7 error: the site \"a\" is defined twice"]),
    ("$SITE a 10.0.0.0/8 x=1", ["10:20 error: $SITE has no option \"x\""]),
    ("$ECS", ["10:1 error: $ECS names no network"]),
    ("$ECS resolver", ["10:6 error: \"resolver\" is not a network"]),
    ("$ECS 10.0.0.1/8", ["10:6 error: 10.0.0.1/8 has bits set after its length"]),
    ("$ECS 10.0.0.0/8 10.0.0.0/8", ["10:17 error: this network is believed already"]),
    ("$REFERENCE", ["10:1 error: $REFERENCE does not say what it tests"]),
    ("$REFERENCE tcp:443", ["10:19 error: $REFERENCE names no address"]),
    ("$REFERENCE 192.0.2.1", ["10:12 error: \"192.0.2.1\" does not say what a reference is tested by"]),
    ("$REFERENCE smtp:25 192.0.2.1", ["10:12 error: \"smtp:25\" does not say what a reference is tested by"]),
    ("$REFERENCE tcp:443 router", ["10:20 error: \"router\" is not an IP address"]),
    ("$REFERENCE tcp:443 192.0.2.1 192.0.2.1", ["10:30 error: 192.0.2.1 is a reference already"]),
    ("$REFERENCE tcp:443 192.0.2.11 10.0.0.1", ["10:20 error: the reference 192.0.2.11 is the node \"ex1\""]),
    ("$POOL p ex1 ex2 check=mta prefer=site", ["10:34 error: prefer=site needs $SITE, and there is none"]),
    (
      "$POOL p ex1 ex2 check=mta prefer=site\n$SITE a 10.0.0.0/8",
      ["10:34 error: prefer=site needs nodes that say where they are"]
    ),
  ])
func siteErrors(text: String, expected: [String]) {
  #expect(read(zone(text)).brief.filter { $0.contains("error") } == expected)
}

@Test(
  "Sites, subnets and policies that do nothing are warned of",
  arguments: [
    (
      "$SITE west 10.3.0.0/16\n$REFERENCE tcp:443 10.1.0.1",
      [
        "10:7 warning: the site \"west\" is not used", "10:7 warning: there are sites, and no pool has prefer=site",
        "11:20 warning: there is one reference only",
      ]
    ),
    ("$ECS 10.0.0.53", ["10:6 warning: $ECS has no effect without prefer=site or order=hash"]),
    ("$ECS 10.0.0.53\nx 60 ROTATE ex1 ex2 check=mta order=hash", []),
    (
      "$SITE nord 10.1.0.0/16\n$NODE s1 192.0.2.21 site=nord\n$NODE s2 192.0.2.22 site=sued\n"
        + "$NODE s3 192.0.2.23\nx 60 ROTATE s1 s2 check=mta prefer=site backup=s3",
      [
        "14:36 warning: prefer=site, and the site \"sued\" of the node \"s2\" has no $SITE",
        "14:36 warning: prefer=site, and the node \"s3\" does not say where it is",
      ]
    ),
    (
      "x 60 ROTATE ex1*2 ex2 check=mta order=fixed slow-start=1m",
      [
        "10:39 warning: order=fixed, and the members have weights",
        "10:56 warning: slow-start= does nothing with order=fixed",
      ]
    ),
    (
      "x 60 ROTATE ex1*9 ex2 check=mta",
      ["10:13 warning: clients behind a resolver get equal shares, whatever the weights"]
    ),
    (
      "x 60 ROTATE ex1 ex2*9 check=mta answers=2 order=shuffle",
      ["10:17 warning: clients behind a resolver get equal shares, whatever the weights"]
    ),
    ("x 60 ROTATE ex1*9 ex2 check=mta answers=1", []),
    ("x 60 ROTATE ex1*3 ex2*3 check=mta", []),
    ("x 60 ROTATE ex1*2 ex2*2 check=mta order=fixed", []),
    (
      "x 60 ROTATE ex1 ex2 check=mta min-ttl=60",
      ["10:3 warning: the TTL of this ROTATE is not over min-ttl=, which is 60 seconds"]
    ),
    (
      "$POOL p ex1 ex2 check=mta min-ttl=60\nx 61 ROTATE p\ny 60 ROTATE p",
      ["12:3 warning: the TTL of this ROTATE is not over min-ttl=, which is 60 seconds"]
    ),
  ])
func policyWarnings(text: String, expected: [String]) {
  #expect(read(zone(text)).brief == expected)
}

@Test("No TTL is made up for a ROTATE whose zone could not be begun")
func rotationOfNoZone() {
  let result = read(
    "$NODE ex1 192.0.2.1\n$NODE ex2 192.0.2.2\n$ZONE a..b.\nx.a. ROTATE ex1 ex2 check=none min-ttl=10\n")
  #expect(result.brief == ["3:9 error: the zone's name has an empty part"])
}
