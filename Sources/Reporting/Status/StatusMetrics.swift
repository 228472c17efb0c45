// `/metrics`: the report as Prometheus metrics. Their names are listed in docs/status.md and do not change.

internal import DNS
internal import Health
internal import Model
internal import Policy

extension StatusReport {
  /// The report as metrics.
  package func metrics(_ format: MetricsFormat = .plain) -> [UInt8] {
    var page = PrometheusWriter(format)
    writeDaemon(to: &page)
    writePools(to: &page)
    writeAdminStates(to: &page)
    writeWindows(to: &page)
    writeQuiet(to: &page)
    writeChecks(to: &page)
    writeAnswers(to: &page)
    writeListeners(to: &page)
    writeTransfers(to: &page)
    writeHealth(to: &page)
    writeUpkeep(to: &page)
    page.end()
    return page.bytes
  }

  private func writeDaemon(to page: inout PrometheusWriter) {
    page.metric("rondo_build_info", .info, "Always 1; the label is the running version")
    page.sample(1, [("version", version)])
    page.metric("process_start_time_seconds", .gauge, "When the daemon started, in seconds since 1970")
    page.sample(startedAt.seconds)
    page.metric("rondo_ready", .gauge, "1 once queries are answered")
    page.sample(readiness == .ready)
    let attention = attention
    page.metric("rondo_severity", .gauge, "0 OK, 1 warning, 2 critical, 3 unknown, as rondo status exits")
    page.sample(attention.severity.rawValue)
    page.metric("rondo_conditions", .gauge, "How many findings of each kind there are, 0 for none")
    for kind in Condition.Kind.allCases {
      page.sample(attention.count(kind), [("kind", kind.rawValue), ("severity", kind.severity.token)])
    }
    page.metric("rondo_config_loaded_timestamp_seconds", .gauge, "When the configuration in use was read")
    page.sample(configuration.loadedAt.seconds)
    page.metric(
      "rondo_config_last_reload_success", .gauge, "0 if the last reload was refused and the old configuration kept")
    page.sample(configuration.lastReload.map { $0.outcome == .loaded } ?? true)
    page.metric("rondo_config_last_reload_timestamp_seconds", .gauge, "When the configuration was last read or tried")
    page.sample((configuration.lastReload?.at ?? configuration.loadedAt).seconds)
    page.metric("rondo_zone_serial", .gauge, "The SOA serial of each zone")
    for zone in zones { page.sample(zone.serial, [("zone", zone.apex.description)]) }
    page.metric("rondo_zone_names", .gauge, "How many owner names each zone has")
    for zone in zones { page.sample(zone.nameCount, [("zone", zone.apex.description)]) }
  }

  private func writePools(to page: inout PrometheusWriter) {
    func families(of pools: [Pool]) -> [(labels: [PrometheusWriter.Label], family: PoolFamily)] {
      pools.flatMap { pool in
        pool.families.map { (labels: [("pool", pool.name), ("family", $0.family.rawValue)], family: $0) }
      }
    }
    let all = families(of: pools)
    // Of pools with check=none nothing is known.
    let checked = families(of: pools.filter { !$0.checks.isEmpty })
    page.metric("rondo_pool_member_addresses", .gauge, "Addresses the pool has in this family")
    for (labels, family) in all { page.sample(family.members.count, labels) }
    page.metric("rondo_pool_healthy_addresses", .gauge, "Addresses that pass, no sample for pools with check=none")
    for (labels, family) in checked { page.sample(family.healthy.count, labels) }
    page.metric("rondo_pool_handed_out_addresses", .gauge, "Addresses in the answers of this moment")
    for (labels, family) in all { page.sample(family.handedOut.count, labels) }
    page.metric("rondo_pool_fail_open", .gauge, "1 if too few addresses pass, so that all-down= decides")
    for (labels, family) in checked { page.sample(family.isFailOpen, labels) }
    page.metric("rondo_pool_redundancy_lost", .gauge, "1 if the pool has one node or none left of several")
    for pool in pools where !pool.checks.isEmpty {
      page.sample(pool.state == .redundancyLost || pool.state.isAllDown, [("pool", pool.name)])
    }
    let members = all.flatMap { labels, family in
      family.members.map {
        (labels: labels + [("node", $0.node), ("address", $0.address.description)], member: $0)
      }
    }
    page.metric("rondo_pool_member_share_ratio", .gauge, "Part of the first places in answers, slow start included")
    for (labels, member) in members { page.sample(microseconds: Int64(member.sharePercent) * 10_000, labels) }
    page.metric("rondo_pool_member_weight_ratio", .gauge, "The configured weight times what the agent makes of it")
    for (labels, member) in members {
      page.sample(microseconds: Int64(member.weight * member.agentPercent) * 10_000, labels)
    }
    page.metric("rondo_pool_member_backup_group", .gauge, "The group of backups, 0 for members")
    for (labels, member) in members { page.sample(member.backupGroup, labels) }
  }

  private func writeChecks(to page: inout PrometheusWriter) {
    let checks = nodes.flatMap { node in
      node.addresses.flatMap { address in
        address.checks.map { (labels: labels(node, address, $0), check: $0) }
      }
    }
    let judged = checks.filter { $0.check.state != .unknown }
    page.metric("rondo_node_up", .gauge, "1 if the check passes, 0 if it fails; no sample before the first verdict")
    for (labels, check) in judged { page.sample(check.state == .up, labels) }
    page.metric("rondo_check_state", .gauge, "Always 1; the labels hold the state, its origin, and what took it out")
    for (labels, check) in checks {
      page.sample(
        1,
        labels + [
          ("state", check.state.rawValue), ("origin", check.origin.word), ("reason", check.cause ?? ""),
        ])
    }
    page.metric(
      "rondo_check_hold_left_seconds", .gauge, "How much longer a check that passes is held out, 0 if it is not")
    for (labels, check) in checks { page.sample(check.holdLeftSeconds ?? 0, labels) }
    page.metric("rondo_check_last_result_ok", .gauge, "1 if the last probe passed, no sample if none had a result")
    for (labels, check) in checks {
      if let result = check.lastResult, result != .noResult { page.sample(result == .ok, labels) }
    }
    page.metric("rondo_check_maintenance", .gauge, "1 if the node itself says that it is not to be used")
    for (labels, check) in judged { page.sample(check.state == .maintenance, labels) }
    page.metric("rondo_check_warning", .gauge, "1 if a check that only warns fails, 0 if it passes")
    for (labels, check) in judged where check.role == .warn { page.sample(check.isWarning, labels) }
    page.metric("rondo_check_stale", .gauge, "1 if probes have told nothing for three intervals")
    for (labels, check) in checks { page.sample(check.isStale, labels) }
    page.metric("rondo_check_latency_seconds", .gauge, "How long the last successful probe took")
    for (labels, check) in checks {
      if let latency = check.latencyMicroseconds { page.sample(microseconds: latency, labels) }
    }
    page.metric("rondo_check_last_probe_timestamp_seconds", .gauge, "When a probe last told something of the node")
    for (labels, check) in checks {
      if let lastProbe = check.lastProbeAt { page.sample(lastProbe.seconds, labels) }
    }
    page.metric("rondo_check_last_change_timestamp_seconds", .gauge, "When the check got into its state")
    for (labels, check) in judged { page.sample(check.since.seconds, labels) }
    page.metric("rondo_check_consecutive_failures", .gauge, "Failures in a row up to now, as fall= counts them")
    for (labels, check) in checks { page.sample(check.consecutiveFailures, labels) }
    page.metric("rondo_check_probes_total", .counter, "Probes ended")
    for (labels, check) in checks { page.sample(check.probes, labels) }
    page.metric("rondo_check_failures_total", .counter, "Probes that failed or found the node in maintenance")
    for (labels, check) in checks { page.sample(check.failures, labels) }
    page.metric("rondo_check_changes_total", .counter, "Changes of state after the first verdict")
    for (labels, check) in checks { page.sample(check.changes, labels) }
    writeCertificates(checks, to: &page)
  }

  private func writeCertificates(
    _ checks: [(labels: [PrometheusWriter.Label], check: Check)], to page: inout PrometheusWriter
  ) {
    let seen = checks.compactMap { labels, check in check.certificate.map { (labels, $0) } }
    page.metric("rondo_check_certificate_expiry_timestamp_seconds", .gauge, "When the certificate seen last expires")
    for (labels, certificate) in seen { page.sample(certificate.expiresAt.seconds, labels) }
    page.metric(
      "rondo_check_certificate_uncovered_names", .gauge,
      "Names that the certificate seen last should cover, but does not")
    for (labels, certificate) in seen { page.sample(certificate.uncoveredNames?.count ?? 0, labels) }
  }

  private func writeAdminStates(to page: inout PrometheusWriter) {
    page.metric(
      "rondo_node_admin_state", .gauge, "Always 1: a node that an operator has drained or forced")
    for node in nodes {
      guard let adminState = node.adminState else { continue }
      page.sample(
        1,
        [
          ("node", node.name), ("site", node.site ?? ""), ("state", adminState.kind.rawValue),
          ("origin", node.origin.word),
        ])
    }
    page.metric("rondo_node_admin_state_timestamp_seconds", .gauge, "Since when the admin state holds")
    for node in nodes {
      if let adminState = node.adminState { page.sample(adminState.since, [("node", node.name)]) }
    }
  }

  /// Whether caches still have the addresses of nodes that an operator has taken out.
  private func writeQuiet(to page: inout PrometheusWriter) {
    let out = nodes.compactMap { node in node.quiet.map { (name: node.name, quiet: $0) } }
    page.metric(
      "rondo_node_quiet", .gauge, "1 once no cache has the address of a node that an operator has taken out, or 0")
    for (node, quiet) in out where quiet.state != .unknown { page.sample(quiet.state == .quiet, [("node", node)]) }
    page.metric(
      "rondo_node_quiet_timestamp_seconds", .gauge,
      "When the last cached copy of the node's addresses expires, or has expired; no sample while it is handed out")
    for (node, quiet) in out { if let at = quiet.at { page.sample(at.seconds, [("node", node)]) } }
    page.metric(
      "rondo_node_last_handed_out_timestamp_seconds", .gauge,
      "When an answer with an address of the node was last sent")
    for (node, quiet) in out { if let last = quiet.lastHandedOut { page.sample(last.seconds, [("node", node)]) } }
  }

  /// For each node what holds now, and the next of its planned windows.
  private func writeWindows(to page: inout PrometheusWriter) {
    let drained = nodes.compactMap { node in node.adminState.map { (name: node.name, state: $0) } }
      .filter { $0.state.kind == .drained }
    page.metric(
      "rondo_maintenance_end_timestamp_seconds", .gauge, "When the drain of a node is to end, no sample without an end")
    for (node, state) in drained { if let until = state.until { page.sample(until, [("node", node)]) } }
    page.metric(
      "rondo_maintenance_overdue_seconds", .gauge,
      "For how long a drained node has been out longer than it should, or 0")
    for (node, state) in drained {
      page.sample(state.overdueSince.map { max(0, now.seconds - $0) } ?? 0, [("node", node)])
    }
    let planned = nodes.map { (name: $0.name, windows: maintenance.windows(of: $0.name)) }.filter { !$1.isEmpty }
    page.metric("rondo_maintenance_planned_windows", .gauge, "How many windows of a node are planned")
    for (node, windows) in planned { page.sample(windows.count, [("node", node)]) }
    page.metric("rondo_maintenance_next_start_timestamp_seconds", .gauge, "When the next window of a node begins")
    for (node, windows) in planned { if let next = windows.first { page.sample(next.from, [("node", node)]) } }
    page.metric("rondo_maintenance_next_end_timestamp_seconds", .gauge, "When the next window of a node ends")
    for (node, windows) in planned { if let next = windows.first { page.sample(next.until, [("node", node)]) } }
    page.metric(
      "rondo_maintenance_held_back", .gauge, "1 while a window of a node should have begun and a pool needs the node")
    for (node, windows) in planned { page.sample(windows.contains { $0.heldBack != nil }, [("node", node)]) }
  }

  private func labels(_ node: Node, _ address: NodeAddress, _ check: Check) -> [PrometheusWriter.Label] {
    [
      ("node", node.name), ("site", node.site ?? ""), ("address", address.address.description),
      ("check", check.name),
    ]
  }

  private func writeAnswers(to page: inout PrometheusWriter) {
    page.metric("rondo_queries_total", .counter, "Queries received")
    for path in QueryPath.allCases {
      let labels = [("transport", path.transport.rawValue), ("family", path.family.rawValue)]
      page.sample(answers.queries[path, default: 0], labels)
    }
    page.metric("rondo_responses_total", .counter, "Replies sent, by response code")
    for code in ResponseCode.allCases {
      page.sample(answers.responses[code, default: 0], [("rcode", code.statusName)])
    }
    page.metric("rondo_responses_truncated_total", .counter, "Replies sent with the TC bit")
    page.sample(answers.truncated)
    page.metric("rondo_queries_dropped_total", .counter, "Messages that got no reply, by cause")
    for cause in DropCause.allCases { page.sample(answers.dropped[cause, default: 0], [("cause", cause.rawValue)]) }
    page.metric(
      "rondo_queries_malformed_total", .counter, "Messages answered with FORMERR")
    page.sample(answers.malformed)
    page.metric("rondo_edns_errors_total", .counter, "Queries with a wrong EDNS part or an unknown EDNS version")
    page.sample(answers.ednsErrors)
    page.metric("rondo_rate_limited_total", .counter, "Replies held back by the rate limit, by what became of them")
    for action in RateLimitAction.allCases {
      page.sample(answers.rateLimited[action, default: 0], [("action", action.rawValue)])
    }
    page.metric("rondo_transfers_refused_total", .counter, "Zone transfers asked for and refused")
    page.sample(answers.transfersRefused)
    page.metric("rondo_tcp_connections_open", .gauge, "DNS connections over TCP at this moment")
    page.sample(answers.tcp.open)
    page.metric("rondo_tcp_connections_accepted_total", .counter, "DNS connections over TCP accepted")
    page.sample(answers.tcp.accepted)
    page.metric(
      "rondo_tcp_connections_crowded_out_total", .counter, "DNS connections closed, longest idle first, to make room")
    page.sample(answers.tcp.crowdedOut)
    page.metric(
      "rondo_tcp_connections_malformed_total", .counter, "DNS connections closed because no DNS message came over them")
    page.sample(answers.tcp.malformed)
    page.metric("rondo_tcp_connections_closed_idle_total", .counter, "DNS connections closed because nothing came")
    page.sample(answers.tcp.closedIdle)
  }

  private func writeListeners(to page: inout PrometheusWriter) {
    page.metric("rondo_listener_address_present", .gauge, "0 while the address is not one of this host's")
    for listener in listeners where listener.awaited != nil {
      page.sample(listener.isPresent, [("service", listener.service.rawValue), ("address", listener.address)])
    }
  }

  private func writeTransfers(to page: inout PrometheusWriter) {
    let served = zones.compactMap { zone in zone.transfers.map { (zone.apex.description, $0) } }
    page.metric("rondo_zone_transfers_total", .counter, "Zone transfers by how they ended")
    for (zone, transfers) in served {
      page.sample(transfers.complete, [("zone", zone), ("outcome", "complete")])
      page.sample(transfers.broken, [("zone", zone), ("outcome", "broken")])
      page.sample(transfers.refused, [("zone", zone), ("outcome", "refused")])
    }
    page.metric("rondo_zone_transfer_octets_total", .counter, "Octets of zone transfers sent")
    for (zone, transfers) in served { page.sample(transfers.octets, [("zone", zone)]) }
    page.metric("rondo_zone_transfer_seconds_total", .counter, "How long complete zone transfers took together")
    for (zone, transfers) in served { page.sample(microseconds: transfers.microseconds, [("zone", zone)]) }
    page.metric("rondo_notices_sent_total", .counter, "Notices of changed zones sent, repeated ones too")
    for secondary in secondaries { page.sample(secondary.sent, [("secondary", secondary.address)]) }
    page.metric("rondo_notices_ended_total", .counter, "Notices by how they ended, and answers that prove nothing")
    for secondary in secondaries {
      page.sample(secondary.answered, [("secondary", secondary.address), ("outcome", "answered")])
      page.sample(secondary.rejected, [("secondary", secondary.address), ("outcome", "rejected")])
      page.sample(secondary.unanswered, [("secondary", secondary.address), ("outcome", "unanswered")])
      page.sample(secondary.unproven, [("secondary", secondary.address), ("outcome", "unproven")])
    }
    page.metric(
      "rondo_notices_undelivered_total", .counter, "Notices that could not be sent, or came back as undeliverable")
    for secondary in secondaries { page.sample(secondary.undelivered, [("secondary", secondary.address)]) }
    page.metric("rondo_notices_pending", .gauge, "Changed zones of which the secondary has not yet answered to hear")
    for secondary in secondaries { page.sample(secondary.pending, [("secondary", secondary.address)]) }
  }

  /// A disk and a reader of the log that keep up, or do not.
  private func writeUpkeep(to page: inout PrometheusWriter) {
    page.metric(
      "rondo_state_behind_seconds", .gauge, "For how long a state file has not been what it should be on disk")
    for file in stateFiles { page.sample(file.behindSeconds ?? 0, [("file", file.name)]) }
    page.metric("rondo_state_write_failing", .gauge, "1 while the last attempt to write a state file failed")
    for file in stateFiles { page.sample(file.fault != nil, [("file", file.name)]) }
    if !history.counts.isEmpty {
      page.metric("rondo_events_total", .counter, "Events of each kind since the start, no sample for none")
      for kind in EventKind.allCases {
        if let count = history.counts[kind] { page.sample(count, [("kind", kind.rawValue)]) }
      }
    }
    page.metric("rondo_log_lines_lost_total", .counter, "Log lines that standard error did not take")
    page.sample(log.lostLines)
    page.metric("rondo_log_stuck_seconds", .gauge, "For how long standard error has not taken a line, 0 while it does")
    page.sample(log.stuckSeconds ?? 0)
  }

  private func writeHealth(to page: inout PrometheusWriter) {
    page.metric("rondo_health_probes_total", .counter, "Probes ended since the start, over all checks")
    page.sample(health.probes)
    page.metric(
      "rondo_health_failures_total", .counter,
      "Probes since the start that failed or found maintenance, over all checks")
    page.sample(health.failures)
    page.metric("rondo_health_changes_total", .counter, "Changes of state since the start, over all checks")
    page.sample(health.changes)
    page.metric("rondo_health_publications_total", .counter, "New address sets given to the workers")
    page.sample(health.publications)
    page.metric("rondo_isolated", .gauge, "1 while this host is cut off in this family and keeps its last view")
    for family in AddressFamily.allCases {
      page.sample(health.isolated.contains(family), [("family", family.rawValue)])
    }
  }
}
