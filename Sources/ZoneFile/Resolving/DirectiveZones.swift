// SOA and NS of zones begun by `$ZONE`, from the `$AUTHORITY` that they share.

import DNS

extension Resolver {
  /// SOA and NS of zones begun by `$ZONE`. The serial is the server's to set.
  func completeDirectiveZones(of zones: inout ZoneDrafts) {
    var saidMissing = false
    for index in zones.list.indices where zones.list[index].origin == .zoneDirective {
      let zone = zones.list[index]
      guard let apex = zone.apex else { continue }
      guard let authority = declarations.authority else {
        // One line fixes them all.
        if !saidMissing {
          log.report(
            Problem(
              at: zone.range, "$ZONE needs an $AUTHORITY, and there is none",
              why: "it names the name servers and the contact of such zones",
              fix: "add for example $AUTHORITY ns1.kreis.example. ns2.kreis.example. contact=hostmaster.kreis.example."
            ))
        }
        saidMissing = true
        continue
      }
      guard let primary = authority.servers.first, let contact = authority.contact else { continue }
      zones.list[index].soa = StartOfAuthority(
        ttl: zone.directiveTTL, primary: primary.name, contact: contact, serial: 0, refresh: 3600, retry: 900,
        expire: 604_800, minimum: 60)
      for (position, server) in authority.servers.enumerated() {
        var data = RecordData()
        data.append(server.name, isCompressible: true)
        let record = Record(
          owner: apex, ttl: zone.directiveTTL, type: .ns, data: data, location: log.location(of: server.range))
        let ranges = RecordRanges(range: server.range, typeRange: server.range, lastField: server.range)
        zones.list[index].records.insert(RecordDraft(record: record, ranges: ranges), at: position)
      }
    }
  }
}
