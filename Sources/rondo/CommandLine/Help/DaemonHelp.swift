// `--help` of the daemon, and of the commands that show what it does.

let serveHelp = """
  Runs the daemon in the foreground until it is stopped (SIGTERM, SIGINT).

  Usage: rondo serve [OPTION]... FILE...

  FILE is a zone config file: it names your nodes, how they are checked, and the
  DNS names under which clients reach them. Several files count as one.

  Options:
    --listen ADDR[:PORT]     answer DNS here, over UDP and TCP; may be repeated;
                             an address that the host does not have yet is
                             answered at as soon as it is there
                             (default: all local addresses, port 53)
    --status ADDR:PORT|none  show the status here over HTTP, to be read only
                             (default: 127.0.0.1:8053)
    --status-allow-host NAME
                             answer on the status port to clients that ask for
                             it by NAME, as Prometheus may; may be repeated
                             (default: only by address or "localhost")
    --control PATH|none      take "rondo reload", "rondo drain" and the like on
                             this socket; write access to it is the permission
                             (default: /run/rondo/control.sock)
    --start-wait SECONDS     wait at most this long for first results of checks:
                             before answers begin, and before a reload is refused
                             that would leave a pool without a healthy node; what
                             has no result by then counts as unknown (default: 3)
    --threads N              answer with N threads at each address, 1 to 256
                             (default: one for each processor core)
    --state DIR|none         keep here what must survive a restart
                             (default: /var/lib/rondo)
    --user NAME|UID[:GID]    become this user at once, before any file is read;
                             only the opening of ports is done with root's rights
    --cookie-secrets FILE    make DNS cookies with the secrets in FILE, so that
                             several servers accept each other's: 32 hexadecimal
                             digits a line; the first makes cookies, up to two
                             more are accepted; read again at a reload
                             (default: a secret of this process alone)
    --nsid TEXT              answer TEXT when a client asks which server this is
                             (NSID, id.server), at most 64 octets
                             (default: no answer)
    --ledger off|prefixes|full
                             remember when each node's address was last sent, so
                             that Rondo knows when its last cached copy expires;
                             "full" keeps the addresses of the askers, "prefixes"
                             only their networks (/24, /56), "off" remembers
                             nothing (default: full)
    --rate-limit N           send a network (/24, /56) at most N answers a second
                             of one kind over UDP, against forged queries; 200
                             suits a server that the internet can reach; clients
                             with a good cookie are not limited
                             (default: no limit)
    --rate-limit-source N    send a network at most N answers a second in all,
                             whatever the names (default: 5 times --rate-limit)
    --rate-limit-slip N      of the answers beyond a limit let every Nth go out
                             short, never longer than the query, so that true
                             clients come again by TCP; 0 for none (default: 2)
    --rate-limit-exempt NET  do not limit this network; may be repeated
    --transfer-allow NET     allow zone transfers (AXFR) to this network, for
                             backups and secondaries; may be repeated
    --transfer-key FILE      allow zone transfers signed with a key in FILE; a
                             line for each, hmac-sha256:NAME:SECRET with the
                             secret in base64; read again at a reload
                             (default: no transfers; with both options a client
                             must meet both)
    --notify ADDR[:PORT][,key=NAME][,source=ADDR]
                             notify this secondary when a zone changes, so that
                             it fetches it at once, signed with the key NAME of
                             --transfer-key (default: the first, if there is one;
                             key=none: not signed), from the address after source=
                             (default: the first of --listen that fits); may be
                             repeated
    -h, --help               show this

  Write an IPv6 address with a port in brackets: [2001:db8::53]:53.

  Examples:
    rondo serve /etc/rondo/mail.zone
    rondo serve --listen 192.0.2.53 --listen 2001:db8::53 /etc/rondo/mail.zone
    rondo serve --listen 127.0.0.1:5353 --control none --state none mail.zone

  Exit status: 0 stopped by a signal, 1 could not start (an error in a file, a
  port in use, a limit on memory, threads or open files that is too low, ...),
  2 wrong usage.

  """

let statusHelp = """
  Asks the running daemon for its status: what each pool answers now, which node
  is up or down, since when and why.

  Usage: rondo status [OPTION]...

  Options:
    --json              print everything as JSON, for other programs
    --watch             print anew every few seconds, until Ctrl-C
    --status ADDR:PORT  ask the daemon whose status port is here
                        (default: 127.0.0.1:8053)
    -h, --help          show this

  The first line begins with one of these words and gives the reason:
    OK               every pool has its redundancy, nothing needs attention
    REDUNDANCY LOST  clients are served, but some pool has only one node left
    WARNING          clients are served, but something needs attention: a forced
                     node, a refused reload, a certificate that expires soon, ...
    SERVICE LOST     all nodes of a pool fail; clients are sent to all of them
    ISOLATED         this host is cut off: the last view is kept
    CRITICAL         clients may be affected: a certificate has expired
    STARTING         the first checks are not finished

  A drained node is no alarm until its drain ends, or for 24 hours if that has no
  end; nor, for 24 hours, is a node that reports its own maintenance. The first
  line ends with its name. After that it is a WARNING.

  Examples:
    rondo status
    rondo status --watch
    rondo status --json | jq .severity

  Exit status: 0 OK, 1 REDUNDANCY LOST or WARNING, 2 SERVICE LOST, ISOLATED or
  CRITICAL, 3 STARTING, no daemon answers, or wrong usage: that of a monitoring
  plug-in. It is the same with --json; --watch ends with the one it showed last.

  """

let monitorHelp = """
  Prints the status of the running daemon in the form that a monitoring system
  reads. States are those of "rondo status"; there are no thresholds to set,
  since the zone config file and the checks decide what is a warning.

  Usage: rondo monitor --nagios|--checkmk|--prtg [OPTION]...

  Options:
    --nagios            the output and exit status of a plug-in, with performance
                        data, for Nagios, Icinga, Naemon and the like
    --checkmk           the output of a local check for Checkmk: one service for
                        each pool, and one for all the rest
    --prtg              the JSON of a sensor "SSH Script Advanced" or "EXE/Script
                        Advanced" of PRTG
    --status ADDR:PORT  ask the daemon whose status port is here
                        (default: 127.0.0.1:8053)
    -h, --help          show this

  A daemon that does not answer within 8 seconds is CRITICAL. Prometheus, Zabbix
  and Grafana read the status port: docs/monitoring.md says how.

  Examples:
    rondo monitor --nagios
    rondo monitor --checkmk --status 127.0.0.1:8054

  Exit status: 0 with --checkmk and --prtg, whose output has the state. With
  --nagios 0 OK, 1 REDUNDANCY LOST or WARNING, 2 SERVICE LOST, ISOLATED, CRITICAL,
  or no daemon answers, 3 STARTING. 3 also for wrong usage, or if nothing could be
  printed.

  """

let eventsHelp = """
  Shows what has happened, the oldest first: every change of verdict, of a pool,
  of admin state and of the status, each reload, start and stop, with its reason.
  The daemon keeps the newest events, thousands of them, over a restart too.

  Usage: rondo events [OPTION]...

  Options:
    --since TIME        only what happened then or later: 2h, 90m, 14:00,
                        "2026-11-28 14:00", 2026-11-28T13:00Z; a time without a
                        date is the last such time, one without a zone is in
                        that of this host (default: all)
    --node NODE         only what concerns this node
    --follow, -f        go on with what happens, until Ctrl-C; without --since it
                        begins with the last ten
    --json              print one JSON object a line, for other programs
    --status ADDR:PORT  ask the daemon whose status port is here
                        (default: 127.0.0.1:8053)
    -h, --help          show this

  Examples:
    rondo events --since 22:00
    rondo events --since 24h --node ex1
    rondo events --follow

  Exit status: 0 printed, 1 standard output cannot be written to, 2 wrong
  usage, 3 no daemon answers.

  """

let reloadHelp = """
  Makes the running daemon read its zone config files again. If they hold an
  error, the daemon keeps what it has, and the errors are printed here.
  Clients notice nothing either way: what was served before is served and
  checked until the new configuration takes its place.

  If a pool that has a healthy node would have none, in IPv4 or in IPv6, the
  reload is refused as well, with the reason for each node. It first waits for
  the results of new checks, for as long as "rondo serve --start-wait" says. With
  --force it neither waits nor refuses. SIGHUP reloads too, always without
  --force; the log has what came of it.

  Usage: rondo reload [OPTION]...

  Options:
    --force         load the files even if a pool loses its last healthy node
  \(controlOption)

  Examples:
    rondo check /etc/rondo/mail.zone && rondo reload
    rondo reload --force

  Exit status: 0 the new configuration is in use, 1 it was refused and the one
  from before stays in use, or no daemon answers, 2 wrong usage.

  """

let explainHelp = """
  Asks the running daemon why it answers a name as it does: which zone and which
  line of the files, which pool, which nodes are answered and which are out,
  since when and why, and the very answer that is given at this moment. Asking
  does not advance the rotation.

  Usage: rondo explain NAME [TYPE] [OPTION]...

  NAME is a complete domain name, with or without its final dot. TYPE is a record
  type such as A, AAAA, MX or SRV; A and AAAA if left out.

  Options:
    --from ADDR     explain the answer to an asker with this address
                    (default: anybody)
  \(controlOption)

  Examples:
    rondo explain mail.kreis.example
    rondo explain kreis.example MX
    rondo explain mail.kreis.example A --from 192.0.2.7

  Exit status: 0 explained, 1 no daemon answers, 2 wrong usage.

  """

let probeHelp = """
  Runs each check of a node or of a pool once, as the daemon would, and shows
  every step: connecting, TLS, each line that is sent (>) and received (<), the
  time of each since the start, and the verdict with its reason.

  Usage: rondo probe NODE|POOL FILE...

  NODE or POOL is a name from the zone config files FILE; a pool written in
  a ROTATE record has the name of that record. Every address is probed by every
  check of the pools that the node is in, up to 64 at a time; the output of each
  stays together. The daemon is not involved.

  Run it where Rondo runs, and as the user that Rondo runs as, if it matters who
  starts a check program or reads a file.

  Options:
    -h, --help  show this

  Examples:
    rondo probe ex1 /etc/rondo/mail.zone
    rondo probe access /etc/rondo/mail.zone

  Exit status: 0 all pass, 1 some do not, 2 wrong usage or an error in a
  file.

  """
