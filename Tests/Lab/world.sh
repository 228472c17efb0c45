# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2154 # text for other programs in single quotes; names that other files set or use
# Who is where in the lab, and what the two Rondos serve.
#
#   site nord                                                  site sued
#   ns1  Rondo                                                 ns2  Rondo
#   ex1  nginx, Postfix, Dovecot                               ex2  nginx, Postfix, Dovecot
#        └──────── nord ────────── nord-sued ────────── sued ───────┘
#                    └─ office-nord ── office ── office-sued ─┘
#                                        │
#      pc1 (asks unbound), pc2 (asks bind), unbound, bind, parent (BIND: kreis.example)
#
# nord, sued and office are routers. The addresses are those for documentation, as in docs/.

readonly domain=kreis.example
readonly routers=(nord sued office)
# All hosts with a cable of their own.
readonly stations=(ns1 ex1 ns2 ex2 parent unbound bind pc1 pc2)
declare -rA site_of=([ns1]=nord [ex1]=nord [ns2]=sued [ex2]=sued [parent]=office [unbound]=office [bind]=office
  [pc1]=office [pc2]=office [nord]=nord [sued]=sued [office]=office)
declare -rA number_of=([nord]=1 [sued]=1 [office]=1 [ns1]=53 [ns2]=53 [ex1]=11 [ex2]=11 [unbound]=3 [bind]=4 [parent]=5
  [pc1]=101 [pc2]=102)
declare -rA network4=([nord]=192.0.2 [sued]=198.51.100 [office]=203.0.113)
declare -rA network6=([nord]=2001:db8:1 [sued]=2001:db8:2 [office]=2001:db8:3)

# address_of HOST 4|6
address_of() {
  local site=${site_of[$1]}
  if [[ $2 == 4 ]]; then echo "${network4[$site]}.${number_of[$1]}"; else echo "${network6[$site]}::${number_of[$1]}"; fi
}

network_of() { if [[ $2 == 4 ]]; then echo "${network4[$1]}.0/24"; else echo "${network6[$1]}::/64"; fi; }

# How long things take, in seconds; bounds are computed from these.
readonly every=2 fast=1 timeout=1 fall=3 rise=2 ttl=10
# Until a fault is seen that a node reports itself or that refuses, one that is silent, and until a node is back.
readonly until_seen=$((every + (fall - 1) * fast))
readonly until_missed=$((every + (fall - 1) * (fast > timeout ? fast : timeout) + timeout))
readonly until_back=$((every + (rise - 1) * fast))
# Caches count whole seconds, and this machine may have other things to do.
readonly leeway=2
# So long a resolver may take to find out that one of two name servers is silent.
readonly second_try=3

# The zone config file of both Rondos.
zone_file() {
  cat <<END_OF_ZONE
\$ORIGIN $domain.
\$TTL 1h

\$NODE  ex1  $(address_of ex1 4)    $(address_of ex1 6)  site=nord
\$NODE  ex2  $(address_of ex2 4) $(address_of ex2 6)  site=sued

\$CHECK owa    https:443/owa/healthcheck.htm  host=mail.$domain names=node verify=ca:$work/ca.pem  $(timing)
\$CHECK cert   tls:443    $(timing)
\$CHECK mta    smtp:25    names=node  $(timing)
\$CHECK imaps  imaps:993  names=node sni=imap.$domain verify=ca:$work/ca.pem  $(timing)

\$POOL  access   ex1 ex2  check=owa  warn=cert
\$POOL  relay    ex1 ex2  check=mta
\$POOL  mailbox  ex1 ex2  check=imaps

; The parent zone delegates each of these names.
$(pinpoint mail access)
$(pinpoint old access)
$(pinpoint smtp relay)
$(pinpoint imap mailbox)
END_OF_ZONE
}

timing() { echo "every=${every}s timeout=${timeout}s fast=${fast}s fall=$fall rise=$rise"; }

# A zone that consists of one name: pinpoint NAME POOL
pinpoint() {
  printf '%-5s SOA ns1 hostmaster ( 1 1h 15m 1w %d )\n      NS  ns1\n      NS  ns2\n      %d  ROTATE %s\n' \
    "$1" $ttl $ttl "$2"
}

# The zone above, at the host named parent.
parent_zone() {
  local name server
  printf '$ORIGIN %s.\n$TTL 1h\n@ SOA parent hostmaster ( 1 1h 15m 1w 60 )\n  NS parent\n' $domain
  for name in parent ns1 ns2; do
    printf '%s A %s\n%s AAAA %s\n' $name "$(address_of $name 4)" $name "$(address_of $name 6)"
  done
  for name in mail old smtp imap; do
    for server in ns1 ns2; do printf '%s NS %s\n' $name $server; done
  done
}

build_network() {
  local each
  for each in "${routers[@]}"; do add_router "$each" "$(address_of "$each" 4)/24" "$(address_of "$each" 6)/64"; done
  link nord sued 1
  link office nord 2
  link office sued 3
  for each in "${stations[@]}"; do plug "$each" "${site_of[$each]}"; done
  echo "nameserver $(address_of bind 4)" >"$work/pc2/resolv.conf"
}
