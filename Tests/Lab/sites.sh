# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2154 # text for other programs in single quotes; names that other files set or use
# Scenarios in which a site, a line or a Rondo is lost: S3, S9, S14, and W1 and W2, of the line between the sites.

title_S3='site nord loses its lines: ns2 keeps ex2, says so, and no answer is empty; then ns1 loses its cable: ISOLATED'
scenario_S3() {
  local fault first answer lost seen
  start_visits
  sleep 1
  fault=$(now)
  pull office-nord
  pull nord-sued
  settle "$fault" 60 mail ex2 "${resolvers[@]}" ns2
  first="mail is ex2 at $times s"
  lost=$slowest
  seen=$(visits_since "$fault")
  never_empty "$fault" mail "${resolvers[@]}" ns2
  holds "ns2: $(summary ns2)" says ns2 '^REDUNDANCY LOST'
  first+=", $(count_results "$fault" mail silence "${resolvers[@]}") lookups without a reply; ns2: $(summary ns2); $seen"
  fault=$(now)
  restore office-nord
  restore nord-sued
  settle "$fault" 60 mail ex1,ex2 "${views[@]}"
  holds "the way back took $slowest s" at_most "$slowest" $((until_back + ttl + second_try + leeway))
  first+="; back in all at $slowest s"
  # Both see all nodes again before the cable is pulled.
  await_status "$fault" 30 '^OK' ns1 ns2
  fault=$(now)
  pull ns1
  await_status "$fault" 30 '^ISOLATED' ns1
  holds "ISOLATED took $noticed s" at_most "$noticed" $((until_missed + leeway))
  answer=$(rondo_on ns1 query mail."$domain" "@$(address_of ns1 4)" +short | sort | paste -s -d ' ')
  holds "cut off, ns1 answers $answer" test "$answer" = "$(address_of ex1 4) $(address_of ex2 4)"
  ok "$lost" $((until_missed + ttl + second_try + leeway)) \
    "$first; ns1 without its cable: ISOLATED after $noticed s, keeps its view"
}

# Ends Rondo and starts it; sets `slowest` to the seconds from the signal to its first answer: restart HOST SIGNAL
restart() {
  local begun over
  begun=$(now)
  stop "$1" rondo "$2"
  over=$(now)
  start "$1" rondo
  settle "$over" 20 mail ex2 "$1"
  slowest=$(awk -v a="$slowest" -v b="$(seconds_since "$begun" "$over")" 'BEGIN { printf "%.1f", a + b }')
}

title_S9='both Rondos are started anew while ex1 is down, one by SIGTERM, one by SIGKILL: no answer has ex1'
scenario_S9() {
  local fault first
  page ex1 ill
  settle "$(now)" 60 mail ex2 "${views[@]}"
  fault=$(now)
  restart ns1 TERM
  first="ns1 after SIGTERM $slowest s"
  holds "ns1 took $slowest s" at_most "$slowest" $((3 + leeway))
  restart ns2 KILL
  holds "ex1 was answered after a restart" test "$(count_results "$fault" mail '.*ex1.*' "${views[@]}")" = 0
  never_empty "$fault" mail "${resolvers[@]}"
  # As long as a start may wait for first results.
  ok "$slowest" $((3 + leeway)) "first answer without ex1: $first, ns2 after SIGKILL $slowest s; none had ex1"
}

title_S14='the two Rondos have different files: a warning within a minute'
scenario_S14() {
  local fault host seen=0
  zone_file | sed 's/^\$POOL  access .*/$POOL  access   ex2  check=owa/' >"$work/ns1/mail.zone"
  fault=$(now)
  rondo_on ns1 reload >"$work/ns1/reload.log" 2>&1 || wrong+=("the reload: $(<"$work/ns1/reload.log")")
  settle "$fault" 30 mail ex2 ns1
  sleep 10
  for host in ns1 ns2; do if says $host '(differ|other Rondo|peer)'; then seen=1; fi; done
  stays "$fault" mail ex1,ex2 ns2
  if ((seen == 0)); then lacks "two Rondos do not compare their files: no warning"; fi
  ok "$slowest" "$leeway" "each answers by its own file, ns1 ex2, ns2 ex1 and ex2"
}

title_W1='the line between the sites is cut: each Rondo answers what it sees, and no answer is empty'
scenario_W1() {
  local fault
  start_visits
  sleep 1
  fault=$(now)
  pull nord-sued
  settle "$fault" 30 mail ex1 ns1
  settle "$fault" 30 mail ex2 ns2
  sleep "$ttl"
  never_empty "$fault" mail "${views[@]}"
  holds "a lookup had no reply" test "$(count_results "$fault" mail silence "${views[@]}")" = 0
  ok "$slowest" $((until_missed + leeway)) \
    "nord-sued is cut: ns1 answers ex1, ns2 ex2, both of which clients reach; no answer empty; $(visits_since "$fault")"
}

title_W2='the line between the sites loses 5 % of all packets: no node leaves'
scenario_W2() {
  local fault count
  fault=$(now)
  lose nord-sued 5
  sleep 20
  stays "$fault" mail ex1,ex2 "${views[@]}"
  settle "$fault" 5 mail ex1,ex2 "${views[@]}"
  count=$(lost nord-sued)
  holds "only $count packets were lost" at_most 5 "$count"
  ok "$slowest" "$leeway" "$count packets lost in 20 s: all clients have both nodes all the time"
}
