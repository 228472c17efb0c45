// The smallest zone that hands out two addresses, for tests that are not about zones.

/// `mail.it.example` rotates over 192.0.2.1 and 192.0.2.2, which nobody checks.
let plainZone = """
  $ORIGIN it.example.
  $NODE ex1 192.0.2.1
  $NODE ex2 192.0.2.2
  @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
       1h NS  ns1
  ns1  1h A   192.0.2.53
  mail 60 ROTATE ex1 ex2 check=none

  """
