// One GET, and every kind of page that may come back.

import Health
import Model
import Testing

/// A response with this body and its length.
private func page(_ status: String = "200 OK", _ body: String = "200 OK<br/>EX1.kreis.example") -> String {
  "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
}

struct HTTPDialogueTests {
  @Test("The request says who asks, and for which host")
  func request() {
    #expect(
      Talk(.http(port: 8080), "").sent == """
        GET /owa/healthcheck.htm HTTP/1.1\r
        Host: mail.kreis.example:8080\r
        User-Agent: rondo/1.2.3 (health check)\r
        Accept: */*\r
        Accept-Encoding: identity\r
        Connection: close\r
        \r\n
        """)
    #expect(Talk(.http(host: "health.example"), "").sent.contains("\r\nHost: health.example\r\n"))
    #expect(Talk(.http(), in: ProbeCircumstances(), "").sent.contains("\r\nHost: \r\n"))
  }

  @Test("HTTPS asks for TLS first, by the host's name")
  func secured() {
    let talk = Talk(.http(host: "health.example", tls: TLSChoice(), port: 443), "", afterTLS: page())
    #expect(
      talk.demands == [TLSDemand(serverName: "health.example", verification: .system(name: "health.example"))])
    #expect(talk.sent.contains("\r\nHost: health.example\r\n"))
    #expect(talk.words == "success")
  }

  @Test("An address is verified and not told as a server name", arguments: ["192.0.2.1", nil])
  func addressAsHost(host: String?) {
    var circumstances = ProbeCircumstances.ordinary
    circumstances.names = HandedOutNames()
    let talk = Talk(.http(host: host, tls: TLSChoice(), port: 443), in: circumstances, "")
    #expect(talk.demands == [TLSDemand(serverName: nil, verification: .system(name: host ?? "192.0.2.11"))])
  }

  @Test("A body in a coding that was not asked for is reported, where it is to be searched")
  func coding() {
    let gzipped = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nContent-Length: 100\r\n\r\n\u{1f}"
    #expect(Talk(.http(expected: "well"), gzipped).words == "body is encoded as gzip, which was not asked for")
    #expect(Talk(.http(mustNameNode: true), gzipped).words == "body is encoded as gzip, which was not asked for")
    #expect(Talk(.http(), gzipped).words == "success")
    let plain = "HTTP/1.1 200 OK\r\nContent-Encoding: Identity\r\nContent-Length: 4\r\n\r\nwell"
    #expect(Talk(.http(expected: "well"), plain).words == "success")
  }

  @Test(
    "A page is judged by its status",
    arguments: [
      (page(), "success"), (page("503 Service Unavailable"), "status 503"), (page("204 No Content", ""), "status 204"),
      ("HTTP/1.1 401 No\r\n", "status 401: the page asks for a login, choose one that needs none"),
      ("HTTP/1.0 200\r\n\r\n", "success"), ("HTTP/1.1 200 \n\n", "success"),
      ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "success"),
      ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 500 No\r\n", "status 500"), ("HTTP/1.1 101 Switch\r\n", "status 101"),
      ("HTTP/1.1 302 Found\r\nLocation:  https://mail/owa/ \r\n\r\n", "redirected to https://mail/owa/"),
      ("HTTP/1.1 302 Found\r\n\r\n", "status 302"),
      ("HTTP/2 200\r\n", "response was HTTP/2 200"), ("HTTP/1.1 20 OK\r\n", "response was HTTP/1.1 20 OK"),
      ("HTTP/1.1  200\r\n\r\n", "success"), ("\r\nHTTP/1.1 200 OK\r\n\r\n", "success"),
      ("http/1.1 200 OK\r\n\r\n", "success"), ("HTTP/1.1 200OK\r\n\r\n", "success"),
      ("HTTP/1.1 2000\r\n", "response was HTTP/1.1 2000"),
      ("\r\n\r\n\r\n", "response was empty"),
      ("220 smtp ready\r\n", "response was 220 smtp ready"), ("\u{15}\u{3}\0\r\n", "response was \\021\\003\\000"),
      (String(repeating: "x", count: 200), "response was \(String(repeating: "x", count: 120))"),
      ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "success"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "Content-Length says both 1 and 2"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n", "Content-Length says both 1 and 2"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "success"),
      ("HTTP/1.1 200 OK\r\nA: " + String(repeating: "x", count: 20_000), "response is too long"),
      ("HTTP/1.1 200 OK\r\n" + String(repeating: "A: b\r\n", count: 101), "response is too long"),
      (String(repeating: "HTTP/1.1 100 C\r\n\r\n", count: 99), "response is too long"),
    ])
  func status(said: String, words: String) {
    #expect(Talk(.http(), said).words == words)
  }

  @Test("The check decides which status passes, a redirection too")
  func statusList() {
    let plan = CheckPlan.Kind.http([200...299, 302...302])
    #expect(Talk(plan, page("204 No Content", "")).words == "success")
    #expect(Talk(plan, "HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n").words == "success")
    #expect(Talk(plan, "HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\n").words == "redirected to /x")
    #expect(Talk(plan, page("300 Many", "")).words == "status 300")
  }

  @Test(
    "A body must contain what is expected, whatever frames it",
    arguments: [
      (page("200 OK", "alive and well"), "success"), (page("200 OK", "alive and wel"), "body lacks \"well\""),
      (page("200 OK", ""), "body lacks \"well\""), (page("200 OK", "wewell"), "success"),
      ("HTTP/1.1 200 OK\r\n\r\ndoing well", "success"), ("HTTP/1.1 200 OK\r\n\r\nit is", "body lacks \"well\""),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nwe\r\n2;x=y\r\nll\r\n0\r\n\r\n", "success"),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nwe\r\n0\r\n\r\n", "body lacks \"well\""),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n02 \nwe\n0\n", "body lacks \"well\""),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx", "body is not in well-formed chunks"),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", "body is not in well-formed chunks"),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab", "body is not in well-formed chunks"),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFF", "body is not in well-formed chunks"),
      (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "body is encoded as gzip, which was not asked for"
      ),
      // What browsers make sense of.
      (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwell\r\n0\r\n\r\n",
        "success"
      ),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, Chunked ,,\r\n\r\n4\r\nwell\r\n0\r\n\r\n", "success"),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nwell", "success"),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\n\r\n0004\r\nwell\r\n0\r\n\r\n", "success"),
      (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n chunked\r\n\r\n2;a=\"b;c\"\r\nwe\r\n00000000002\r\nll\r\n0\r\nTrailer: x\r\n\r\n",
        "success"
      ),
      ("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nwell", "success"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 4, 4\r\n\r\nwell", "success"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 4, 4\r\n\r\nwel!ll", "body lacks \"well\""),
      (
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwell\r\n0\r\n\r\n",
        "success"
      ),
      ("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nwell", "Content-Length says both 4 and 5"),
      ("HTTP/1.1 200 OK\r\nContent-Length: some\r\n\r\nwell", "success"),
      ("HTTP/1.1 200 OK\nContent-Length: 4\n\nwell", "success"),
      ("HTTP/1.0 200 OK\r\n\r\ndoing well", "success"),
      ("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell", "success"),
      ("HTTP/1.1 200 OK\r\nContent-Encoding: none\r\nContent-Length: 4\r\n\r\nwell", "success"),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n4\r\nwell", "success"),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwe", "body ends early, after 2 octets"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nit is", "body ends early, after 5 octets"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nwell", "success"),
    ])
  func expected(said: String, words: String) {
    #expect(Talk(.http(expected: "well"), said, closes: true).words == words)
  }

  @Test("A huge body is given up at 64 KiB, and read no further than to what is looked for")
  func bounded() {
    let head = Array("HTTP/1.1 200 OK\r\n\r\n".utf8)
    let piece = [UInt8](repeating: UInt8(ascii: "w"), count: 4_096)
    let talk = Talk(.http(expected: "well"), [head] + Array(repeating: piece, count: 100))
    #expect(talk.words == "first 65536 octets of the body lack \"well\"")
    #expect(talk.octetsTaken == head.count + 65_536)
    let early = Talk(.http(expected: "well"), [head, Array("well".utf8)] + Array(repeating: piece, count: 100))
    #expect(early.words == "success")
    #expect(early.octetsTaken == head.count + 4)
  }

  @Test("Nothing to look for means that the head decides")
  func headOnly() {
    for length in ["1000000", "2147483648", "999999999999999999"] {
      #expect(Talk(.http(), "HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n").words == "success")
    }
  }

  @Test(
    "The body must name the node that was meant",
    arguments: [
      (page(), "success"),
      (page("200 OK", "200 OK<br/>EX2.kreis.example"), "wrong node: body names ex2 instead of ex1"),
      (page("200 OK", "200 OK"), "body does not name ex1"), (page("200 OK", "ex10"), "body does not name ex1"),
      (page("200 OK", "ex2 asks ex1"), "success"), (page("200 OK", "ex1"), "success"),
      ("HTTP/1.1 200 OK\r\n\r\nex2", "wrong node: body names ex2 instead of ex1"),
    ])
  func rightNode(said: String, words: String) {
    #expect(Talk(.http(mustNameNode: true), said, closes: true).words == words)
  }

  @Test("Text and node must both be found")
  func both() {
    let plan = CheckPlan.Kind.http(expected: "200 OK", mustNameNode: true)
    #expect(Talk(plan, page()).words == "success")
    #expect(Talk(plan, page("200 OK", "EX1")).words == "body lacks \"200 OK\"")
    #expect(Talk(plan, page("200 OK", "200 OK EX2")).words == "wrong node: body names ex2 instead of ex1")
  }

  @Test(
    "For a server that stops talking the reason names what was missing",
    arguments: [
      ("", "connection closed, no response", Stage.response),
      ("HTTP/1.1 2", "connection closed, no response", .response),
      ("HTTP/1.1 200 OK\r\nA: b\r\n", "connection closed, no response", .response),
      ("garbage", "response was garbage", .response),
      ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", "body ends early, after 2 octets", .body),
    ])
  func silence(said: String, words: String, stage: Stage) {
    let talk = Talk(.http(expected: "well"), said, closes: true)
    #expect(talk.words == words)
    #expect(talk.stage == stage)
  }
}
