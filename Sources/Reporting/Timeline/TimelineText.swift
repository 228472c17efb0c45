// `rondo timeline` on a terminal: one block for all names that share their figures, at most 80 columns where the names
// and paths of the configuration let it.

internal import DNS
internal import Health
internal import Model
package import Policy

extension Timeline {
  package var text: [UInt8] {
    var lines = [
      "Worst case from a fault of one node until no cache hands it out any more,", "while another node is healthy.",
    ]
    if groups.isEmpty { lines += ["", "No name has a ROTATE record."] }
    for group in groups { lines += [""] + group.lines }
    if !groups.isEmpty { lines += [""] + Timeline.remarks }
    return lines.flatMap { terminalSafe($0) + [UInt8(ascii: "\n")] }
  }

  /// What no setting bounds.
  private static let remarks = [
    "Caches that keep an answer for longer than its TTL are not bounded by anything",
    "here: one that keeps every answer for at least 5 minutes goes on with the failed",
    "node for 300 s instead of the TTL, one that ignores TTLs until it is restarted.",
    "Clients that try the next address of an answer get through all the while.",
  ]
}

extension Timeline.Group {
  fileprivate var lines: [String] {
    var lines = nameLines
    let checked = checks.map { "\($0.name) (\($0.kind))" }.joined(separator: ", ")
    lines.append("  TTL \(ttl) s, pool \(pool): \(nodes.joined(separator: " "))")
    let weightLines = (weights?.lines ?? []).map { $0.isEmpty ? "" : "  " + $0 }
    guard !faults.isEmpty else {
      return lines + [
        "  These nodes are not tested (check=none): one that fails stays in the answers",
        "  until it is taken out of the file.",
      ] + weightLines
    }
    lines += ["  tested by \(checked)", ""] + table.lines.map { "  " + $0 }
    if let worst { lines += [""] + breakdown(of: worst).map { "  " + $0 } }
    if spare > 0 {
      lines += [
        "  need= spares \(spare) of \(checks.count) checks: a fault that only so many of them see takes no node out."
      ]
    } else if !faults.contains(where: { $0.kind == .hangs }) {
      lines += [
        "  A service that hangs while its port is open is not seen: no check asks for more",
        "  than a connection.",
      ]
    }
    if faults.contains(where: { $0.kind == .breaks }) {
      lines += [
        "  \"Connection held\" is milliseconds as a rule; it holds while the server leaves",
        "  the idle connection of watch=on open, otherwise the line above it.",
      ]
    }
    if let besideSlow {
      lines += [
        "  \"Host silent\" assumes another host that answers within \(CheckPlan.quickWitness.inWords); if all",
        "  others need their whole timeout it is \(besideSlow.inWords). When all fall silent together",
        "  this host is cut off, and no node is taken out.",
      ]
    }
    for loner in loners {
      let family = loner.family.displayName
      lines.append("  In \(family) \(loner.node) is alone: it is handed out even when it is down.")
    }
    return lines + weightLines
  }

  /// The names, as many on a line as fit.
  private var nameLines: [String] {
    var lines = [""]
    for (index, name) in names.enumerated() {
      let text = index < names.count - 1 ? name.plain + "," : name.plain
      if lines[lines.count - 1].isEmpty {
        lines[lines.count - 1] = text
      } else if lines[lines.count - 1].count + 1 + text.count <= 80 {
        lines[lines.count - 1] += " " + text
      } else {
        lines.append(text)
      }
    }
    return lines
  }

  private var table: TextTable {
    var table = TextTable(["FAULT", "OUT OF THE ANSWERS", "LAST CACHED COPY EXPIRES"])
    for fault in faults {
      table.rows.append([
        fault.label, "after \(fault.detection.inWords)", "after \(end(of: fault).inWords)",
      ])
    }
    return table
  }

  /// Where the seconds of the worst fault come from, and what to do about them.
  private func breakdown(of fault: Timeline.Fault) -> [String] {
    var lines: [String] = []
    let parts = fault.namedParts + [(Duration.seconds(Int64(ttl)), "the TTL of the last answer before, in caches")]
    let words = parts.map(\.0.inWords)
    let width = words.map(\.count).max() ?? 0
    lines.append("The \(end(of: fault).inWords) of \"\(fault.label)\":")
    for (word, part) in zip(words, parts) {
      lines.append("  " + String(repeating: " ", count: width - word.count) + "\(word)  \(part.1)")
    }
    if let hint {
      lines.append("Shorter: \(hint.reason);")
      lines.append("  \(hint.change), and it is \(hint.result.inWords).")
    }
    return lines
  }
}

extension Timeline.Fault {
  fileprivate var label: String {
    switch kind {
    case .stops: "\(check): refuses or fails at once"
    case .breaks: "\(check): stops, connection held"
    case .hangs: "\(check): no answer in time"
    case .silent: "host silent"
    }
  }

  /// The parts that are not zero, with what they come from.
  fileprivate var namedParts: [(Duration, String)] {
    let parts = parts
    let slow = kind == .hangs || kind == .silent
    let repeated = slow && plan.timeout > plan.fast ? "timeout=\(plan.timeout.asOption)" : "fast=\(plan.fast.asOption)"
    let named: [(Duration, String)] = [
      (
        parts.firstStart,
        kind == .breaks
          ? "until a probe looks why the connection broke (fast=\(plan.fast.asOption))"
          : "until the next probe starts (every=\(plan.every.asOption))"
      ),
      (parts.furtherStarts, "\(plan.fall - 1) more until the last of fall=\(plan.fall) starts (\(repeated))"),
      (parts.answer, "until that one has failed (timeout=\(plan.timeout.asOption))"),
      (parts.witness, "until another host is heard: this one may be cut off"),
    ]
    return named.filter { $0.0 > .zero }
  }
}
