# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2154 # text for other programs in single quotes; names that other files set or use
# Scenarios in which a mail node falls ill: S1, S2, S4, S10, S11, S12.

title_S1='the health page of OWA on ex1 answers 503, its port stays open: ex1 leaves mail and stays in smtp'
scenario_S1() {
  local fault
  start_visits
  fault=$(now)
  page ex1 ill
  settle "$fault" 60 mail ex2 "${views[@]}"
  stays "$fault" smtp ex1,ex2 "${views[@]}"
  stays "$fault" imap ex1,ex2 "${views[@]}"
  ok "$slowest" $((until_seen + ttl + leeway)) \
    "503 for OWA on ex1: mail is ex2 at $times s; smtp and imap keep both; $(visits_since "$fault")"
}

title_S2='Postfix on ex1 says 421 4.3.2: maintenance, no alarm, and ex1 leaves smtp'
scenario_S2() {
  local fault host
  fault=$(now)
  smtp ex1 closed
  settle "$fault" 60 smtp ex2 "${views[@]}"
  stays "$fault" mail ex1,ex2 "${views[@]}"
  for host in ns1 ns2; do holds "$host: $(summary $host)" says $host '^OK.*maintenance'; done
  ok "$slowest" $((until_seen + ttl + leeway)) "421 4.3.2 from ex1: smtp is ex2 at $times s; ns1: $(summary ns1)"
}

title_S4='OWA is ill on both nodes: both go on being answered, SERVICE LOST, and the log says why'
scenario_S4() {
  local fault host
  fault=$(now)
  page ex1 ill
  page ex2 ill
  await_status "$fault" 30 '^SERVICE LOST' ns1 ns2
  # Past the last cached answer of the time before, and of the moment at which one had left.
  sleep $((ttl + 1))
  never_empty "$fault" mail "${views[@]}"
  settle "$fault" 60 mail ex1,ex2 "${views[@]}"
  for host in ns1 ns2; do
    holds "the log of $host has no pool-fail-open" grep -q 'pool-fail-open pool=access' "$work/$host/rondo.log"
    holds "the log of $host does not say why" grep -q 'address-down node=ex2 .*503' "$work/$host/rondo.log"
  done
  ok "$noticed" $((until_seen + leeway)) "503 on both: $(summary ns1); no answer was empty, all have both nodes"
}

# For how long ex1 was out over IPv4, each time, by the log: outages HOST CHECK
outages() {
  awk -v check="$2" '
    function seconds(stamp) { split(stamp, t, /[T:Z]/); return t[2] * 3600 + t[3] * 60 + t[4] }
    index($0, check " ") == 0 || !/node=ex1 address=[0-9.]+ / { next }
    $3 == "address-down" { down = seconds($1) }
    $3 == "address-up" && down != "" {
      out = seconds($1) - down
      printf "%s%.0f", count++ ? ", " : "", out < 0 ? out + 86400 : out
      down = ""
    }' "$work/$1/rondo.log"
}

# Its changes over IPv4: changes HOST
changes() { grep -cE 'address-(up|down) node=ex1 address=[0-9.]+ check=owa' "$work/$1/rondo.log" || true; }

# Whether a list of outages, as in "9, 10, 22, 41", shows holds of 10, 20 and 40 s from the second on.
grows() {
  awk -v list="$1" 'BEGIN { exit !(split(list, out, ", ") == 4 && out[2] >= 10 && out[3] >= 20 && out[4] >= 40) }'
}

title_S10='ex1 swings every 20 s: it is held down longer each time, and the number of changes is bounded'
scenario_S10() {
  local turn healed host out hold=40
  for ((turn = 0; turn < 3; turn++)); do
    page ex1 ill
    sleep 10
    page ex1 healthy
    sleep 10
  done
  settle "$(now)" 60 mail ex1,ex2 ns1 ns2
  # Once more, as soon as it is back.
  page ex1 ill
  settle "$(now)" 30 mail ex2 ns1 ns2
  healed=$(now)
  page ex1 healthy
  settle "$healed" 90 mail ex1,ex2 "${views[@]}"
  for host in ns1 ns2; do
    # The first verdict, and out and back four times.
    holds "$host counts $(changes $host) changes" at_most "$(changes $host)" 9
    out=$(outages $host check=owa)
    holds "$host: out for $out s, and not for 10, 20 and 40 s or more" grows "$out"
  done
  ok "$slowest" $((until_back + hold + ttl + leeway)) \
    "503 four times: out for $out s, $(changes ns2) changes of an address in the log of ns2; after the last 503 mail has\
 both nodes at $times s"
}

title_S11='ex1 answers as if it were ex2: WRONG NODE, and ex1 leaves mail'
scenario_S11() {
  local fault host
  fault=$(now)
  page ex1 wrong-node
  settle "$fault" 60 mail ex2 "${views[@]}"
  for host in ns1 ns2; do
    holds "the status of $host does not say wrong node" \
      bash -c "nsenter --target $(<"$work/hosts/$host") --mount --net -- '$work/rondo' status | grep -q 'wrong node'"
  done
  ok "$slowest" $((until_seen + ttl + leeway)) \
    "ex1 names ex2: mail is ex2 at $times s; $(grep -o 'reason="wrong node[^"]*"' "$work/ns1/rondo.log" | head -n 1)"
}

title_S12='the certificate of ex1 lacks the old name: a warning, and the node stays'
scenario_S12() {
  local fault host
  fault=$(now)
  certificate ex1 short
  await_status "$fault" 30 '^WARNING.*certificate' ns1 ns2
  for host in ns1 ns2; do holds "$host does not name old.$domain" says $host "old\\.$domain"; done
  sleep $((ttl + 1))
  stays "$fault" mail ex1,ex2 "${views[@]}"
  ok "$noticed" $((until_seen + leeway)) "$(summary ns1); both nodes stay in all answers"
}
