// `rondo monitor --prtg`: the JSON of PRTG's sensors "EXE/Script Advanced", "SSH Script Advanced" and "HTTP Data Advanced".
//
// A sensor is red when a channel is beyond its error limit, and yellow when a channel has `warning`. The limits hold from
// the first scan on; PRTG does not change them later.

extension MonitorReport {
  /// More channels than this make a sensor of PRTG slow.
  private static let mostChannels = 50
  /// PRTG shows no more.
  private static let longestText = 2_000

  package var prtg: [UInt8] {
    let ofPools = pools.flatMap { pool in
      pool.readings.map { (name: "Pool \(pool.pool ?? "") \($0.title)", reading: $0) }
    }
    let channels = daemon.readings.map { (name: $0.title, reading: $0) } + ofPools
    var json = JSONWriter()
    json.object { json in
      json.member("prtg") { json in
        json.object { json in
          json.member("text", singleLine(attention.wordedHeadline).shortened(to: MonitorReport.longestText))
          json.member("result") { json in
            json.array(0..<min(channels.count + 1, MonitorReport.mostChannels)) { json, index in
              if index == 0 {
                writeSeverity(to: &json)
              } else {
                channels[index - 1].reading.write(channels[index - 1].name, to: &json)
              }
            }
          }
        }
      }
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }

  /// What is said for a daemon that does not answer.
  package static func prtg(silence reason: String) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("prtg") { json in
        json.object { json in
          json.member("error", 1)
          json.member("text", singleLine(reason).shortened(to: longestText))
        }
      }
    }
    return String(decoding: json.bytes, as: UTF8.self) + "\n"
  }

  private func writeSeverity(to json: inout JSONWriter) {
    json.object { json in
      json.member("channel", "Severity")
      json.member("value", attention.severity.rawValue)
      json.member("unit", "Custom")
      json.member("customunit", "of 3")
      json.member("limitmode", 1)
      json.member("limitmaxwarning", "\(Severity.ok.rawValue)")
      json.member("limitmaxerror", "\(Severity.warning.rawValue)")
      json.member("limiterrormsg", "see the text of the sensor, or rondo status")
      json.member("limitwarningmsg", "see the text of the sensor, or rondo status")
      json.member("warning", attention.severity == .warning ? 1 : 0)
    }
  }
}

extension MonitorReport.Reading {
  fileprivate func write(_ name: String, to json: inout JSONWriter) {
    json.object { json in
      json.member("channel", singleLine(name))
      json.member("value", value)
      json.member("unit", unit == .seconds ? "TimeSeconds" : "Count")
      if unit == .counter {
        json.member("mode", "Difference")
        json.member("speedtime", "Second")
      }
    }
  }
}
