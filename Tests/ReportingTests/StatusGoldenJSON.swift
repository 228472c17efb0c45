// What the renderers make of `StatusReport.smallest()`, octet by octet. Here: `/status.json`.

let goldenJSON = #"""
  {
    "schema": "rondo-status/1",
    "version": "0.1.0",
    "host": "ns1.kreis.example",
    "time": "2026-11-24T10:03:21Z",
    "started_at": "2026-11-24T06:00:00Z",
    "uptime_s": 14601,
    "severity": "service-lost",
    "state": 2,
    "summary": "pool relay: all nodes fail their checks (IPv4), all are handed out; the last reload was refused (2 errors)",
    "conditions": [
      {
        "kind": "service-lost",
        "state": 2,
        "subject": "relay",
        "text": "pool relay: all nodes fail their checks (IPv4), all are handed out"
      },
      {
        "kind": "reload-refused",
        "state": 1,
        "subject": "",
        "text": "the last reload was refused (2 errors)"
      }
    ],
    "ready": true,
    "waiting_for": null,
    "configuration": {
      "files": [
        "Config/mail.zone"
      ],
      "loaded_at": "2026-11-24T08:46:40Z",
      "last_reload": {
        "at": "2026-11-24T09:01:21Z",
        "ok": false,
        "errors": 2,
        "first_error": "Config/mail.zone:14:22: error: pool \"acess\" is not defined",
        "refused_for": "errors",
        "pools_lost": 0
      }
    },
    "listeners": [
      {
        "service": "dns-udp",
        "address": "0.0.0.0:53",
        "present": true
      },
      {
        "service": "dns-tcp",
        "address": "[::]:53",
        "present": true
      },
      {
        "service": "status",
        "address": "127.0.0.1:8053",
        "present": true
      }
    ],
    "zones": [
      {
        "apex": "mail.kreis.example.",
        "serial": 1795510000,
        "names": 1,
        "transfers": {
          "complete": 2,
          "broken": 0,
          "refused": 0,
          "octets": 360,
          "time_us": 5120
        }
      }
    ],
    "secondaries": [
      {
        "address": "198.51.100.53:53",
        "source": "192.0.2.53",
        "sent": 3,
        "answered": 2,
        "unanswered": 0,
        "rejected": 0,
        "unproven": 0,
        "undelivered": 0,
        "pending": 1,
        "last_failure": null
      }
    ],
    "pools": [
      {
        "name": "relay",
        "inline": false,
        "state": "all-down-answering-all",
        "checks": [
          "owa"
        ],
        "warn": [],
        "observe": [],
        "order": "rotate",
        "answers": 8,
        "prefer_site": false,
        "all_down": "answer-all",
        "members": [
          "ex1",
          "ex2"
        ],
        "names": [
          {
            "name": "mail.kreis.example.",
            "ttl_s": 60
          }
        ],
        "families": [
          {
            "family": "ipv4",
            "state": "all-down-answering-all",
            "basis": "all-down",
            "fail_open": true,
            "healthy": 0,
            "members": [
              {
                "node": "ex1",
                "address": "192.0.2.11",
                "weight": 1,
                "agent_percent": 100,
                "slow_start_percent": 100,
                "backup_group": 0,
                "admin_state": "ready",
                "maintenance": false,
                "share_percent": 0
              },
              {
                "node": "ex2",
                "address": "198.51.100.11",
                "weight": 1,
                "agent_percent": 100,
                "slow_start_percent": 100,
                "backup_group": 0,
                "admin_state": "ready",
                "maintenance": false,
                "share_percent": 0
              }
            ],
            "handed_out": [
              {
                "node": "ex1",
                "address": "192.0.2.11",
                "weight": 1,
                "agent_percent": 100,
                "slow_start_percent": 100,
                "backup_group": 0,
                "admin_state": "ready",
                "maintenance": false,
                "share_percent": 0
              },
              {
                "node": "ex2",
                "address": "198.51.100.11",
                "weight": 1,
                "agent_percent": 100,
                "slow_start_percent": 100,
                "backup_group": 0,
                "admin_state": "ready",
                "maintenance": false,
                "share_percent": 0
              }
            ]
          }
        ]
      }
    ],
    "nodes": [
      {
        "name": "ex1",
        "site": "nord",
        "state": "down",
        "origin": "checks",
        "since": "2026-11-24T10:00:01Z",
        "reason": "owa at 192.0.2.11: said \"<b>421</b>\" \u001b[2J & \\ 'Süd'\n",
        "admin_state": {
          "state": "ready",
          "author": null,
          "reason": null,
          "since": null,
          "until": null,
          "overdue_since": null,
          "text": null
        },
        "quiet": null,
        "planned_windows": [],
        "addresses": [
          {
            "address": "192.0.2.11",
            "family": "ipv4",
            "state": "down",
            "checks": [
              {
                "name": "owa",
                "kind": "tcp:443",
                "role": "gate",
                "state": "down",
                "origin": "checks",
                "stale": false,
                "hold_left_s": null,
                "detail": "passing 1 of 2",
                "since": "2026-11-24T10:00:01Z",
                "reason": "said \"<b>421</b>\" \u001b[2J & \\ 'Süd'\n",
                "cause": "connection-refused",
                "certificate": null,
                "last_result": "failed",
                "last_probe_at": "2026-11-24T10:03:18Z",
                "latency_us": 1234,
                "consecutive_failures": 40,
                "consecutive_successes": 0,
                "probes": 2921,
                "failures": 1,
                "changes": 1
              }
            ]
          }
        ]
      }
    ],
    "answers": {
      "queries": [
        {
          "transport": "udp",
          "family": "ipv4",
          "count": 1204
        },
        {
          "transport": "udp",
          "family": "ipv6",
          "count": 0
        },
        {
          "transport": "tcp",
          "family": "ipv4",
          "count": 0
        },
        {
          "transport": "tcp",
          "family": "ipv6",
          "count": 3
        }
      ],
      "responses": {
        "NOERROR": 1200,
        "FORMERR": 0,
        "SERVFAIL": 0,
        "NXDOMAIN": 0,
        "NOTIMP": 0,
        "REFUSED": 7,
        "YXDOMAIN": 0,
        "NOTAUTH": 0,
        "BADVERS": 0,
        "BADCOOKIE": 0
      },
      "truncated": 0,
      "dropped": {
        "too_short": 2,
        "not_a_query": 0,
        "from_port_zero": 0,
        "send_failed": 0
      },
      "malformed": 0,
      "edns_errors": 0,
      "rate_limited": {
        "drop": 0,
        "slip": 0
      },
      "transfers_refused": 0,
      "tcp_connections": {
        "open": 0,
        "accepted": 3,
        "crowded_out": 0,
        "malformed": 0,
        "closed_idle": 0
      }
    },
    "health": {
      "probes": 11684,
      "failures": 0,
      "changes": 0,
      "publications": 0,
      "isolated": []
    }
  }

  """#
