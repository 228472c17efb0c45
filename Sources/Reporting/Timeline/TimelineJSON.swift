// `rondo timeline --json`: one entry for each name, times in milliseconds.

internal import DNS
internal import Health
package import Policy

extension Timeline {
  /// Raised when a member goes or changes its meaning.
  package static let jsonSchema = 1

  package var json: [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("schema", Timeline.jsonSchema)
      json.member("names") { json in
        json.array(groups.flatMap { group in group.names.map { ($0.description, group) } }) { json, entry in
          entry.1.write(name: entry.0, to: &json)
        }
      }
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }
}

extension Timeline.Group {
  fileprivate func write(name: String, to json: inout JSONWriter) {
    json.object { json in
      json.member("name", name)
      json.member("ttl_s", ttl)
      json.member("pool", pool)
      json.member("nodes") { $0.array(nodes) { $0.string($1) } }
      json.member("checks") { $0.array(checks) { $0.string($1.name) } }
      // Null: nobody would notice.
      json.member("worst_ms", worst.map { end(of: $0).milliseconds })
      // Null: no other host is waited for.
      json.member("silent_beside_slow_ms", besideSlow.map(\.milliseconds))
      json.member("faults") { json in
        json.array(faults) { json, fault in
          let parts = fault.parts
          json.object { json in
            json.member("fault", fault.kind.rawValue)
            json.member("check", fault.check)
            json.member("first_probe_ms", parts.firstStart.milliseconds)
            json.member("more_probes_ms", parts.furtherStarts.milliseconds)
            json.member("timeout_ms", parts.answer.milliseconds)
            json.member("witness_ms", parts.witness.milliseconds)
            json.member("detection_ms", fault.detection.milliseconds)
            json.member("last_cached_ms", end(of: fault).milliseconds)
          }
        }
      }
      // Null: all weights are equal, or the order does not go by them.
      json.member("weights", objectOrNull: weights) { $1.writeMembers(to: &$0) }
      json.member("hint", hint.map { "\($0.reason); \($0.change)" })
    }
  }
}

extension Duration {
  fileprivate var milliseconds: Int64 { wholeNanoseconds / 1_000_000 }
}
