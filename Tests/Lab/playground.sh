# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2154 # text for other programs in single quotes; names that other files set or use
# The playground of `scripts/lab --stay`: what it prints, and the faults and hosts that its user asks for.

playground() {
  local host
  for host in ns1 ns2; do await 20 "OK of $host" says $host '^OK'; done
  show_map
  # Without a terminal on standard input it stays until a signal comes.
  read -r || sleep infinity
}

show_map() {
  cat <<END_OF_MAP
The lab is up. Its page is docs/lab.md.

  site nord: ${network4[nord]}.0/24                            site sued: ${network4[sued]}.0/24
  ns1 .53  Rondo                                  ns2 .53  Rondo
  ex1 .11  nginx, Postfix, Dovecot                ex2 .11  nginx, Postfix, Dovecot
        └────── nord ────── nord-sued ────── sued ──────┘
                  └ office-nord ─ office ─ office-sued ┘
                                    │
  ${network4[office]}.0/24: unbound .3, bind .4, parent .5, pc1 .101 (asks unbound), pc2 .102 (asks bind)

In another terminal, as root:

  scripts/lab --on pc1 dig +noall +answer mail.$domain
  scripts/lab --on pc1 curl https://mail.$domain/owa/healthcheck.htm
  scripts/lab --on ns1 rondo status --watch
  scripts/lab --on ns1 rondo drain ex1 --wait
  scripts/lab --on ns1                                 a shell there
  scripts/lab --do page ex1 ill                        OWA on ex1 answers 503
  scripts/lab --do pull nord-sued                      the line between the sites is cut
  scripts/lab --do restore all                         all lines and cables again
  scripts/lab --do                                     all verbs

Enter or Ctrl-C ends it all.
END_OF_MAP
}

# A command on a host, with rondo in reach and the authority of the lab for curl, or a shell: visit_host HOST [COMMAND...]
visit_host() {
  (($# > 0)) || fail "--on needs a host; they are ${routers[*]} ${stations[*]}" 2
  is_host "$1" || fail "there is no host $1; they are ${routers[*]} ${stations[*]}" 2
  local host=$1
  shift
  if (($# == 0)); then set -- bash; fi
  enter "$host"
  exec "${entry[@]}" env PATH="$work:$PATH" CURL_CA_BUNDLE="$work/ca.pem" "$@"
}

verbs() {
  cat <<END_OF_VERBS
scripts/lab --do pull LINK|HOST         cut a line, or pull the cable of a host
scripts/lab --do lose LINK PERCENT      lose packets on a line
scripts/lab --do restore LINK|HOST|all  as it was
scripts/lab --do page NODE healthy|ill|wrong-node
                                        what the health page says
scripts/lab --do smtp NODE open|closed  take mail, or say 421
scripts/lab --do certificate NODE full|short
                                        with or without the name old.$domain
scripts/lab --do stop HOST SERVER       end a server
scripts/lab --do kill HOST SERVER       the same with SIGKILL
scripts/lab --do start HOST SERVER      start it

Lines: ${links[*]}. Hosts: ${stations[*]}.
Servers: rondo on ns1 and ns2; nginx, postfix and dovecot on ex1 and ex2;
unbound on unbound; named on bind and parent.
END_OF_VERBS
}

do_verb() {
  local verb=${1-}
  case $verb/$# in
    /*) verbs ;;
    pull/2 | restore/2 | lose/3)
      if [[ $verb/$2 == restore/all ]]; then
        restore_all
        return
      fi
      is_link "$2" || [[ $verb != lose && -e $work/$2/router ]] || fail "there is no line or cable $2; see --do" 2
      [[ $verb != lose || $3 =~ ^(100|[1-9][0-9]?)$ ]] || fail "lose takes 1 to 100 percent" 2
      "$@"
      ;;
    page/3 | smtp/3 | certificate/3)
      [[ $2 == ex1 || $2 == ex2 ]] || fail "nodes are ex1 and ex2" 2
      [[ "$verb/$3" =~ ^(page/(healthy|ill|wrong-node)|smtp/(open|closed)|certificate/(full|short))$ ]] ||
        fail "$verb does not take $3; see --do" 2
      "$@"
      ;;
    start/3 | stop/3 | kill/3)
      is_host "$2" || fail "there is no host $2; see --do" 2
      case $verb in
        start) start "$2" "$3" ;;
        stop) stop "$2" "$3" ;;
        kill) stop "$2" "$3" KILL ;;
      esac
      ;;
    *) fail "wrong verb or number of words; --do alone lists the verbs" 2 ;;
  esac
}

title_P1='the commands of docs/lab.md print what the page shows'
scenario_P1() {
  local begun count
  begun=$(now)
  count=$(RONDO_LAB=$work timeout 240 perl "$sources/page.pl" "$repository/docs/lab.md" "$repository/scripts/lab" 2>&1) ||
    wrong+=("$count") count="not all commands"
  ok "$(seconds_since "$begun")" 120 "the walk of docs/lab.md: $count"
}
