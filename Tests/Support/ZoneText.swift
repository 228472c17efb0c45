// The smallest zones that a server has something to do with.

/// Zone config text for tests that need a zone to be there, and care little what is in it.
package enum ZoneText {
  /// `mail.it.example`, answered with two addresses in turn; nothing is checked.
  package static let twoNodes = """
    $ORIGIN it.example.
    $NODE ex1 192.0.2.1
    $NODE ex2 192.0.2.2
    @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
         1h NS  ns1
    ns1  1h A   192.0.2.53
    mail 60 ROTATE ex1 ex2 check=none

    """
}
