// What `--help` says, for administrators who know mail and not DNS: at most 80 columns, examples, exit codes.

/// The help for one command, or the overview for none.
func helpText(_ command: Command?) -> String {
  switch command {
  case nil, .help: overviewHelp
  case .serve: serveHelp
  case .check: checkHelp
  case .initialize: initHelp
  case .status: statusHelp
  case .events: eventsHelp
  case .reload: reloadHelp
  case .timeline: timelineHelp
  case .probe: probeHelp
  case .explain: explainHelp
  case .query: queryHelp
  case .drain: drainHelp
  case .force: forceHelp
  case .resume: resumeHelp
  case .quiet: quietHelp
  case .mayDrain: mayDrainHelp
  case .maintenance: maintenanceHelp
  case .version: versionHelp
  }
}

private let overviewHelp = """
  Rondo answers DNS queries for the names of your mail service with the
  addresses of the nodes that are healthy, in rotating order. It checks the
  nodes itself and takes one that fails out of the answers.

  Usage: rondo COMMAND [OPTION]... [FILE]...

  Commands:
    init [DIR]          writes a first zone config file
    check FILE...       reads zone config files and names every mistake in them
    serve FILE...       runs the daemon in the foreground
    status              shows which nodes are up and what clients are given
    events              shows what has happened: verdicts, drains, reloads, ...
    reload              makes the running daemon read its files again
    explain NAME        shows why the running daemon answers a name as it does
    probe NAME FILE...  runs the checks of a node or pool once and shows them
    query NAME [TYPE]   asks a DNS server and prints its answer
    drain NODE...       takes nodes out of the answers, now or at a later time
    force NODE up|down  hands a node out, or not, whatever its checks say
    resume NODE...      lets the checks of nodes decide again
    quiet NODE...       shows until when caches may have the address of a node
    may-drain NODE...   says whether nodes can be spared, and changes nothing
    maintenance         shows what is drained, was drained, and is planned
    timeline FILE...    shows how long a failed node is in answers, at worst
    version             prints the version
    help [COMMAND]      shows this, or the help for one command

  A first run, on a port that needs no privileges:
    rondo check mail.zone
    rondo serve --listen 127.0.0.1:5353 --control none --state none mail.zone
    rondo query mail.kreis.example @127.0.0.1:5353
    rondo status

  Options may be written "--option value" or "--option=value"; after "--" all
  words are files. Every command has a --help of its own.

  Exit status: 0 done, 1 not done or something is wrong, 2 wrong usage; that of
  "rondo status" is that of a monitoring plug-in, as its --help says.

  """

private let serveHelp = """
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
                             remember who was last handed the address of which
                             node, so that Rondo knows when its last cached copy
                             expires: by the address of the asker, by its network
                             only (/24, /56), or not at all (default: full)
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
  port in use, ...), 2 wrong usage.

  """

private let checkHelp = """
  Reads zone config files as "serve" would and names every mistake with its place
  and how to fix it. Nothing is changed, nothing is sent; run it before a reload.

  Usage: rondo check [OPTION]... FILE...

  Options:
    --strict    treat warnings as errors
    --json      print the findings as JSON, for other programs
    -h, --help  show this

  Examples:
    rondo check /etc/rondo/mail.zone
    rondo check --strict /etc/rondo/mail.zone && rondo reload

  Exit status: 0 no errors, 1 errors (with --strict also warnings), 2 wrong
  usage.

  """

private let initHelp = """
  Writes a first zone config file, mail.zone, for names and nodes that you give,
  with comments. It is read as "rondo check" does before it is written; with an
  error in it nothing is written. A file that is there is never overwritten.

  Usage: rondo init --name NAME... --node NODE... [OPTION]... [DIR]

  How the nodes are tested is said by --check or by --profile. DIR is the
  directory to write to; the one you are in, if left out. The packaged service
  reads /etc/rondo/mail.zone.

  Options:
    --name NAME        a complete name that clients use, such as
                       mail.kreis.example; may be repeated
    --node NAME=ADDR[,ADDR][,site=SITE]
                       a mail server: its name in Rondo, its IPv4 address, its
                       IPv6 address or both, and where it is, as a label;
                       repeated for each
    --check FORM       how nodes are tested: a form as after $CHECK, such as
                       https:443/owa/healthcheck.htm, smtp:25, imaps:993 or
                       tcp:443, with options of $CHECK after a blank; may be
                       repeated: a node must pass all of them
    --profile exchange|postfix-dovecot|grommunio|zimbra
                       the names and checks that suit this product, for each of
                       its protocols: autodiscover, smtp, imap beside the first
                       NAME
    --server NAME      the name of a host that runs Rondo; may be repeated
                       (default: ns1 and ns2 beside the first NAME)
    -h, --help         show this

  Then it says what to do next: check, probe, serve, delegate.

  Examples:
    rondo init --name mail.kreis.example --node ex1=192.0.2.11 \\
      --node ex2=198.51.100.11 --check https:443/owa/healthcheck.htm
    rondo init --profile exchange --name mail.kreis.example \\
      --node ex1=192.0.2.11,2001:db8:1::11,site=nord \\
      --node ex2=198.51.100.11,2001:db8:2::11,site=sued /etc/rondo

  Exit status: 0 written, 1 not written (a file that is there, an error in what
  was given, ...), 2 wrong usage.

  """

private let statusHelp = """
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

  A node that is drained is no alarm until its end, or for 24 hours if it has
  none; nor is for 24 hours one that says itself that it is in maintenance. The
  first line ends with its name. After that it is a WARNING.

  Examples:
    rondo status
    rondo status --watch
    rondo status --json | jq .severity

  Exit status: 0 OK, 1 REDUNDANCY LOST or WARNING, 2 SERVICE LOST, ISOLATED or
  CRITICAL, 3 STARTING, no daemon answers, or wrong usage: that of a monitoring
  plug-in. It is the same with --json; --watch ends with the one it showed last.

  """

private let eventsHelp = """
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

  Exit status: 0 printed, 1 standard output does not take it, 2 wrong usage,
  3 no daemon answers.

  """

private let reloadHelp = """
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
    --control PATH  the control socket of the daemon
                    (default: /run/rondo/control.sock)
    -h, --help      show this

  Examples:
    rondo check /etc/rondo/mail.zone && rondo reload
    rondo reload --force

  Exit status: 0 the new configuration is in use, 1 it was refused and the one
  from before stays in use, or no daemon answers, 2 wrong usage.

  """

private let timelineHelp = """
  Shows for each name with a ROTATE record how long a failed node can stay in
  answers and caches, at worst: until the checks see it, and until the last
  cached copy of an answer expires. It says where the seconds come from and what
  makes them fewer. All of it is computed from the files; no daemon is asked.

  Usage: rondo timeline [OPTION]... FILE...

  Options:
    --json      print the figures as JSON, in milliseconds, for other programs
    -h, --help  show this

  Example:
    rondo timeline /etc/rondo/mail.zone

  Exit status: 0 printed, 1 an error in a file, 2 wrong usage.

  """

private let probeHelp = """
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

private let explainHelp = """
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
    --control PATH  the control socket of the daemon
                    (default: /run/rondo/control.sock)
    -h, --help      show this

  Examples:
    rondo explain mail.kreis.example
    rondo explain kreis.example MX
    rondo explain mail.kreis.example A --from 192.0.2.7

  Exit status: 0 explained, 1 no daemon answers, 2 wrong usage.

  """

private let queryHelp = """
  Asks a DNS server one question and prints the answer in the layout of dig, for
  hosts that have no dig. Words may be in any order.

  Usage: rondo query NAME [TYPE] [@ADDR[:PORT]] [OPTION]...

  NAME is a complete domain name, with or without its final dot. TYPE is a record
  type such as AAAA, MX or TYPE65, or ANY (over TCP, unless --ignore is given); A
  if left out.
  Class CH may be added.
  ADDR is the address of the server; the default is 127.0.0.1, port 53, where the
  Rondo on this host answers unless its --listen says otherwise. An IPv6
  address with a port is written in brackets.

  Options, each also written as for dig (in parentheses):
    --short          print the data of the answer alone (+short)
    --tcp            ask over TCP; otherwise TCP is used when the answer does not
                     fit into a datagram (+tcp)
    --ignore         show a truncated answer as it is (+ignore)
    --noedns         ask without EDNS (+noedns)
    --dnssec         ask for DNSSEC records too (+dnssec)
    --norecurse      ask a resolver for what it knows already (+norecurse)
    --nsid           ask which server answers; "rondo serve --nsid" sets the text
                     (+nsid)
    --subnet NET     ask on behalf of a network, such as 192.0.2.0/24 (+subnet)
    --time SECONDS   wait so long for an answer, 1 to 60 (+time, default: 5)
    --tries N        ask so often over UDP, 1 to 10 (+tries, default: 3)
    --reverse ADDR   ask for the name of an address, in place of NAME (-x)
    --port PORT      the server's port (-p)
    -h, --help       show this

  Examples:
    rondo query mail.kreis.example
    rondo query mail.kreis.example AAAA @192.0.2.53 +short
    rondo query -x 192.0.2.11 @[2001:db8::53]:5353

  Exit status: 0 answered (NOERROR, also without records, or NXDOMAIN), 1 not
  answered (SERVFAIL, REFUSED and the like, or no reply), 2 wrong usage.

  """

private let drainHelp = """
  Takes nodes out of the answers of all pools, so that they can be worked on. New
  clients are sent to the others; clients that know the address go on using it
  for as long as caches keep it (the TTL) and connections last. Checks go on. A
  node stays drained over a reload and a restart, until its end or "rondo resume".

  Usage: rondo drain NODE... [OPTION]...

  All nodes are drained, or none. A drain with an end (--until, --for) ends by
  itself, once the checks of the node pass; until they do it is overdue, which is
  a warning in the status. A drain without an end lasts until "rondo resume", and
  is overdue after 24 hours. Draining a drained node changes reason and end.

  With --at a window is planned: it begins by itself, if the pools can then spare
  the node. Otherwise it is held back, with a warning, until they can or it is
  over.

  It is refused when a pool would be left with fewer nodes than it needs
  (min-live=, 1 by default): now by what the checks say, later by what else is
  planned. With --force it is done all the same: a pool without another node hands
  out the drained one while its checks pass, since an empty answer would be an
  outage for certain.

  Options:
    --until TIME    when it ends: 16:00 (the next one), "2026-11-30 18:00",
                    2026-11-30T17:00Z; none for a drain that has no end
    --for SPAN      how long it lasts: 2h, 90m, 1h30m; at most 30d
    --at TIME       when it begins (default: now); needs an end
    --reason TEXT   why, for those who look at the status: up to 200 characters
    --by NAME       the name to show for it, for scripts; the user who runs
                    the command is shown beside it
    --wait          return only once the nodes are quiet: once no cache has
                    their addresses any more, as "rondo quiet" says; not with
                    --at
    --force         do it although a pool is left with too few nodes
    --control PATH  the control socket of the daemon
                    (default: /run/rondo/control.sock)
    -h, --help      show this

  Times without a zone are those of this host. One that does not exist, or comes
  twice, in the night when clocks change is refused.

  Then it prints when the nodes will be quiet: when the last cached copy of an
  answer with their addresses expires.

  Examples:
    rondo drain ex1 --reason patch-day --until 16:00
    rondo drain ex1 --wait && ssh ex1 reboot
    rondo drain ex1 --at 18:00 --for 2h
    rondo drain ex1 ex3 --for 90m
    rondo resume ex1

  Exit status: 0 drained or planned (also if it was already), 1 refused, or no
  daemon answers, 2 wrong usage.

  """

private let forceHelp = """
  Hands a node out whatever its checks say (up), or does not (down). Use it when
  a check is wrong: this holds until "rondo resume NODE" or its end, over a
  reload and a restart, and the status warns of it all the time.

  Usage: rondo force NODE up|down [OPTION]...

  Nothing is refused: a pool all of whose nodes are forced down does what
  all-down= says.

  Options:
    --until TIME    when the checks decide again: 16:00 (the next one),
                    "2026-11-30 18:00", 2026-11-30T17:00Z; none for no end
    --for SPAN      how long it lasts: 2h, 90m, 1h30m; at most 30d
    --reason TEXT   why, for those who look at the status: up to 200 characters
    --by NAME       the name to show for it, for scripts; the user who runs
                    the command is shown beside it
    --control PATH  the control socket of the daemon
                    (default: /run/rondo/control.sock)
    -h, --help      show this

  Examples:
    rondo force ex1 up --reason wrong-check
    rondo force ex1 up --for 1h

  Exit status: 0 forced (also if it was already), 1 there is no such node, or no
  daemon answers, 2 wrong usage.

  """

private let resumeHelp = """
  Ends "rondo drain" or "rondo force": the checks of the nodes decide again, at
  once, by their current results. They ran all along.

  Usage: rondo resume NODE... [OPTION]...

  What is planned stays planned, and is named. With --planned it is the other way
  round: the planned windows of the nodes are cancelled, and a node that is out
  stays out.

  Options:
    --planned       cancel the planned windows, and leave what holds now
    --by NAME       the name to show for it, for scripts; the user who runs
                    the command is shown beside it
    --control PATH  the control socket of the daemon
                    (default: /run/rondo/control.sock)
    -h, --help      show this

  Examples:
    rondo resume ex1
    rondo resume ex1 ex3 --planned

  Exit status: 0 resumed (also if it was ready), 1 there is no such node,
  or no daemon answers, 2 wrong usage.

  """

private let quietHelp = """
  Shows until when a cache may have the address of a node that has left the
  answers, and who has it: the daemon remembers when it last sent an answer with
  it, to whom, and with which TTL.

  Usage: rondo quiet NODE... [OPTION]...

  A node is quiet once the last cached copy has expired. From then on no client
  that keeps to the TTL opens a new connection to it. Three things no DNS server
  knows: caches that keep answers for longer than their TTL, programs that look
  a name up once and keep the address, and connections that are open already.

  A static A or AAAA record with the node's address goes on being answered: such
  a node is never quiet, and the record is shown.

  The table lists those whose copy has yet to expire, 50 at most: resolvers as a
  rule, by network with "rondo serve --ledger prefixes".

  Options:
    --wait          return only once the nodes are quiet, with a countdown on a
                    terminal
    --control PATH  the control socket of the daemon
                    (default: /run/rondo/control.sock)
    -h, --help      show this

  Examples:
    rondo quiet ex1
    rondo quiet ex1 --wait && ssh ex1 reboot

  Exit status: 0 quiet, 1 not yet, or no daemon answers, 2 wrong usage.

  """

private let mayDrainHelp = """
  Says whether nodes may be drained, now or at a later time, with a line for each
  pool and for all that speaks against it. It changes nothing.

  Usage: rondo may-drain NODE... [OPTION]...

  It is stricter than "rondo drain": it relies only on nodes that are stable. One
  that came back within five minutes, went out more than once of late, is in its
  slow start, fails a check at the moment, or has no new results is healthy and
  not stable. Windows that overlap count as they do for a drain.

  Options:
    --until TIME    when the drain would end: 16:00 (the next one),
                    "2026-11-30 18:00", 2026-11-30T17:00Z; none for no end
    --for SPAN      how long it would last: 2h, 90m, 1h30m; at most 30d
    --at TIME       when it would begin (default: now); needs an end. Judged by
                    the windows of that time, and by the health of today
    --control PATH  the control socket of the daemon
                    (default: /run/rondo/control.sock)
    -h, --help      show this

  Examples:
    rondo may-drain ex1
    rondo may-drain ex1 --at 18:00 --for 2h
    rondo may-drain ex1 --for 1h && rondo drain ex1 --for 1h

  Exit status: 0 yes, 1 no, or there is no such node, 2 wrong usage, 3 no daemon
  answers.

  """

private let maintenanceHelp = """
  Shows which nodes are drained, which windows are planned, and what is over in
  the past fortnight: who, when, why, and how it ended.

  Usage: rondo maintenance [OPTION]...

  Options:
    --json              print it as JSON, for other programs such as those that
                        set the downtimes of a monitoring system
    --status ADDR:PORT  ask the daemon whose status port is here
                        (default: 127.0.0.1:8053)
    -h, --help          show this

  Examples:
    rondo maintenance
    rondo maintenance --json

  Exit status: 0 shown, 1 no daemon answers, 2 wrong usage. What is overdue or
  held back is a warning of "rondo status".

  """

private let versionHelp = """
  Prints the version of this program.

  Usage: rondo version

  Exit status: 0 printed, 2 wrong usage.

  """
