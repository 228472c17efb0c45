// What an admin without DNS training types, and that the message names the real cause; and what looks fine and is not.

import Testing
import ZoneFile

@Test(
  "The real cause is named, once",
  arguments: [
    ("# comment", "10:1 error: \"#\" does not begin a comment here"),
    ("// comment", "10:1 error: \"//\" does not begin a comment here"),
    ("$CHECK c tcp:25 # comment", "10:17 error: \"#\" does not begin a comment here"),
    ("x A 192.0.2.1 # comment", "10:15 error: \"#\" does not begin a comment here"),
    ("$CHECK c tcp:25 every = 5s", "10:17 error: there is a space beside the \"=\" of every="),
    ("$CHECK c tcp:25 every= 5s", "10:17 error: there is a space beside the \"=\" of every="),
    ("$CHECK c tcp:25 every =5s", "10:17 error: there is a space beside the \"=\" of every="),
    ("$POOL p ex1,ex2 check=mta", "10:9 error: \"ex1,ex2\" cannot be the name of a node"),
    ("$POOL p ex1 ex2 mta", "10:17 error: \"mta\" is a check, and a node is needed here"),
    ("$POOL p ex1 ex2 check=ex1", "10:23 error: \"ex1\" is a node, and a check is needed here"),
    ("$POOL p ex1 ex2 check=mta every=5s", "10:27 error: $POOL has no option \"every\""),
    ("$NODE n 192.0.2.11,", "10:9 error: \"192.0.2.11,\" is not an IP address"),
    ("$NODE n 192.0.2.9:443", "10:9 error: \"192.0.2.9:443\" is not an IP address"),
    (
      "$NODE n\u{A0}192.0.2.9",
      "10:8 error: there is a no-break space or another blank that is not a space (U+00A0) here"
    ),
    ("$NODE n 192.0.2.9\u{200B}", "10:18 error: there is an invisible character (U+200B) here"),
    ("$NODE n 192.0.2.9 site=\u{201C}a\u{201D}", "10:24 error: there is a typographic quotation mark (U+201C) here"),
    ("$CHECK c\u{2013}1 tcp:25", "10:9 error: there is a dash that is not a hyphen (U+2013) here"),
    ("\u{FEFF}x A 192.0.2.1", "10:1 error: there is an invisible character (U+FEFF) here"),
    ("x MX mail", "10:6 error: the preference of this MX record is missing"),
    ("x MX 10 https://mail.example/", "10:9 error: the mail server is a URL, and must be a name"),
    ("x MX 10 mail.example:25", "10:9 error: the mail server has a port"),
  ])
func realCauses(fixture: String, expected: String) {
  #expect(read(zone(fixture)).brief == [expected])
}

@Test(
  "What looks fine and is not is warned of",
  arguments: [
    ("x TXT v=DKIM1; k=rsa; p=abc", "10:14 warning: the text ends before this \";\""),
    ("x TXT v=DMARC1 ; p=none", "10:16 warning: the text ends before this \";\""),
    ("x TXT v=spf1 mx -all", "10:7 warning: these 3 words become 3 strings"),
    ("x TXT abc;def", "10:10 warning: the text ends before this \";\""),
    ("x TXT \"v=spf1 mx\" \"-all\"", "10:19 warning: there is no space between this string and the one before it"),
    ("x TXT \u{201C}a\u{201D}", "10:7 warning: there is a typographic quotation mark (U+201C) here"),
    (
      "x TXT \"a\u{A0}b\"", "10:9 warning: there is a no-break space or another blank that is not a space (U+00A0) here"
    ),
    (
      "x TXT \"v=spf1 -all\"\nx TXT \"v=spf1 mx -all\"",
      "11:3 warning: \"x.kreis.example.\" has a second record \"v=spf1\""
    ),
    ("x A 192.0.2.11", "10:5 warning: \"x.kreis.example.\" has the address of the node \"ex1\" and no ROTATE"),
    (
      "x AAAA 2001:db8:1::11\ny A 198.51.100.11",
      "10:8 warning: \"x.kreis.example.\" has the address of the node \"ex1\" and no ROTATE (and 1 more like it)"
    ),
    ("_25._tcp TLSA 3 1 0 abcd", "10:10 warning: this TLSA record has no effect"),
  ])
func notFine(fixture: String, expected: String) {
  #expect(read(zone(fixture)).brief == [expected])
}

@Test(
  "What is meant gets no warning",
  arguments: [
    "x TXT abc ; a comment", "x TXT abc", "x TXT \"v=DKIM1; k=rsa\" \"p=abc\"", "x TXT ( \"a\" ; first\n \"b\" )",
    "ex1 A 192.0.2.11", "x TXT \"\u{201E}quoted\u{201C} \u{2013} M\u{FC}ller\"",
    "x TXT v=verify-abc ; of a search engine", "x TXT \"v=spf1 a:very.long.\" \"mx1.example.com -all\"",
    "@ NS ns3\nns3 A 192.0.2.11", "x TXT \"v=spf1 -all\"\nx TXT \"v=spf10\"", "x TXT \"v=spf1 include:a. \" \"-all\"",
    "x TXT \"a # b\"",
  ])
func meant(fixture: String) {
  #expect(read(zone(fixture)).text == "")
}

@Test(
  "A form that does not fit its port is warned of",
  arguments: [
    ("imap:993", "imaps:993"), ("smtp:465", "smtps:465"), ("http:443/x", "https:443"), ("imaps:143", "imap:143"),
    ("https:80/x", "http:80"), ("pop3:995", "pop3s:995"), ("smtps:25", "smtp:25"), ("tls:25", "smtp:25"),
    ("smtp:143", "imap:143"), ("imap:25", "smtp:25"), ("pop3s:110", "pop3:110"),
  ])
func ports(form: String, right: String) {
  let result = read(zone("$CHECK c \(form)\nx 60 ROTATE ex1 ex2 check=c"))
  #expect(result.diagnostics.count == 1 && result.diagnostics.first?.fix.hasPrefix("write \(right)") == true)
}

@Test(
  "Forms on their own ports, and on others, are let pass",
  arguments: [
    "tcp:993", "imaps:993", "tls:443", "tls:993", "smtp:2525", "https:4443/x", "http:8080/x", "agent:25", "smtp:587",
  ])
func fittingPorts(form: String) {
  #expect(read(zone("$CHECK c \(form)\nx 60 ROTATE ex1 ex2 check=c")).text == "")
}

@Test("A long every= is shown with the time that a dead node stays, and with its missing unit")
func longInterval() {
  let result = read(zone("$CHECK c tcp:25 every=500\nx 60 ROTATE ex1 ex2 check=c"))
  #expect(result.brief == ["10:23 warning: a node that fails may stay in the answers for 8 min 26 s"])
  #expect(result.text.contains("write every=500ms if milliseconds are meant"))
  #expect(read(zone("$CHECK c tcp:25 every=60s\nx 60 ROTATE ex1 ex2 check=c")).text == "")
}

@Test("Mail servers named in a zone that is delegated unsigned are warned of")
func unsignedMail() {
  let result = read(
    "$AUTHORITY n.x. m.x. contact=h.x.\n$TTL 1h\n$ZONE mail.a.\n@ A 192.0.2.1\n@ MX 10 @\n")
  #expect(result.brief == ["5:9 warning: mail servers are named in a zone that is delegated unsigned"])
}
