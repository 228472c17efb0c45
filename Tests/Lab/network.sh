# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2154 # text for other programs in single quotes; names that other files set or use
# The hosts of the lab, the cables between them, and what happens to cables.
#
# A host is a process that sleeps in namespaces of its own for mounts, network and host name; its number is in
# $work/hosts/NAME. All of them are in the process namespace of the lab, so the kernel ends them with it, however the lab
# ends. Nothing outside is changed: every interface, address, route and mount is in a namespace.

# The bridge of a router that its hosts are plugged into.
readonly lan=lan

# Runs a command on a host: on HOST COMMAND...
on() {
  enter "$1"
  "${entry[@]}" "${@:2}"
}

# Sets `entry` to what must come before a command that is to run there, for what runs beside the script: $! of a function
# would be the number of a shell.
enter() { entry=(nsenter --target "$(<"$work/hosts/$1")" --mount --net --uts --); }

is_host() { [[ -e $work/hosts/$1 ]]; }

# Waits until a command succeeds: await SECONDS WHAT COMMAND...
await() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    ((SECONDS < deadline)) || fail_in_lab "$what: not in time"
    sleep 0.05
  done
}

add_host() {
  local name=$1
  mkdir -p "$work/hosts" "$work/$name"
  echo "nameserver $(address_of unbound 4)" >"$work/$name/resolv.conf"
  unshare --mount --net --uts bash -euc '
    name=$1 folder=$2
    mount -t tmpfs -o mode=755 tmpfs /run
    resolver=$(readlink -m /etc/resolv.conf)
    # Where it is a link into /run, its target has just been hidden.
    if [[ $resolver == /run/* ]]; then mkdir -p "$(dirname "$resolver")"; : >"$resolver"; fi
    if [[ -e $resolver ]]; then mount --bind "$folder/resolv.conf" "$resolver"; fi
    hostname "$name"
    ip link set lo up
    # Not a second for finding out that an address is nobody elses.
    echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
    : >"$folder/is-up"
    exec sleep infinity' host "$name" "$work/$name" </dev/null &
  echo $! >"$work/hosts/$name"
  await 10 "host $name" test -e "$work/$name/is-up"
}

# add_router NAME ADDRESS/LENGTH ADDRESS6/LENGTH
add_router() {
  add_host "$1"
  on "$1" ip link add $lan type bridge
  on "$1" ip address add "$2" dev $lan
  on "$1" ip address add "$3" dev $lan
  on "$1" ip link set $lan up
  on "$1" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
}

# A host on a cable to its router: plug HOST ROUTER
plug() {
  local host=$1 router=$2 version gateway
  add_host "$host"
  ip link add eth0 netns "$(<"$work/hosts/$host")" type veth peer name "to-$host" netns "$(<"$work/hosts/$router")"
  on "$router" ip link set "to-$host" master $lan up
  on "$host" ip link set eth0 up
  echo "$router" >"$work/$host/router"
  for version in 4 6; do
    gateway=$(address_of "$router" $version)
    on "$host" ip address add "$(address_of "$host" $version)/$(prefix_length $version)" dev eth0
    on "$host" ip "-$version" route add default via "$gateway"
  done
}

prefix_length() { if [[ $1 == 4 ]]; then echo 24; else echo 64; fi; }

# A link between two routers, and the ways to each other's hosts: link ROUTER ROUTER NUMBER
link() {
  local number=$3
  ip link add "to-$2" netns "$(<"$work/hosts/$1")" type veth peer name "to-$1" netns "$(<"$work/hosts/$2")"
  lead_over "$1" "$2" "10.0.$number.1" "10.0.$number.2" "fd00:$number::1" "fd00:$number::2"
  lead_over "$2" "$1" "10.0.$number.2" "10.0.$number.1" "fd00:$number::2" "fd00:$number::1"
}

lead_over() {
  on "$1" ip address add "$3/30" dev "to-$2"
  on "$1" ip address add "$5/64" dev "to-$2"
  on "$1" ip link set "to-$2" up
  on "$1" ip route add "$(network_of "$2" 4)" via "$4"
  on "$1" ip -6 route add "$(network_of "$2" 6)" via "$6"
}

# --- faults ---

# What passes between two routers is lost in this percentage of packets, without a word to anybody: lose LINK PERCENT
lose() {
  local near=${1%-*} device=to-${1#*-} share="counter drop"
  restore_link "$1"
  if (($2 < 100)); then share="numgen random mod 100 < $2 counter drop"; fi
  on "$near" nft "table inet lossy-${1#*-} { chain forward { type filter hook forward priority 0;
    iifname $device $share; oifname $device $share; }; }"
}

# How many packets have been lost so: lost LINK
lost() {
  on "${1%-*}" nft list table inet "lossy-${1#*-}" |
    awk '/counter packets/ { sub(/.*counter packets /, ""); sum += $1 } END { print sum + 0 }'
}

restore_link() { on "${1%-*}" nft "delete table inet lossy-${1#*-}" 2>/dev/null || true; }

readonly links=(nord-sued office-nord office-sued)

is_link() { [[ " ${links[*]} " == *" $1 "* ]]; }

# Cuts a link, or pulls the cable of a host: neither end hears more than silence.
pull() {
  if is_link "$1"; then
    lose "$1" 100
  else
    on "$(<"$work/$1/router")" ip link set "to-$1" down
  fi
}

restore() {
  if is_link "$1"; then
    restore_link "$1"
  else
    on "$(<"$work/$1/router")" ip link set "to-$1" up
  fi
}

restore_all() {
  local each
  for each in "${links[@]}" "${stations[@]}"; do restore "$each"; done
}
