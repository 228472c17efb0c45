// What the tests of this room share: files held in memory, and messages as text.

import DNS
import Model
import Testing
import ZoneFile

/// Reads `mail.zone` with this text; `others` are there for `$INCLUDE`.
func read(_ text: String, others: [String: String] = [:]) -> ReadResult {
  read(files: ["mail.zone": text].merging(others) { $1 }, named: ["mail.zone"])
}

func read(files: [String: String], named names: [String]) -> ReadResult {
  readConfiguration(files: names) { path throws(LoadFailure) in
    guard let text = files[path] else { throw LoadFailure(reason: "no such file") }
    return Array(text.utf8)
  }
}

func read(octets: [UInt8]) -> ReadResult {
  readConfiguration(files: ["mail.zone"]) { _ throws(LoadFailure) in octets }
}

extension ReadResult {
  /// `line:column severity: what` of each diagnostic.
  var brief: [String] {
    diagnostics.map { "\($0.location.line):\($0.location.column) \($0.severity.rawValue): \($0.what)" }
  }

  /// All diagnostics as the operator sees them.
  var text: String { diagnostics.map(\.description).joined(separator: "\n") }
}

/// Declarations, an SOA, two name servers and their addresses in zone `kreis.example.`, on lines 1–9; `rest` begins on line 10.
func zone(_ rest: String) -> String {
  """
  $ORIGIN kreis.example.
  $TTL 1h
  $NODE ex1 192.0.2.11 2001:db8:1::11
  $NODE ex2 198.51.100.11
  $CHECK mta tcp:25
  $POOL access ex1 ex2 check=mta
  @ SOA ns1 hostmaster 1 1h 15m 1w 1m
  @ NS ns1.other.example.
  @ NS ns2.other.example.

  """ + rest + "\nused 60 ROTATE access\n"
}

/// The records of the only zone, as `owner ttl type` with RDATA in hexadecimal.
func records(_ result: ReadResult) -> [String] {
  (result.configuration?.zones ?? []).flatMap(\.records).map { record in
    let data = record.data.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return "\(record.owner) \(record.ttl) \(record.type) \(data)"
  }
}

/// A record of the zone below its two NS records.
func record(_ text: String) -> Record? {
  let result = read(zone(text))
  #expect(result.diagnostics.isEmpty, "\(result.text)")
  guard let records = result.configuration?.zones.first?.records, records.count > 2 else { return nil }
  return records[2]
}
