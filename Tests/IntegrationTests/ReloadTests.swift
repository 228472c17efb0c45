// A changed file taken over while queries are answered, and a broken one refused.

import DNS
import Foundation
import Testing

private func zone(_ more: String = "", _ nodes: String = "$NODE ex1 192.0.2.1\n$NODE ex2 192.0.2.2") -> String {
  """
  $ORIGIN it.example.
  \(nodes)
  @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
       1h NS  ns1
  ns1  1h A   192.0.2.53
  mail 60 ROTATE ex1 ex2 check=none
  \(more)

  """
}

@Suite("Reload", .enabled(if: Tool.dig.isInstalled && Tool.curl.isInstalled))
struct ReloadTests {
  @Test("SIGHUP takes over a good file")
  func hangUp() throws {
    let rondo = try RunningRondo(zone())
    #expect(try rondo.dig("new.it.example").contains("status: NXDOMAIN"))
    try rondo.scratch.write(zone("new 60 A 192.0.2.77"), to: "test.zone")
    rondo.process.send(SIGHUP)
    _ = try rondo.line { $0.contains(" reload-ok zones=1 ") }
    #expect(try rondo.addresses("new.it.example") == ["192.0.2.77"])
  }

  @Test("SIGHUP with a broken file: the names of before go on, the error is in the log and in the status")
  func hangUpBroken() throws {
    let rondo = try RunningRondo(zone())
    try rondo.scratch.write(zone("new 60 A 192.0.2.777"), to: "test.zone")
    rondo.process.send(SIGHUP)
    _ = try rondo.line { $0.contains(" reload-refused errors=1") }
    #expect(rondo.log.contains { $0.contains(" error config-error place=\(rondo.zoneFile):8:10 message=") })
    #expect(try Set(rondo.addresses()) == ["192.0.2.1", "192.0.2.2"])
    #expect(try rondo.dig("new.it.example").contains("status: NXDOMAIN"))
    let reload = try rondo.statusJSON()["configuration"]["last_reload"]
    #expect(reload["ok"].bool == false)
    #expect(reload["first_error"].string?.hasPrefix("\(rondo.zoneFile):8:10: ") == true)
    let status = try rondo.statusCommand()
    #expect(status.output.contains("the last reload was refused (1 error)"))

    try rondo.scratch.write(zone("new 60 A 192.0.2.77"), to: "test.zone")
    rondo.process.send(SIGHUP)
    _ = try rondo.line { $0.contains(" reload-ok zones=1 ") }
    #expect(try rondo.addresses("new.it.example") == ["192.0.2.77"])
    #expect(try !rondo.statusCommand().output.contains("refused"))
  }

  @Test("rondo reload says what came of it, in words and in its exit status")
  func command() throws {
    let rondo = try RunningRondo(zone())
    try rondo.scratch.write(zone("new 60 A 192.0.2.77"), to: "test.zone")
    let good = try rondo.reloadCommand()
    #expect(good.status == 0)
    #expect(good.output.hasSuffix("Reloaded: zones 1, pools 1, nodes 2, warnings 1.\n"), "\(good.output)")
    #expect(good.errors == "")
    #expect(try rondo.addresses("new.it.example") == ["192.0.2.77"])

    try rondo.scratch.write(zone("new 60 A nonsense"), to: "test.zone")
    let bad = try rondo.reloadCommand()
    #expect(bad.status == 1)
    #expect(bad.output == "")
    #expect(bad.errors.contains("\(rondo.zoneFile):8:10: error: "))
    #expect(bad.errors.hasSuffix("the configuration served before stays in use.\n"), "\(bad.errors)")
    #expect(try rondo.addresses("new.it.example") == ["192.0.2.77"])

    try FileManager.default.removeItem(atPath: rondo.zoneFile)
    #expect(try rondo.reloadCommand().status == 1)
    #expect(try rondo.addresses("new.it.example") == ["192.0.2.77"])
  }

  @Test("rondo reload without a daemon fails with a hint")
  func nobodyThere() throws {
    let result = try rondo("reload", "--control", "/nonexistent/control.sock")
    #expect(result.status == 1)
    #expect(result.errors.hasPrefix("rondo: no daemon listens at /nonexistent/control.sock: "))
  }

  @Test("The control socket is for its user and group alone")
  func socketMode() throws {
    let rondo = try RunningRondo(zone())
    let attributes = try FileManager.default.attributesOfItem(atPath: rondo.controlPath)
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o660)
  }

  @Test("A node that is down stays out over a reload: no query in between gets it")
  func verdictsStay() throws {
    let nodes = try MailNodes()
    let text = nodes.zone(checking: "every=200ms timeout=200ms fall=2 rise=2")
    nodes.first.stop()
    let rondo = try RunningRondo(text)
    let alone = [nodes.second.address.description]
    #expect(try rondo.addresses() == alone)
    try rondo.scratch.write(text + "more 60 ROTATE access\n", to: "test.zone")
    #expect(try rondo.reloadCommand().status == 0)
    #expect(try rondo.addresses("more.it.example") == alone)
    #expect(try rondo.addresses() == alone)
  }

  @Test("A node that a reload brings is handed out only once a check has passed")
  func newcomer() throws {
    let nodes = try MailNodes()
    let silent = try SilentNode(port: nodes.port)
    func text(_ more: String, members: String) -> String {
      """
      $ORIGIN it.example.
      \(nodes.directives)
      \(more)
      $CHECK port tcp:\(nodes.port) every=2s timeout=1s fall=2 rise=1
      $POOL access \(members) check=port
      @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
           1h NS  ns1
      ns1  1h A   192.0.2.53
      mail 60 ROTATE access

      """
    }
    let rondo = try RunningRondo(text("", members: "ex1 ex2"))
    try rondo.scratch.write(text("$NODE ex3 \(silent.address)", members: "ex1 ex2 ex3"), to: "test.zone")
    #expect(try rondo.reloadCommand().status == 0)
    #expect(try Set(rondo.addresses()) == nodes.addresses)
    _ = try rondo.line { $0.contains(" address-down node=ex3 ") }
    #expect(try Set(rondo.addresses()) == nodes.addresses)
  }
}
