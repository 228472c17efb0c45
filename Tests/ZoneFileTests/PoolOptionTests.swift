// The options of a pool: what they come to, and what is refused.

import Model
import TestSupport
import Testing

@testable import ZoneFile

private func pool(_ text: String) -> Pool? {
  let result = read(
    zone("$NODE ex3 192.0.2.13\n$NODE ex4 192.0.2.14\n$CHECK web tcp:80\n\(text)\nx 60 ROTATE p"))
  return result.configuration?.pools.first { $0.name == "p" }
}

@Test("A pool without options answers all its nodes in turn, and all of them when all are down")
func poolDefaults() throws {
  let found = try #require(pool("$POOL p ex1 ex2 check=mta"))
  #expect(found.weights == [1, 1])
  #expect(found.backups == [] && found.warners == [] && found.observers == [])
  #expect(found.policy == PoolPolicy())
}

@Test("Each option of a pool reaches the configuration")
func poolOptionsWritten() throws {
  let found = try #require(
    pool(
      "$POOL p ex1*3 ex2 check=mta need=any warn=web backup=ex3/ex4 answers=2 order=hash all-down=last-good "
        + "min-live=2 min-ttl=10s slow-start=5m"))
  #expect(found.members == [0, 1])
  #expect(found.weights == [3, 1])
  #expect(found.warners == [1])
  #expect(found.backups == [[2], [3]])
  let expected = PoolPolicy(
    need: .any, answers: 2, order: .hash, allDown: .lastGood, minLive: 2, slowStart: .seconds(300), minTTL: 10)
  #expect(found.policy == expected)
  #expect(pool("$POOL p ex1 ex2 check=mta answers=ALL observe=web need=1")?.observers == [1])
}

@Test("A ROTATE that lists its nodes takes the same options")
func rotateOptions() throws {
  let result = read(zone("$NODE ex3 192.0.2.13\nx 60 ROTATE ex1*2 ex2 check=none backup=ex3 order=fixed"))
  let found = try #require(result.configuration?.pools.first { $0.isInline })
  #expect(found.weights == [2, 1])
  #expect(found.backups == [[2]])
  #expect(found.policy.order == .fixed)
}

@Test("A node that is only a backup, and a check that only warns, are used")
func usedByOptions() {
  let text = "$NODE ex3 192.0.2.13\n$CHECK web tcp:80\n$POOL p ex1 check=mta backup=ex3 warn=web\nx 60 ROTATE p"
  #expect(read(zone(text)).diagnostics.isEmpty)
}

@Test(
  "What cannot be meant is refused",
  arguments: [
    ("ex1*0 ex2 check=mta", ["10:13 error: \"0\" is not a weight"]),
    ("ex1*1001 ex2 check=mta", ["10:13 error: \"1001\" is not a weight"]),
    ("ex1* ex2 check=mta", ["10:13 error: \"\" is not a weight"]),
    ("ex1*2 ex1 check=mta", ["10:15 error: the node \"ex1\" is twice in the pool \"p\""]),
    ("ex1 ex2 check=mta need=2", ["10:32 error: need=2 is more than the pool has checks"]),
    ("ex1 ex2 check=none need=1", ["10:33 error: need=1 is more than the pool has checks"]),
    ("ex1 ex2 check=mta need=most", ["10:32 error: need= cannot be \"most\""]),
    ("ex1 ex2 check=mta warn=mta", ["10:32 error: the check \"mta\" is in check= as well"]),
    ("ex1 ex2 check=none warn=gone", ["10:33 error: check \"gone\" is not defined"]),
    ("ex1 check=mta backup=ex1", ["10:30 error: the backup \"ex1\" is a member of the pool"]),
    ("ex1 check=mta backup=ex2/ex2", ["10:34 error: the backup \"ex2\" is listed twice"]),
    ("ex1 check=mta backup=ex2,ex2", ["10:34 error: the node \"ex2\" is listed twice"]),
    ("ex1 check=mta backup=ex2/", ["10:34 error: \"\" cannot be the name of a node"]),
    ("ex1 check=mta backup=gone", ["10:30 error: node \"gone\" is not defined"]),
    ("ex1 ex2 check=mta answers=9", ["10:35 error: answers=9 is out of range"]),
    ("ex1 ex2 check=mta order=random", ["10:33 error: order= cannot be \"random\""]),
    ("ex1 ex2 check=mta prefer=me", ["10:34 error: prefer= cannot be \"me\""]),
    ("ex1 ex2 check=mta all-down=all", ["10:36 error: all-down= cannot be \"all\""]),
    ("ex1 ex2 check=mta all-down=backup-only", ["10:36 error: all-down=backup-only needs backup=, and there is none"]),
    ("ex1 ex2 check=mta min-live=3", ["10:36 error: min-live=3 is more than the pool has nodes"]),
    ("ex1 ex2 check=mta min-ttl=0", ["10:35 error: min-ttl=0 is out of range"]),
    ("ex1 ex2 check=mta min-ttl=soon", ["10:35 error: min-ttl \"soon\" is not a time"]),
    ("ex1 ex2 check=mta slow-start=2h", ["10:38 error: slow-start=2h is out of range"]),
    ("ex1 ex2 check=mta ttl=5", ["10:27 error: $POOL has no option \"ttl\""]),
  ])
func poolOptionsRefused(text: String, expected: [String]) {
  #expect(read(zone("$POOL p \(text)")).brief.filter { $0.contains("error") } == expected)
}
