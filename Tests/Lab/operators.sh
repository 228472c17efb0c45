# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2154 # text for other programs in single quotes; names that other files set or use
# Scenarios of operators and of askers: S5, S6, S7, S8, S13, S15.

title_S5='ex1 is drained: "--wait" returns once no cache has it, and no connection comes after that'
scenario_S5() {
  local fault host waiting=() last
  start_visits
  sleep 2
  fault=$(now)
  for host in ns1 ns2; do
    rondo_on $host drain ex1 --wait --reason "patch day" >"$work/$host/drain.log" 2>&1 &
    waiting+=($!)
  done
  for host in "${waiting[@]}"; do wait "$host" || wrong+=("drain --wait failed: $(cat "$work"/ns?/drain.log)"); done
  local quiet
  quiet=$(seconds_since "$fault")
  sleep 3
  settle "$fault" 30 mail ex2 "${views[@]}"
  last=$(awk -v since="$fault" -v v4="$(address_of ex1 4)" -v v6="$(address_of ex1 6)" '
    $1 >= since && ($4 == v4 || $4 == v6) { last = $1 - since } END { printf "%.1f", last }' "$work/visits")
  holds "a visit to ex1 began $last s after the drain" at_most "$last" "$quiet"
  holds "the last resolver left ex1 after $slowest s" at_most "$slowest" "$quiet"
  # Two seconds is what a quiet time may be late.
  ok "$quiet" $((ttl + 2 + leeway)) \
    "quiet on both after the drain; mail is ex2 at $times s; the last connection to ex1 began at $last s;\
 $(visits_since "$fault")"
}

title_S6='ex2 is to be drained while ex1 is: refused'
scenario_S6() {
  local fault host status
  fault=$(now)
  for host in ns1 ns2; do
    holds "$host does not drain ex1" rondo_on $host drain ex1 >"$work/$host/drain.log" 2>&1
  done
  for host in ns1 ns2; do
    status=0
    rondo_on $host drain ex2 >"$work/$host/refusal.log" 2>&1 || status=$?
    holds "the exit status of $host is $status" test $status = 1
  done
  settle "$fault" 30 mail ex2 "${views[@]}"
  ok "$slowest" $((ttl + leeway)) \
    "mail is ex2 at $times s; \"drain ex2\": $(head -n 1 "$work/ns1/refusal.log" | cut -d ';' -f 1)"
}

title_S7='a reload of a file with a slip: the old data is served, exit status 1, and the line is shown'
scenario_S7() {
  local fault host status took
  fault=$(now)
  for host in ns1 ns2; do
    sed -i 's/ROTATE mailbox$/ROTATE mailbxo/' "$work/$host/mail.zone"
    status=0
    rondo_on $host reload >"$work/$host/reload.log" 2>&1 || status=$?
    holds "the exit status of $host is $status" test $status = 1
    holds "$host does not show the place" grep -qE 'mail.zone:[0-9]+:[0-9]+: error: .*mailbxo' "$work/$host/reload.log"
  done
  took=$(seconds_since "$fault")
  # Longer than what was cached before.
  sleep $((ttl + 1))
  stays "$fault" mail ex1,ex2 "${views[@]}"
  stays "$fault" imap ex1,ex2 "${views[@]}"
  holds "ns1: $(summary ns1)" says ns1 'reload'
  for host in ns1 ns2; do
    zone_file >"$work/$host/mail.zone"
    holds "$host refuses the file without the slip" rondo_on $host reload >"$work/$host/reload-again.log" 2>&1
  done
  ok "$took" "$leeway" \
    "exit status 1, $(grep -m 1 -oE 'mail.zone:.*error: [^;]*' "$work/ns1/reload.log"); all answers as before"
}

title_S8='the nodes lose their IPv6 addresses: AAAA is "no such record" with a SOA, never "no such name"'
scenario_S8() {
  local fault host kinds
  for host in ns1 ns2; do
    zone_file | sed -E 's/^(\$NODE +ex[12] +[0-9.]+) +[0-9a-f:]+/\1/' >"$work/$host/mail.zone"
  done
  fault=$(now)
  for host in ns1 ns2; do
    # That pools lose their last node in a family is what a reload must be forced to.
    holds "$host does not reload" rondo_on $host reload --force >"$work/$host/reload.log" 2>&1
  done
  settle_type=AAAA settle "$fault" 30 mail NODATA "${views[@]}"
  holds "NXDOMAIN was given" test "$(count_results "$fault" mail 'NXDOMAIN|EMPTY|SERVFAIL' "${views[@]}")" = 0
  local took=$slowest told_times=$times
  settle_type=A settle "$fault" 40 mail ex1,ex2 "${views[@]}"
  # What browsers ask for as well.
  kinds=$(for host in "${views[@]}"; do
    on pc1 dig +noall +comments +authority "@$(address_of "$host" 4)" mail."$domain" HTTPS
  done | grep -cE 'status: NOERROR|	SOA	' || true)
  holds "type HTTPS is not answered by NOERROR and a SOA everywhere" test "$kinds" = 8
  ok "$took" $((ttl + leeway)) "AAAA of mail is NOERROR with a SOA at $told_times s; HTTPS too; A stays"
}

title_S13='an old name that nobody has asked for in 14 days is reported'
scenario_S13() {
  local begun
  begun=$(now)
  on pc1 dig +short "@$(address_of ns1 4)" old."$domain" >/dev/null
  lacks "Rondo does not remember when a name was last asked for"
  ok "$(seconds_since "$begun")" "$leeway" "the name is answered"
}

title_S15='1000 queries of garbage a second at both Rondos: no crash, counters grow, answers stay right'
scenario_S15() {
  local fault host before after slow flood=()
  before=("$(malformed ns1)" "$(malformed ns2)")
  fault=$(now)
  for host in ns1 ns2; do
    on pc2 perl "$sources/flood.pl" "$(address_of $host 4)" 1000 10 "$seed" >"$work/$host/flood.log" 2>&1 &
    flood+=($!)
  done
  wait "${flood[@]}" || wrong+=("the flood: $(cat "$work"/ns?/flood.log)")
  for host in ns1 ns2; do holds "Rondo on $host has ended" is_running $host rondo; done
  after=("$(malformed ns1)" "$(malformed ns2)")
  holds "the counter of ns1 did not grow by 1000" at_most $((before[0] + 1000)) "${after[0]}"
  holds "the counter of ns2 did not grow by 1000" at_most $((before[1] + 1000)) "${after[1]}"
  stays "$fault" mail ex1,ex2 "${views[@]}"
  settle "$fault" 5 mail ex1,ex2 "${views[@]}"
  slow=$(awk -v since="$fault" '$1 >= since && $6 > most { most = $6 } END { print most + 0 }' "$work/watch")
  ok "$slowest" "$leeway" \
    "seed $seed, $(<"$work/ns1/flood.log") at each; malformed ${before[0]} to ${after[0]} at ns1,\
 ${before[1]} to ${after[1]} at ns2; the slowest of all right answers took $slow ms"
}

# Messages that Rondo could not read: malformed HOST
malformed() {
  { rondo_on "$1" status --json || true; } | grep -oE '"malformed": ?[0-9]+' |
    awk '{ gsub(/[^0-9]/, ""); sum += $0 } END { print sum + 0 }'
}
