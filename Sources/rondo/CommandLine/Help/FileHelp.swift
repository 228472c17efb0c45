// `--help` of the commands that need no daemon: they work on files, or ask a DNS server.

let checkHelp = """
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

let initHelp = """
  Writes a first zone config file, mail.zone, for names and nodes that you give,
  with comments. Its text is checked as by "rondo check" first; if there is an
  error, nothing is written. An existing file is never overwritten.

  Usage: rondo init --name NAME... --node NODE... [OPTION]... [DIR]

  Say how the nodes are tested with --check or --profile. DIR is the directory
  to write to, by default the current one. The packaged service reads
  /etc/rondo/mail.zone.

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

  Exit status: 0 written, 1 not written (the file exists, an error in what was
  given, ...), 2 wrong usage.

  """

let timelineHelp = """
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

let queryHelp = """
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
    --time SECONDS   how long to wait for an answer, 1 to 60 (+time, default: 5)
    --tries N        how often to ask over UDP, 1 to 10 (+tries, default: 3)
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
