# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2154 # text for other programs in single quotes; names that other files set or use
# From the moment of a fault to the right answer at each client: what is asked meanwhile, and what is made of it.
#
# watch.pl asks on, from one host, and writes a line for each reply into $work/watch. A scenario injects its fault, notes
# the time, and reads those lines until all views are right.

# Where the name is looked up: through the resolvers (BIND over IPv6), and at both Rondos (ns2 over IPv6).
readonly views=(unbound bind ns1 ns2)
readonly resolvers=(unbound bind)

# What runs beside a scenario.
helpers=()

now() { echo "$EPOCHREALTIME"; }

# seconds_since TIME [TIME]: with one decimal
seconds_since() { awk -v from="$1" -v to="${2-$EPOCHREALTIME}" 'BEGIN { printf "%.1f", to - from }'; }

# at_most A B: whether a number, perhaps with decimals, is no more than another
at_most() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a != "" && a + 0 <= b + 0) }'; }

start_watch() {
  local nodes=() node version
  : >"$work/watch"
  for node in ex1 ex2; do
    for version in 4 6; do nodes+=("$node=$(address_of $node $version)"); done
  done
  enter pc1
  "${entry[@]}" perl "$sources/watch.pl" "unbound=$(address_of unbound 4)" "bind=$(address_of bind 6)" \
    "ns1=$(address_of ns1 4)" "ns2=$(address_of ns2 6)" -- "${nodes[@]}" \
    -- mail."$domain"/A mail."$domain"/AAAA smtp."$domain"/A imap."$domain"/A >"$work/watch" 2>"$work/watch.errors" &
  helpers+=($!)
}

# Clients that open the health page again and again: over IPv4, for of two IPv6 addresses the C library always takes the
# one that is more like its own. A line "TIME HOST STATUS ADDRESS" for each visit.
start_visits() {
  local host
  : >"$work/visits"
  for host in pc1 pc2; do
    enter $host
    # shellcheck disable=SC2016 # expanded by the other shell
    "${entry[@]}" bash -c 'while :; do
      begun=$EPOCHREALTIME
      seen=$(curl --ipv4 --silent --output /dev/null --max-time 5 --cacert "$2" \
        --write-out "%{http_code} %{remote_ip}" "$3")
      echo "$begun $1 $seen"
      sleep 0.2
    done' visits $host "$work/ca.pem" "https://mail.$domain/owa/healthcheck.htm" >>"$work/visits" 2>/dev/null &
    helpers+=($!)
  done
}

# visits_since TIME: "12 visits, 3 failed, the last after 1.2 s"
visits_since() {
  awk -v since="$1" '
    $1 < since { next }
    { visits++ }
    $3 != 200 { failed++; last = $1 - since }
    END {
      printf "%d visits with curl, %d failed", visits, failed
      if (failed) printf ", the last begun after %.1f s", last
    }
  ' "$work/visits"
}

# settle SINCE LIMIT NAME RESULT VIEW...: waits until each view gives this result, for IPv6 too where that is asked; with
# `settle_type` for this type alone.
#
# Sets `slowest` to the seconds from then to the first right answer of the slowest view, no wrong one after it, and
# `times` to those of each view. Fails after LIMIT seconds.
settle() {
  local since=$1 limit=$2 name=$3 result=$4 output
  shift 4
  while :; do
    output=$(awk -v type="${settle_type-}" -v since="$since" -v name="$name.$domain" -v want="$result" -v views="$*" '
      BEGIN { count = split(views, list, " "); for (i = 1; i <= count; i++) wanted[list[i]] = 1 }
      !($2 in wanted) || $3 != name || $1 < since || NF < 6 || (type != "" && $4 != type) { next }
      { key = $2 " " $4; seen[key] = $5 }
      $5 == want { if (!(key in right)) right[key] = $1 - since; next }
      { delete right[key] }
      END {
        for (i = 1; i <= count; i++) {
          most = -1
          for (key in seen) {
            split(key, part, " ")
            if (part[1] != list[i]) continue
            if (!(key in right)) { print "missing", list[i], seen[key]; exit }
            if (right[key] > most) most = right[key]
          }
          if (most < 0) { print "missing", list[i], "silence"; exit }
          if (most > slowest) slowest = most
          text = text sprintf("%s%s %.1f", i > 1 ? ", " : "", list[i], most)
        }
        printf "%.1f %s\n", slowest, text
      }' "$work/watch")
    slowest=${output%% *}
    times=${output#* }
    [[ $slowest == missing ]] || return 0
    if ! at_most "$(seconds_since "$since")" "$limit"; then
      wrong+=("$name is not $result after $limit s: ${times/ / gives }")
      slowest=- times=-
      return 0
    fi
    sleep 0.2
  done
}

# count_results SINCE NAME PATTERN VIEW...: how many replies have such a result
count_results() {
  awk -v since="$1" -v name="$2.$domain" -v pattern="^($3)\$" -v views="${*:4}" '
    BEGIN { count = split(views, list, " "); for (i = 1; i <= count; i++) wanted[list[i]] = 1 }
    $1 >= since && $3 == name && ($2 in wanted) && $5 ~ pattern { found++ }
    END { print found + 0 }' "$work/watch"
}

# No answer was without an address: never_empty SINCE NAME VIEW...
never_empty() {
  local count
  count=$(count_results "$1" "$2" 'NODATA|EMPTY|SERVFAIL|NXDOMAIN' "${@:3}")
  ((count == 0)) || wrong+=("$count answers for $2 had no address")
}

# holds WHAT COMMAND...: notes a thing that must hold and does not
holds() {
  local what=$1
  shift
  "$@" || wrong+=("$what")
}

# Never another result than this since then: stays SINCE NAME RESULT VIEW...
stays() {
  local others
  others=$(awk -v since="$1" -v name="$2.$domain" -v want="$3" -v views="${*:4}" '
    BEGIN { count = split(views, list, " "); for (i = 1; i <= count; i++) wanted[list[i]] = 1 }
    $1 >= since && NF >= 6 && $3 == name && ($2 in wanted) && $5 != want {
      print $2, "gives", $5, "after", $1 - since, "s"
      exit
    }
  ' "$work/watch")
  [[ -z $others ]] || wrong+=("$2 did not stay $3: $others")
}

# --- what a Rondo says ---

# rondo_on HOST COMMAND...
rondo_on() { on "$1" "$work/rondo" "${@:2}"; }

# The first line of the status: summary HOST
summary() { rondo_on "$1" status 2>&1 | head -n 1 || true; }

says() { [[ $(summary "$1") =~ $2 ]]; }

# Waits until the status of each host begins so: await_status SINCE LIMIT PATTERN HOST...; sets `noticed` to the seconds.
await_status() {
  local since=$1 limit=$2 pattern=$3 host
  shift 3
  for host; do
    until says "$host" "$pattern"; do
      if ! at_most "$(seconds_since "$since")" "$limit"; then
        wrong+=("the status of $host is not \"$pattern\" after $limit s: $(summary "$host")")
        break
      fi
      sleep 0.1
    done
  done
  noticed=$(seconds_since "$since")
}

# --- running scenarios ---

# Both Rondos, resolvers and nodes as at first, and all views with both nodes; then asks on.
fresh() {
  local host node helper
  for helper in "${helpers[@]}"; do
    kill "$helper" 2>/dev/null || true
    wait "$helper" 2>/dev/null || true
  done
  helpers=()
  restore_all
  for node in ex1 ex2; do
    page $node healthy
    certificate $node full
    smtp $node open
    for host in nginx postfix dovecot; do start $node $host; done
  done
  for host in ns1 ns2; do zone_file >"$work/$host/mail.zone"; done
  for host in "${!site_of[@]}"; do if [[ -d $work/$host ]]; then keep_log "$host"; fi; done
  start_answering
  start_watch
  settle "$(now)" 20 mail ex1,ex2 "${views[@]}"
  for host in ns1 ns2; do await 20 "OK of $host" says $host '^OK'; done
}

# Begins the logs of a host anew. What runs appends to them.
keep_log() {
  local log
  for log in "$work/$1"/*.log; do if [[ -e $log ]]; then : >"$log"; fi; done
}

# ok TIME BOUND TEXT: the result of a scenario; a time over its bound is a failure
ok() {
  if ((${#wrong[@]} == 0)) && ! at_most "$1" "$2"; then wrong+=("$1 s are more than the bound"); fi
  measured=$1 bound=$2 told=$3
}

# A part of a scenario that Rondo has nothing for yet.
lacks() { lacking=$1; }

# run_scenario ID: prints its line, and keeps the logs if it failed; counts in `failed` and `absent`
run_scenario() {
  local id=$1 word=ok
  wrong=() lacking='' measured=- bound=- told=''
  fresh
  "scenario_$id"
  if ((${#wrong[@]} > 0)); then
    word=FAILED
    told="$(printf '%s; ' "${wrong[@]}")$told"
    failed=$((failed + 1))
    keep "$id"
    told+="; logs: $kept/$id"
  elif [[ -n $lacking ]]; then
    word="not there"
    absent=$((absent + 1))
    told="$lacking; what there is: $told"
  fi
  printf '%-3s %s %s s (bound %s s): %s\n' "$id" "$word" "$measured" "$bound" "$told"
}

# Ends the lab for what is no fault of Rondo as a rule: fail_in_lab TEXT
fail_in_lab() {
  trap - ERR
  keep lab
  fail "$1; logs: $kept/lab"
}

# Copies what was seen to a folder that outlives the lab.
keep() {
  local host log
  kept=${kept:-$(mktemp -d "${TMPDIR:-/tmp}/rondo-lab-logs.XXXXXX")}
  mkdir -p "$kept/$1"
  for host in ns1 ns2 ex1 ex2 unbound bind parent; do
    [[ -d $work/$host ]] || continue
    for log in "$work/$host"/*.log; do
      if [[ -s $log ]]; then cp "$log" "$kept/$1/$host-${log##*/}"; fi
    done
  done
  for host in ns1 ns2; do
    [[ -e $work/$host/mail.zone ]] || continue
    cp "$work/$host/mail.zone" "$kept/$1/$host.zone"
    timeout 3 nsenter --target "$(<"$work/hosts/$host")" --mount --net --uts -- "$work/rondo" status --json \
      >"$kept/$1/$host-status.json" 2>&1 || true
  done
  for log in watch visits openssl.log; do
    if [[ -s $work/$log ]]; then cp "$work/$log" "$kept/$1/$log"; fi
  done
}
