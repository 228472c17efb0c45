// Under which names a check knows the nodes that it tests: those whose certificate must do for clients.

import Health
import TestSupport
import Testing
import ZoneFile

@testable import Policy

/// The names of the first target of a configuration whose zone is `x` and has these records.
private func names(_ records: String) throws -> [String] {
  let text = """
    $ORIGIN x.
    $TTL 60
    $NODE a 192.0.2.1
    $CHECK web tls:443
    $POOL p a check=web
    @ SOA ns.y. h.y. 1 1h 15m 1w 1m
    @ NS ns.y.
    \(records)
    """
  return try HealthPlan(configuration(text)).targets[0].surroundings.names.all
}

@Test("A node is handed out under the names of its rotations, and of the CNAMEs that lead to them")
func namesOfNode() throws {
  #expect(try names("mail ROTATE p\nsmtp ROTATE p") == ["mail.x", "smtp.x"])
  #expect(try names("old CNAME Mail\nmail ROTATE p\nolder CNAME OLD") == ["mail.x", "old.x", "older.x"])
  #expect(
    try names("mail ROTATE p\nweb A 192.0.2.9\nw CNAME web\nf CNAME y.\nloop CNAME pool\npool CNAME loop")
      == ["mail.x"])
}
