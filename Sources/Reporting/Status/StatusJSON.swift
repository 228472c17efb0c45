// `/status.json`: the whole report for programs. The schema is described in docs/status.md.
//
// Members are only ever added within one schema version; a name or a unit never changes.

internal import DNS
internal import Health
internal import Model
internal import Policy

extension StatusReport {
  /// The schema of `/status.json`; the number rises when a reader of the old one would go wrong.
  package static let jsonSchema = "rondo-status/1"

  /// The report as JSON, a final line end included.
  package var json: [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("schema", StatusReport.jsonSchema)
      json.member("version", version)
      json.member("host", host)
      json.member("time", now.description)
      json.member("started_at", startedAt.description)
      json.member("uptime_s", now.seconds(since: startedAt))
      let attention = attention
      json.member("severity", attention.word.token)
      json.member("state", attention.severity.rawValue)
      json.member("summary", attention.headline)
      json.member("conditions") { $0.array(attention.conditions) { write($1, to: &$0) } }
      write(readiness, to: &json)
      json.member("configuration") { write(configuration, to: &$0) }
      json.member("listeners") { $0.array(listeners) { write($1, to: &$0) } }
      json.member("zones") { $0.array(zones) { write($1, to: &$0) } }
      json.member("secondaries") { $0.array(secondaries) { write($1, to: &$0) } }
      json.member("pools") { $0.array(pools) { write($1, to: &$0) } }
      json.member("nodes") { json in
        json.array(nodes) { json, node in write(node, maintenance.windows(of: node.name), words, to: &json) }
      }
      json.member("answers") { write(answers, to: &$0) }
      json.member("health") { write(health, to: &$0) }
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }
}

private func write(_ condition: Condition, to json: inout JSONWriter) {
  json.object { json in
    json.member("kind", condition.kind.rawValue)
    json.member("state", condition.severity.rawValue)
    json.member("subject", condition.subject)
    json.member("text", condition.text)
  }
}

private func write(_ readiness: StatusReport.Readiness, to json: inout JSONWriter) {
  switch readiness {
  case .ready:
    json.member("ready", true)
    json.member("waiting_for", nil as String?)
  case .waiting(let missing):
    json.member("ready", false)
    json.member("waiting_for", missing)
  }
}

private func write(_ configuration: StatusReport.Configuration, to json: inout JSONWriter) {
  json.object { json in
    json.member("files") { $0.array(configuration.files) { $0.string($1) } }
    json.member("loaded_at", configuration.loadedAt.description)
    json.member("last_reload", objectOrNull: configuration.lastReload) { writeMembers(of: $1, to: &$0) }
  }
}

private func writeMembers(of reload: StatusReport.Reload, to json: inout JSONWriter) {
  json.member("at", reload.at.description)
  switch reload.outcome {
  case .loaded:
    json.member("ok", true)
    json.member("errors", 0)
    json.member("first_error", nil as String?)
    json.member("refused_for", nil as String?)
    json.member("pools_lost", 0)
  case .refused(let refusal):
    json.member("ok", false)
    json.member("errors", refusal.cause == .errors ? refusal.count : 0)
    json.member("first_error", refusal.first)
    json.member("refused_for", refusal.cause.rawValue)
    json.member("pools_lost", refusal.cause == .losses ? refusal.count : 0)
  }
}

private func write(_ listener: Listener, to json: inout JSONWriter) {
  json.object { json in
    json.member("service", listener.service.rawValue)
    json.member("address", listener.address)
    json.member("present", listener.isPresent)
  }
}

private func write(_ zone: StatusReport.Zone, to json: inout JSONWriter) {
  json.object { json in
    json.member("apex", zone.apex.description)
    json.member("serial", zone.serial)
    json.member("names", zone.nameCount)
    json.member("transfers", objectOrNull: zone.transfers) { json, transfers in
      json.member("complete", transfers.complete)
      json.member("broken", transfers.broken)
      json.member("refused", transfers.refused)
      json.member("octets", transfers.octets)
      json.member("time_us", transfers.microseconds)
    }
  }
}

private func write(_ secondary: SecondaryCounters, to json: inout JSONWriter) {
  json.object { json in
    json.member("address", secondary.address)
    json.member("source", secondary.source)
    json.member("sent", secondary.sent)
    json.member("answered", secondary.answered)
    json.member("unanswered", secondary.unanswered)
    json.member("rejected", secondary.rejected)
    json.member("unproven", secondary.unproven)
    json.member("undelivered", secondary.undelivered)
    json.member("pending", secondary.pending)
    json.member("last_failure", secondary.lastFailure?.text)
  }
}

private func write(_ pool: StatusReport.Pool, to json: inout JSONWriter) {
  json.object { json in
    json.member("name", pool.name)
    json.member("inline", pool.isInline)
    json.member("state", pool.state.rawValue)
    json.member("checks") { $0.array(pool.checks) { $0.string($1) } }
    json.member("warn") { $0.array(pool.warners) { $0.string($1) } }
    json.member("observe") { $0.array(pool.observers) { $0.string($1) } }
    json.member("order", pool.policy.order.rawValue)
    json.member("answers", pool.policy.answers)
    json.member("prefer_site", pool.policy.preference == .site)
    json.member("all_down", pool.policy.allDown.rawValue)
    json.member("members") { $0.array(pool.members) { $0.string($1) } }
    json.member("names") { json in
      json.array(pool.uses) { json, use in
        json.object { json in
          json.member("name", use.name.description)
          json.member("ttl_s", use.ttl)
        }
      }
    }
    json.member("families") { $0.array(pool.families) { write($1, state: pool.state(of: $1), to: &$0) } }
  }
}

private func write(_ family: StatusReport.PoolFamily, state: StatusReport.PoolState, to json: inout JSONWriter) {
  json.object { json in
    json.member("family", family.family.rawValue)
    json.member("state", state.rawValue)
    json.member("basis", family.basis.word)
    json.member("fail_open", family.isFailOpen)
    json.member("healthy", family.healthy.count)
    json.member("members") { $0.array(family.members) { write($1, to: &$0) } }
    json.member("handed_out") { $0.array(family.handedOut) { write($1, to: &$0) } }
  }
}

private func write(_ address: StatusReport.PoolAddress, to json: inout JSONWriter) {
  json.object { json in
    json.member("node", address.node)
    json.member("address", address.address.description)
    json.member("weight", address.weight)
    json.member("agent_percent", address.agentPercent)
    json.member("slow_start_percent", address.slowStartPercent)
    json.member("backup_group", address.backupGroup)
    json.member("admin_state", AdminState.word(for: address.adminState))
    json.member("maintenance", address.isInMaintenance)
    json.member("share_percent", address.sharePercent)
  }
}

private func write(
  _ node: StatusReport.Node, _ windows: [PlannedWindow], _ words: TimeWords, to json: inout JSONWriter
) {
  json.object { json in
    json.member("name", node.name)
    json.member("site", node.site)
    json.member("state", node.state.rawValue)
    json.member("origin", node.origin.word)
    json.member("since", node.since?.description)
    json.member("reason", node.reason)
    json.member("admin_state") { json in
      json.object { json in
        let adminState = node.adminState
        json.member("state", AdminState.word(for: adminState?.kind))
        json.member("author", adminState?.author)
        json.member("reason", adminState.flatMap { $0.reason.isEmpty ? nil : $0.reason })
        json.member("since", adminState.map { UnixTime(seconds: $0.since).description })
        json.member("until", adminState?.until.map { UnixTime(seconds: $0).description })
        json.member("overdue_since", adminState?.overdueSince.map { UnixTime(seconds: $0).description })
        json.member("text", adminState.map(words.sentence))
      }
    }
    json.member("quiet", objectOrNull: node.quiet) { json, quiet in
      json.member("state", quiet.state.rawValue)
      json.member("at", quiet.at?.description)
      json.member("left_s", quiet.secondsLeft)
      json.member("last_handed_out", quiet.lastHandedOut?.description)
      json.member("last_asker", quiet.lastAsker)
      json.member("served_by") { $0.array(quiet.servers) { $0.string($1) } }
      json.member("held_by") { $0.array(quiet.secondaries) { $0.string($1) } }
      json.member("text", words.sentence(quiet))
    }
    json.member("planned_windows") { $0.array(windows) { $1.write(to: &$0) } }
    json.member("addresses") { $0.array(node.addresses) { write($1, to: &$0) } }
  }
}

private func write(_ address: StatusReport.NodeAddress, to json: inout JSONWriter) {
  json.object { json in
    json.member("address", address.address.description)
    json.member("family", address.address.family.rawValue)
    json.member("state", address.state.rawValue)
    json.member("checks") { $0.array(address.checks) { write($1, to: &$0) } }
  }
}

private func write(_ check: StatusReport.Check, to json: inout JSONWriter) {
  json.object { json in
    json.member("name", check.name)
    json.member("kind", check.kind)
    json.member("role", check.role.rawValue)
    json.member("state", check.state.rawValue)
    json.member("origin", check.origin.word)
    json.member("stale", check.isStale)
    json.member("hold_left_s", check.holdLeftSeconds)
    json.member("detail", check.detail)
    json.member("since", check.since.description)
    json.member("reason", check.reason)
    json.member("cause", check.cause)
    json.member("certificate", objectOrNull: check.certificate) { json, certificate in
      json.member("expires_at", certificate.expiresAt.description)
      json.member("uncovered_name_count", certificate.uncoveredNames?.count ?? 0)
      json.member("uncovered_names") { $0.array(certificate.uncoveredNames?.first ?? []) { $0.string($1) } }
    }
    json.member("last_result", check.lastResult?.rawValue)
    json.member("last_probe_at", check.lastProbeAt?.description)
    json.member("latency_us", check.latencyMicroseconds)
    json.member("consecutive_failures", check.consecutiveFailures)
    json.member("consecutive_successes", check.consecutiveSuccesses)
    json.member("probes", check.probes)
    json.member("failures", check.failures)
    json.member("changes", check.changes)
  }
}

private func write(_ answers: AnswerCounters, to json: inout JSONWriter) {
  json.object { json in
    json.member("queries") { json in
      json.array(QueryPath.allCases) { json, path in
        json.object { json in
          json.member("transport", path.transport.rawValue)
          json.member("family", path.family.rawValue)
          json.member("count", answers.queries[path, default: 0])
        }
      }
    }
    json.member("responses") { json in
      json.object { json in
        for code in ResponseCode.allCases { json.member(code.statusName, answers.responses[code, default: 0]) }
      }
    }
    json.member("truncated", answers.truncated)
    json.member("dropped") { json in
      json.object { json in
        for cause in DropCause.allCases { json.member(cause.rawValue, answers.dropped[cause, default: 0]) }
      }
    }
    json.member("malformed", answers.malformed)
    json.member("edns_errors", answers.ednsErrors)
    json.member("rate_limited") { json in
      json.object { json in
        for action in RateLimitAction.allCases {
          json.member(action.rawValue, answers.rateLimited[action, default: 0])
        }
      }
    }
    json.member("transfers_refused", answers.transfersRefused)
    json.member("tcp_connections") { json in
      json.object { json in
        json.member("open", answers.tcp.open)
        json.member("accepted", answers.tcp.accepted)
        json.member("crowded_out", answers.tcp.crowdedOut)
        json.member("malformed", answers.tcp.malformed)
        json.member("closed_idle", answers.tcp.closedIdle)
      }
    }
  }
}

private func write(_ health: HealthCounters, to json: inout JSONWriter) {
  json.object { json in
    json.member("probes", health.probes)
    json.member("failures", health.failures)
    json.member("changes", health.changes)
    json.member("publications", health.publications)
    json.member("isolated") { $0.array(health.isolated) { $0.string($1.rawValue) } }
  }
}
