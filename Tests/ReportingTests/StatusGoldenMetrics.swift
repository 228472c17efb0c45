// What the renderers make of `StatusReport.smallest()`, octet by octet. Here: `/metrics`.

let goldenMetrics = #"""
  # HELP rondo_build_info Always 1; the label is the running version
  # TYPE rondo_build_info gauge
  rondo_build_info{version="0.1.0"} 1
  # HELP process_start_time_seconds When the daemon started, in seconds since 1970
  # TYPE process_start_time_seconds gauge
  process_start_time_seconds 1795500000
  # HELP rondo_ready 1 once queries are answered
  # TYPE rondo_ready gauge
  rondo_ready 1
  # HELP rondo_severity 0 OK, 1 warning, 2 critical, 3 unknown, as rondo status exits
  # TYPE rondo_severity gauge
  rondo_severity 2
  # HELP rondo_conditions How many findings of each kind there are, 0 for none
  # TYPE rondo_conditions gauge
  rondo_conditions{kind="starting",severity="unknown"} 0
  rondo_conditions{kind="service-lost",severity="critical"} 1
  rondo_conditions{kind="isolated",severity="critical"} 0
  rondo_conditions{kind="certificate-expired",severity="critical"} 0
  rondo_conditions{kind="redundancy-lost",severity="warning"} 0
  rondo_conditions{kind="checks-missing",severity="warning"} 0
  rondo_conditions{kind="listener-missing",severity="warning"} 0
  rondo_conditions{kind="results-missing",severity="warning"} 0
  rondo_conditions{kind="check-warning",severity="warning"} 0
  rondo_conditions{kind="certificate-expiring",severity="warning"} 0
  rondo_conditions{kind="certificate-names",severity="warning"} 0
  rondo_conditions{kind="reload-refused",severity="warning"} 1
  rondo_conditions{kind="reload-slow",severity="warning"} 0
  rondo_conditions{kind="node-forced",severity="warning"} 0
  rondo_conditions{kind="drain-overdue",severity="warning"} 0
  rondo_conditions{kind="window-held-back",severity="warning"} 0
  rondo_conditions{kind="maintenance-overdue",severity="warning"} 0
  rondo_conditions{kind="secondary-unreachable",severity="warning"} 0
  rondo_conditions{kind="secondary-refuses",severity="warning"} 0
  rondo_conditions{kind="state-lag",severity="warning"} 0
  rondo_conditions{kind="state-set-aside",severity="warning"} 0
  rondo_conditions{kind="ledger-full",severity="warning"} 0
  rondo_conditions{kind="log-lost",severity="warning"} 0
  rondo_conditions{kind="drained",severity="ok"} 0
  rondo_conditions{kind="maintenance",severity="ok"} 0
  # HELP rondo_config_loaded_timestamp_seconds When the configuration in use was read
  # TYPE rondo_config_loaded_timestamp_seconds gauge
  rondo_config_loaded_timestamp_seconds 1795510000
  # HELP rondo_config_last_reload_success 0 if the last reload was refused and the old configuration kept
  # TYPE rondo_config_last_reload_success gauge
  rondo_config_last_reload_success 0
  # HELP rondo_config_last_reload_timestamp_seconds When the configuration was last read or tried
  # TYPE rondo_config_last_reload_timestamp_seconds gauge
  rondo_config_last_reload_timestamp_seconds 1795510881
  # HELP rondo_zone_serial The SOA serial of each zone
  # TYPE rondo_zone_serial gauge
  rondo_zone_serial{zone="mail.kreis.example."} 1795510000
  # HELP rondo_zone_names How many owner names each zone has
  # TYPE rondo_zone_names gauge
  rondo_zone_names{zone="mail.kreis.example."} 1
  # HELP rondo_pool_member_addresses Addresses the pool has in this family
  # TYPE rondo_pool_member_addresses gauge
  rondo_pool_member_addresses{pool="relay",family="ipv4"} 2
  # HELP rondo_pool_healthy_addresses Addresses that pass, no sample for pools with check=none
  # TYPE rondo_pool_healthy_addresses gauge
  rondo_pool_healthy_addresses{pool="relay",family="ipv4"} 0
  # HELP rondo_pool_handed_out_addresses Addresses in the answers of this moment
  # TYPE rondo_pool_handed_out_addresses gauge
  rondo_pool_handed_out_addresses{pool="relay",family="ipv4"} 2
  # HELP rondo_pool_fail_open 1 if too few addresses pass, so that all-down= decides
  # TYPE rondo_pool_fail_open gauge
  rondo_pool_fail_open{pool="relay",family="ipv4"} 1
  # HELP rondo_pool_redundancy_lost 1 if the pool has one node or none left of several
  # TYPE rondo_pool_redundancy_lost gauge
  rondo_pool_redundancy_lost{pool="relay"} 1
  # HELP rondo_pool_member_share_ratio Part of the first places in answers, slow start included
  # TYPE rondo_pool_member_share_ratio gauge
  rondo_pool_member_share_ratio{pool="relay",family="ipv4",node="ex1",address="192.0.2.11"} 0.000000
  rondo_pool_member_share_ratio{pool="relay",family="ipv4",node="ex2",address="198.51.100.11"} 0.000000
  # HELP rondo_pool_member_weight_ratio The configured weight times what the agent makes of it
  # TYPE rondo_pool_member_weight_ratio gauge
  rondo_pool_member_weight_ratio{pool="relay",family="ipv4",node="ex1",address="192.0.2.11"} 1.000000
  rondo_pool_member_weight_ratio{pool="relay",family="ipv4",node="ex2",address="198.51.100.11"} 1.000000
  # HELP rondo_pool_member_backup_group The group of backups, 0 for members
  # TYPE rondo_pool_member_backup_group gauge
  rondo_pool_member_backup_group{pool="relay",family="ipv4",node="ex1",address="192.0.2.11"} 0
  rondo_pool_member_backup_group{pool="relay",family="ipv4",node="ex2",address="198.51.100.11"} 0
  # HELP rondo_node_admin_state Always 1: a node that an operator has drained or forced
  # TYPE rondo_node_admin_state gauge
  # HELP rondo_node_admin_state_timestamp_seconds Since when the admin state holds
  # TYPE rondo_node_admin_state_timestamp_seconds gauge
  # HELP rondo_maintenance_end_timestamp_seconds When the drain of a node is to end, no sample without an end
  # TYPE rondo_maintenance_end_timestamp_seconds gauge
  # HELP rondo_maintenance_overdue_seconds For how long a drained node has been out longer than it should, or 0
  # TYPE rondo_maintenance_overdue_seconds gauge
  # HELP rondo_maintenance_planned_windows How many windows of a node are planned
  # TYPE rondo_maintenance_planned_windows gauge
  # HELP rondo_maintenance_next_start_timestamp_seconds When the next window of a node begins
  # TYPE rondo_maintenance_next_start_timestamp_seconds gauge
  # HELP rondo_maintenance_next_end_timestamp_seconds When the next window of a node ends
  # TYPE rondo_maintenance_next_end_timestamp_seconds gauge
  # HELP rondo_maintenance_held_back 1 while a window of a node should have begun and a pool needs the node
  # TYPE rondo_maintenance_held_back gauge
  # HELP rondo_node_quiet 1 once no cache has the address of a node that an operator has taken out, or 0
  # TYPE rondo_node_quiet gauge
  # HELP rondo_node_quiet_timestamp_seconds When the last cached copy of the node's addresses expires, or has expired; no sample while it is handed out
  # TYPE rondo_node_quiet_timestamp_seconds gauge
  # HELP rondo_node_last_handed_out_timestamp_seconds When an answer with an address of the node was last sent
  # TYPE rondo_node_last_handed_out_timestamp_seconds gauge
  # HELP rondo_node_up 1 if the check passes, 0 if it fails; no sample before the first verdict
  # TYPE rondo_node_up gauge
  rondo_node_up{node="ex1",site="nord",address="192.0.2.11",check="owa"} 0
  # HELP rondo_check_state Always 1; the labels hold the state, its origin, and what took it out
  # TYPE rondo_check_state gauge
  rondo_check_state{node="ex1",site="nord",address="192.0.2.11",check="owa",state="down",origin="checks",reason="connection-refused"} 1
  # HELP rondo_check_hold_left_seconds How much longer a check that passes is held out, 0 if it is not
  # TYPE rondo_check_hold_left_seconds gauge
  rondo_check_hold_left_seconds{node="ex1",site="nord",address="192.0.2.11",check="owa"} 0
  # HELP rondo_check_last_result_ok 1 if the last probe passed, no sample if none had a result
  # TYPE rondo_check_last_result_ok gauge
  rondo_check_last_result_ok{node="ex1",site="nord",address="192.0.2.11",check="owa"} 0
  # HELP rondo_check_maintenance 1 if the node itself says that it is not to be used
  # TYPE rondo_check_maintenance gauge
  rondo_check_maintenance{node="ex1",site="nord",address="192.0.2.11",check="owa"} 0
  # HELP rondo_check_warning 1 if a check that only warns fails, 0 if it passes
  # TYPE rondo_check_warning gauge
  # HELP rondo_check_stale 1 if probes have told nothing for three intervals
  # TYPE rondo_check_stale gauge
  rondo_check_stale{node="ex1",site="nord",address="192.0.2.11",check="owa"} 0
  # HELP rondo_check_latency_seconds How long the last successful probe took
  # TYPE rondo_check_latency_seconds gauge
  rondo_check_latency_seconds{node="ex1",site="nord",address="192.0.2.11",check="owa"} 0.001234
  # HELP rondo_check_last_probe_timestamp_seconds When a probe last told something of the node
  # TYPE rondo_check_last_probe_timestamp_seconds gauge
  rondo_check_last_probe_timestamp_seconds{node="ex1",site="nord",address="192.0.2.11",check="owa"} 1795514598
  # HELP rondo_check_last_change_timestamp_seconds When the check got into its state
  # TYPE rondo_check_last_change_timestamp_seconds gauge
  rondo_check_last_change_timestamp_seconds{node="ex1",site="nord",address="192.0.2.11",check="owa"} 1795514401
  # HELP rondo_check_consecutive_failures Failures in a row up to now, as fall= counts them
  # TYPE rondo_check_consecutive_failures gauge
  rondo_check_consecutive_failures{node="ex1",site="nord",address="192.0.2.11",check="owa"} 40
  # HELP rondo_check_probes_total Probes ended
  # TYPE rondo_check_probes_total counter
  rondo_check_probes_total{node="ex1",site="nord",address="192.0.2.11",check="owa"} 2921
  # HELP rondo_check_failures_total Probes that failed or found the node in maintenance
  # TYPE rondo_check_failures_total counter
  rondo_check_failures_total{node="ex1",site="nord",address="192.0.2.11",check="owa"} 1
  # HELP rondo_check_changes_total Changes of state after the first verdict
  # TYPE rondo_check_changes_total counter
  rondo_check_changes_total{node="ex1",site="nord",address="192.0.2.11",check="owa"} 1
  # HELP rondo_check_certificate_expiry_timestamp_seconds When the certificate seen last expires
  # TYPE rondo_check_certificate_expiry_timestamp_seconds gauge
  # HELP rondo_check_certificate_uncovered_names Names that the certificate seen last should cover, but does not
  # TYPE rondo_check_certificate_uncovered_names gauge
  # HELP rondo_queries_total Queries received
  # TYPE rondo_queries_total counter
  rondo_queries_total{transport="udp",family="ipv4"} 1204
  rondo_queries_total{transport="udp",family="ipv6"} 0
  rondo_queries_total{transport="tcp",family="ipv4"} 0
  rondo_queries_total{transport="tcp",family="ipv6"} 3
  # HELP rondo_responses_total Replies sent, by response code
  # TYPE rondo_responses_total counter
  rondo_responses_total{rcode="NOERROR"} 1200
  rondo_responses_total{rcode="FORMERR"} 0
  rondo_responses_total{rcode="SERVFAIL"} 0
  rondo_responses_total{rcode="NXDOMAIN"} 0
  rondo_responses_total{rcode="NOTIMP"} 0
  rondo_responses_total{rcode="REFUSED"} 7
  rondo_responses_total{rcode="YXDOMAIN"} 0
  rondo_responses_total{rcode="NOTAUTH"} 0
  rondo_responses_total{rcode="BADVERS"} 0
  rondo_responses_total{rcode="BADCOOKIE"} 0
  # HELP rondo_responses_truncated_total Replies sent with the TC bit
  # TYPE rondo_responses_truncated_total counter
  rondo_responses_truncated_total 0
  # HELP rondo_queries_dropped_total Messages that got no reply, by cause
  # TYPE rondo_queries_dropped_total counter
  rondo_queries_dropped_total{cause="too_short"} 2
  rondo_queries_dropped_total{cause="not_a_query"} 0
  rondo_queries_dropped_total{cause="from_port_zero"} 0
  rondo_queries_dropped_total{cause="send_failed"} 0
  # HELP rondo_queries_malformed_total Messages answered with FORMERR
  # TYPE rondo_queries_malformed_total counter
  rondo_queries_malformed_total 0
  # HELP rondo_edns_errors_total Queries with a wrong EDNS part or an unknown EDNS version
  # TYPE rondo_edns_errors_total counter
  rondo_edns_errors_total 0
  # HELP rondo_rate_limited_total Replies held back by the rate limit, by what became of them
  # TYPE rondo_rate_limited_total counter
  rondo_rate_limited_total{action="drop"} 0
  rondo_rate_limited_total{action="slip"} 0
  # HELP rondo_transfers_refused_total Zone transfers asked for and refused
  # TYPE rondo_transfers_refused_total counter
  rondo_transfers_refused_total 0
  # HELP rondo_tcp_connections_open DNS connections over TCP at this moment
  # TYPE rondo_tcp_connections_open gauge
  rondo_tcp_connections_open 0
  # HELP rondo_tcp_connections_accepted_total DNS connections over TCP accepted
  # TYPE rondo_tcp_connections_accepted_total counter
  rondo_tcp_connections_accepted_total 3
  # HELP rondo_tcp_connections_crowded_out_total DNS connections closed, longest idle first, to make room
  # TYPE rondo_tcp_connections_crowded_out_total counter
  rondo_tcp_connections_crowded_out_total 0
  # HELP rondo_tcp_connections_malformed_total DNS connections closed because no DNS message came over them
  # TYPE rondo_tcp_connections_malformed_total counter
  rondo_tcp_connections_malformed_total 0
  # HELP rondo_tcp_connections_closed_idle_total DNS connections closed because nothing came
  # TYPE rondo_tcp_connections_closed_idle_total counter
  rondo_tcp_connections_closed_idle_total 0
  # HELP rondo_listener_address_present 0 while the address is not one of this host's
  # TYPE rondo_listener_address_present gauge
  rondo_listener_address_present{service="status",address="127.0.0.1:8053"} 1
  # HELP rondo_zone_transfers_total Zone transfers by how they ended
  # TYPE rondo_zone_transfers_total counter
  rondo_zone_transfers_total{zone="mail.kreis.example.",outcome="complete"} 2
  rondo_zone_transfers_total{zone="mail.kreis.example.",outcome="broken"} 0
  rondo_zone_transfers_total{zone="mail.kreis.example.",outcome="refused"} 0
  # HELP rondo_zone_transfer_octets_total Octets of zone transfers sent
  # TYPE rondo_zone_transfer_octets_total counter
  rondo_zone_transfer_octets_total{zone="mail.kreis.example."} 360
  # HELP rondo_zone_transfer_seconds_total How long complete zone transfers took together
  # TYPE rondo_zone_transfer_seconds_total counter
  rondo_zone_transfer_seconds_total{zone="mail.kreis.example."} 0.005120
  # HELP rondo_notices_sent_total Notices of changed zones sent, repeated ones too
  # TYPE rondo_notices_sent_total counter
  rondo_notices_sent_total{secondary="198.51.100.53:53"} 3
  # HELP rondo_notices_ended_total Notices by how they ended, and answers that prove nothing
  # TYPE rondo_notices_ended_total counter
  rondo_notices_ended_total{secondary="198.51.100.53:53",outcome="answered"} 2
  rondo_notices_ended_total{secondary="198.51.100.53:53",outcome="rejected"} 0
  rondo_notices_ended_total{secondary="198.51.100.53:53",outcome="unanswered"} 0
  rondo_notices_ended_total{secondary="198.51.100.53:53",outcome="unproven"} 0
  # HELP rondo_notices_undelivered_total Notices that could not be sent, or came back as undeliverable
  # TYPE rondo_notices_undelivered_total counter
  rondo_notices_undelivered_total{secondary="198.51.100.53:53"} 0
  # HELP rondo_notices_pending Changed zones of which the secondary has not yet answered to hear
  # TYPE rondo_notices_pending gauge
  rondo_notices_pending{secondary="198.51.100.53:53"} 1
  # HELP rondo_health_probes_total Probes ended since the start, over all checks
  # TYPE rondo_health_probes_total counter
  rondo_health_probes_total 11684
  # HELP rondo_health_failures_total Probes since the start that failed or found maintenance, over all checks
  # TYPE rondo_health_failures_total counter
  rondo_health_failures_total 0
  # HELP rondo_health_changes_total Changes of state since the start, over all checks
  # TYPE rondo_health_changes_total counter
  rondo_health_changes_total 0
  # HELP rondo_health_publications_total New address sets given to the workers
  # TYPE rondo_health_publications_total counter
  rondo_health_publications_total 0
  # HELP rondo_isolated 1 while this host is cut off in this family and keeps its last view
  # TYPE rondo_isolated gauge
  rondo_isolated{family="ipv4"} 0
  rondo_isolated{family="ipv6"} 0
  # HELP rondo_state_behind_seconds For how long a state file has not been what it should be on disk
  # TYPE rondo_state_behind_seconds gauge
  # HELP rondo_state_write_failing 1 while the last attempt to write a state file failed
  # TYPE rondo_state_write_failing gauge
  # HELP rondo_log_lines_lost_total Log lines that standard error did not take
  # TYPE rondo_log_lines_lost_total counter
  rondo_log_lines_lost_total 0
  # HELP rondo_log_stuck_seconds For how long standard error has not taken a line, 0 while it does
  # TYPE rondo_log_stuck_seconds gauge
  rondo_log_stuck_seconds 0

  """#
