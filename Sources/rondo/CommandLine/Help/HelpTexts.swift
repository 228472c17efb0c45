// What `--help` says, for administrators who know mail and not DNS: at most 80 columns, examples, exit codes.

/// The help for one command, or the overview for none.
func helpText(_ command: Command?) -> String {
  switch command {
  case nil, .help: overviewHelp
  case .serve: serveHelp
  case .check: checkHelp
  case .initialize: initHelp
  case .status: statusHelp
  case .monitor: monitorHelp
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
    monitor             says the same to Nagios, Icinga, Checkmk or PRTG
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

  Exit status: 0 done, 1 not done or something is wrong, 2 wrong usage; those of
  "rondo status" and "rondo monitor" are in their --help.

  """

private let versionHelp = """
  Prints the version of this program.

  Usage: rondo version

  Exit status: 0 printed, 2 wrong usage.

  """
