// The zones that the fuzzers ask: short names, so that a few changed octets lead from one rule to another.

/// Wildcards, cuts with glue, chains and loops of CNAME, ROTATE, sets beyond every limit, a zone below a zone.
let richZone = """
  $ORIGIN z.
  $TTL 1h
  $NODE e1 192.0.2.11 2001:db8:1::11
  $NODE e2 192.0.2.12
  $NODE e3 192.0.2.13 2001:db8:1::13
  $POOL a e1 e2 check=none
  $POOL b e1 e2 e3 check=none
  @ SOA ns.o. h.o. 1 1h 15m 1w 1m
  @ NS ns.o.
  @ NS ns.a
  @ MX 10 a
  @ MX 20 b.a
  @ CAA 0 issue "ca.o"
  ns.a A 192.0.2.1
  a 60 ROTATE a
  a MX 10 a
  a MX 20 b.a
  b 30 ROTATE b
  b.a AAAA 2001:db8::1
  *.b CNAME b.c
  b.c CNAME a.b
  *.c TXT \(String(repeating: "\"" + String(repeating: "t", count: 250) + "\" ", count: 7))
  ; A cut with glue, one whose glue does not fit into 512 octets, one without.
  z NS ns.z
  ns.z A 192.0.2.2
  ns.z AAAA 2001:db8::2
  y NS ns.o.
  \((0..<20).map { "x NS n\($0).x\nn\($0).x A 192.0.2.\(100 + $0)" }.joined(separator: "\n"))
  ; A chain longer than is followed, and a loop.
  \((0..<16).map { "c\($0) CNAME c\($0 + 1)" }.joined(separator: "\n"))
  c16 A 192.0.2.3
  l CNAME m
  m CNAME l
  o CNAME www.o.
  d CNAME q.z.z.
  ; Many addresses, many strings: beyond 512, 1232 and 16383 octets.
  \((0..<60).map { "g A 198.51.100.\($0)" }.joined(separator: "\n"))
  \((0..<90).map { "h TXT \"\($0) \(String(repeating: "u", count: 240))\"" }.joined(separator: "\n"))
  \((0..<40).map { "h MX \($0) m\($0).very-long-label-to-be-compressed.a" }.joined(separator: "\n"))
  h AAAA 2001:db8::3
  ; An empty non-terminal, and services.
  a.e.n A 192.0.2.4
  _s._tcp SRV 0 0 443 a
  _s._tcp SRV 1 0 443 b.a
  $ORIGIN c.a.z.
  @ SOA ns.o. h.o. 1 1h 15m 1w 1m
  @ NS ns.o.
  * A 192.0.2.5
  * TXT "wild"
  w 10 ROTATE b
  """
