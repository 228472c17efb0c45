// `--help` of the commands by which an operator takes nodes out of the answers and back.

/// What an admin state is shown with, as the help of each command that sets one has it.
private let byOption = """
    --by NAME       the name to show for it, for scripts; the user who runs
                    the command is shown beside it
  """

/// The last options of each command that reaches the daemon by its control socket.
let controlOption = """
    --control PATH  the control socket of the daemon
                    (default: /run/rondo/control.sock)
    -h, --help      show this
  """

let drainHelp = """
  Takes nodes out of the answers of all pools, so that they can be worked on. New
  clients are sent to the others; clients that know the address go on using it
  for as long as caches keep it (the TTL) and connections last. Checks go on. A
  node stays drained over a reload and a restart, until its end or "rondo resume".

  Usage: rondo drain NODE... [OPTION]...

  All nodes are drained, or none. A drain with an end (--until, --for) ends by
  itself, once the checks of the node pass; until they do it is overdue, which is
  a warning in the status. A drain without an end lasts until "rondo resume", and
  is overdue after 24 hours. Draining a drained node changes its reason, and its
  end if one is given.

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
  \(byOption)
    --wait          return only once the nodes are quiet: once no cache has
                    their addresses any more, as "rondo quiet" says; not with
                    --at
    --force         do it although a pool is left with too few nodes
  \(controlOption)

  Times without a zone are those of this host. A time that does not exist, or
  exists twice, in the night when clocks change is refused.

  At the end it prints when the nodes will be quiet: when the last cached copy of
  an answer with their addresses expires.

  Examples:
    rondo drain ex1 --reason patch-day --until 16:00
    rondo drain ex1 --wait && ssh ex1 reboot
    rondo drain ex1 --at 18:00 --for 2h
    rondo drain ex1 ex3 --for 90m
    rondo resume ex1

  Exit status: 0 drained or planned (also if it was already), 1 refused, or no
  daemon answers, 2 wrong usage.

  """

let forceHelp = """
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
  \(byOption)
  \(controlOption)

  Examples:
    rondo force ex1 up --reason wrong-check
    rondo force ex1 up --for 1h

  Exit status: 0 forced (also if it was already), 1 there is no such node, or no
  daemon answers, 2 wrong usage.

  """

let resumeHelp = """
  Ends "rondo drain" or "rondo force": the checks of the nodes decide again, at
  once, by their current results. They ran all along.

  Usage: rondo resume NODE... [OPTION]...

  What is planned stays planned, and is named. With --planned it is the other way
  round: the planned windows of the nodes are cancelled, and a node that is out
  stays out.

  Options:
    --planned       cancel the planned windows, and leave what holds now
  \(byOption)
  \(controlOption)

  Examples:
    rondo resume ex1
    rondo resume ex1 ex3 --planned

  Exit status: 0 resumed (also if it was ready), 1 there is no such node,
  or no daemon answers, 2 wrong usage.

  """

let quietHelp = """
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
  \(controlOption)

  Examples:
    rondo quiet ex1
    rondo quiet ex1 --wait && ssh ex1 reboot

  Exit status: 0 quiet, 1 not yet, or no daemon answers, 2 wrong usage.

  """

let mayDrainHelp = """
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
  \(controlOption)

  Examples:
    rondo may-drain ex1
    rondo may-drain ex1 --at 18:00 --for 2h
    rondo may-drain ex1 --for 1h && rondo drain ex1 --for 1h

  Exit status: 0 yes, 1 no, or there is no such node, 2 wrong usage, 3 no daemon
  answers.

  """

let maintenanceHelp = """
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
