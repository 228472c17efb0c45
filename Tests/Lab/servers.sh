# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2154 # text for other programs in single quotes; names that other files set or use
# The servers of the lab: their configuration, how they start, how they end, and how mail nodes fall ill.
#
# A server is a process in a session of its own on a host; its number is in $work/HOST/NAME.pid, what it prints in
# $work/HOST/NAME.log.

# start HOST NAME: starts one of the servers there
start() {
  local host=$1 name=$2 folder=$work/$1 command
  case $name in
    rondo) command=("$work/rondo" serve --listen "$(address_of "$host" 4)" --listen "[$(address_of "$host" 6)]:53"
      --state /run/rondo/state --nsid "$host" "$folder/mail.zone") ;;
    nginx) command=(nginx -e stderr -p "$folder" -c "$folder/nginx.conf") ;;
    postfix) command=(/usr/lib/postfix/sbin/master -c "$folder/postfix" -d) ;;
    dovecot) command=(dovecot -F -c "$folder/dovecot.conf") ;;
    unbound) command=(unbound -d -c "$folder/unbound.conf") ;;
    named) command=(named -f -n 1 -c "$folder/named.conf") ;;
    *) fail "$host has no server $name" ;;
  esac
  if is_running "$host" "$name"; then return; fi
  enter "$host"
  "${entry[@]}" setsid "${command[@]}" >>"$folder/$name.log" 2>&1 </dev/null &
  echo $! >"$folder/$name.pid"
  # How it ends is no news to print.
  disown
}

is_running() { [[ -e $work/$1/$2.pid ]] && kill -0 "$(<"$work/$1/$2.pid")" 2>/dev/null; }

is_over() { ! is_running "$@"; }

# stop HOST NAME [SIGNAL]: ends it with all that it has started
stop() {
  local pid
  if is_over "$1" "$2"; then return; fi
  pid=$(<"$work/$1/$2.pid")
  if [[ ${3-TERM} == KILL ]]; then kill -KILL -- "-$pid"; else kill "-${3-TERM}" "$pid"; fi
  await 10 "the end of $2 on $1" is_over "$1" "$2"
  rm -f "$work/$1/$2.pid"
}

# Has it read its files again.
reread() { kill -HUP "$(<"$work/$1/$2.pid")"; }

listens() { on pc1 bash -c "exec 3<>/dev/tcp/$1/$2" 2>/dev/null; }

# --- certificates ---

# An authority, and for each node a certificate with all names, and one that lacks the old name.
make_certificates() {
  local key=(-newkey ec -pkeyopt 'ec_paramgen_curve:prime256v1' -noenc) node names=DNS:mail.$domain
  openssl req -x509 "${key[@]}" -days 30 -subj '/CN=Lab CA' -keyout "$work/ca.key" -out "$work/ca.pem"
  names+=,DNS:smtp.$domain,DNS:imap.$domain
  for node in ex1 ex2; do
    make_certificate "$node" full "$names,DNS:old.$domain"
    make_certificate "$node" short "$names"
  done
}

make_certificate() {
  openssl req -x509 "${key[@]}" -days 30 -CA "$work/ca.pem" -CAkey "$work/ca.key" -subj "/CN=mail.$domain" \
    -addext basicConstraints=critical,CA:FALSE -addext "subjectAltName=$3" \
    -keyout "$work/$1/$2.key" -out "$work/$1/$2.pem"
}

# --- mail nodes ---

write_nginx() {
  local folder=$work/$1
  cat >"$folder/nginx.conf" <<END_OF_FILE
user root; worker_processes 1; daemon off; pid $folder/nginx.own-pid; error_log stderr error;
events { worker_connections 256; }
http {
  access_log off; default_type text/plain;
  client_body_temp_path $folder/body; proxy_temp_path $folder/proxy; fastcgi_temp_path $folder/fastcgi;
  uwsgi_temp_path $folder/uwsgi; scgi_temp_path $folder/scgi;
  server {
    listen $(address_of "$1" 4):443 ssl;
    listen [$(address_of "$1" 6)]:443 ssl;
    include $folder/certificate.conf;
    location = /owa/healthcheck.htm { include $folder/page.conf; }
  }
}
END_OF_FILE
}

# The health page as Exchange writes it: page NODE healthy|ill|wrong-node
page() {
  local text="return 200 \"200 OK<br/>$1.$domain\\n\";"
  case $2 in
    healthy) ;;
    ill) text="return 503;" ;;
    wrong-node) text="return 200 \"200 OK<br/>$(other_than "$1").$domain\\n\";" ;;
    *) fail "a page is healthy, ill or wrong-node, not $2" ;;
  esac
  echo "$text" >"$work/$1/page.conf"
  if is_running "$1" nginx; then reread "$1" nginx; fi
}

other_than() { if [[ $1 == ex1 ]]; then echo ex2; else echo ex1; fi; }

# certificate NODE full|short
certificate() {
  echo "ssl_certificate $work/$1/$2.pem; ssl_certificate_key $work/$1/$2.key;" >"$work/$1/certificate.conf"
  if is_running "$1" nginx; then reread "$1" nginx; fi
}

# Postfix takes mail, or says 421: smtp NODE open|closed
smtp() {
  local folder=$work/$1/postfix restrictions=
  if [[ $2 == closed ]]; then restrictions='check_client_access static:{421 4.3.2 Service not active}'; fi
  cat >"$folder/main.cf" <<END_OF_FILE
compatibility_level = 3.6
queue_directory = $folder/queue
data_directory = $folder/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
myhostname = $1.$domain
inet_interfaces = loopback-only
mydestination =
local_recipient_maps =
alias_maps =
smtpd_peername_lookup = no
smtpd_delay_reject = no
smtpd_tls_security_level = may
smtpd_tls_chain_files = $work/$1/full.key, $work/$1/full.pem
smtpd_client_restrictions = $restrictions
END_OF_FILE
  # Postfix would wait until the file is two seconds old.
  touch -d '1 minute ago' "$folder/main.cf"
  if is_running "$1" postfix; then reread "$1" postfix; fi
}

write_postfix() {
  local folder=$work/$1/postfix
  mkdir -p "$folder/queue" "$folder/data"
  chown postfix "$folder/data"
  cat >"$folder/master.cf" <<END_OF_FILE
$(address_of "$1" 4):25 inet n - n - - smtpd
[$(address_of "$1" 6)]:25 inet n - n - - smtpd
tlsmgr unix - - n 1000? 1 tlsmgr
anvil unix - - n - 1 anvil
END_OF_FILE
  smtp "$1" open
  on "$1" postfix -c "$folder" check
}

write_dovecot() {
  local folder=$work/$1
  cat >"$folder/dovecot.conf" <<END_OF_FILE
base_dir = $folder/dovecot
state_dir = $folder/dovecot-state
log_path = $folder/dovecot.log
protocols = imap
listen = $(address_of "$1" 4) $(address_of "$1" 6)
login_greeting = $1.$domain ready.
ssl = yes
ssl_cert = <$folder/full.pem
ssl_key = <$folder/full.key
service imap-login {
  service_count = 0
  inet_listener imap {
    port = 143
  }
  inet_listener imaps {
    port = 993
  }
}
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=/nonexistent
}
END_OF_FILE
}

# --- resolvers and the parent zone ---

write_unbound() {
  cat >"$work/unbound/unbound.conf" <<END_OF_FILE
server:
  interface: $(address_of unbound 4)
  interface: $(address_of unbound 6)
  access-control: 0.0.0.0/0 allow
  access-control: ::/0 allow
  do-daemonize: no
  use-syslog: no
  username: ""
  chroot: ""
  directory: "$work/unbound"
  pidfile: ""
  module-config: "iterator"
  num-threads: 1
remote-control:
  control-enable: no
stub-zone:
  name: "$domain."
  stub-addr: $(address_of parent 4)
  stub-addr: $(address_of parent 6)
END_OF_FILE
}

# write_named HOST ZONE-STATEMENTS OPTIONS
write_named() {
  cat >"$work/$1/named.conf" <<END_OF_FILE
options {
  directory "$work/$1"; listen-on { $(address_of "$1" 4); }; listen-on-v6 { $(address_of "$1" 6); };
  pid-file "$work/$1/named.own-pid"; session-keyfile "$work/$1/session.key";
  dnssec-validation no; empty-zones-enable no; $3
};
controls { };
logging { channel e { stderr; severity error; }; category default { e; }; };
$2
END_OF_FILE
}

# --- all of them ---

start_servers() {
  local node host name
  make_certificates >"$work/openssl.log" 2>&1
  for node in ex1 ex2; do
    page $node healthy
    certificate $node full
    write_nginx $node
    write_postfix $node
    write_dovecot $node
    for name in nginx postfix dovecot; do start $node $name; done
  done
  parent_zone >"$work/parent/$domain.zone"
  write_named parent "zone \"$domain\" { type primary; file \"$domain.zone\"; };" "recursion no;"
  write_named bind "zone \"$domain\" { type static-stub;
    server-addresses { $(address_of parent 4); $(address_of parent 6); }; };" "recursion yes; allow-recursion { any; };"
  write_unbound
  start parent named
  for host in ns1 ns2; do zone_file >"$work/$host/mail.zone"; done
  start_answering
  for node in ex1 ex2; do
    for name in 443 25 993; do await 20 "port $name of $node" listens "$(address_of $node 4)" $name; done
  done
}

# Both Rondos with no memory, and both resolvers with empty caches.
start_answering() {
  local host
  for host in ns1 ns2; do
    stop $host rondo
    on $host rm -rf /run/rondo
    on $host mkdir /run/rondo
    start $host rondo
  done
  stop unbound unbound
  stop bind named
  start unbound unbound
  start bind named
  for host in ns1 ns2; do await 20 "Rondo on $host" is_ready $host; done
  for host in unbound bind parent; do await 20 "port 53 of $host" listens "$(address_of $host 4)" 53; done
}

is_ready() {
  on "$1" bash -c 'exec 3<>/dev/tcp/127.0.0.1/8053 && printf "GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n" >&3 &&
    grep -q "^ready" <&3' 2>/dev/null
}
