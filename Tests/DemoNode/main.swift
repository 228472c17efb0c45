// The mail nodes of scripts/demo, and the search for ports that they and Rondo can have: what a shell cannot do.
//
//   demo-node greet NAME ADDRESS PORT       greets whoever connects, and hangs up
//   demo-node free-port FIRST ADDRESS...    prints the first port from FIRST on that is free for TCP and UDP at all of them

import DNS
import Linux

/// Accepts connections for ever.
func greet(_ name: String, at endpoint: SocketEndpoint) throws(Errno) -> Never {
  let listener = try TCPListener(boundTo: endpoint)
  var epoll = try Epoll(capacity: 1)
  try epoll.add(listener, token: 0, for: .readable)
  while true {
    _ = try epoll.wait()
    while let accepted = try listener.accept() {
      // A client that is gone already hears nothing.
      _ = try? accepted.connection.write(Array("220 \(name) ESMTP\r\n".utf8))
    }
  }
}

func isFree(_ endpoint: SocketEndpoint) -> Bool {
  do throws(Errno) {
    _ = try TCPListener(boundTo: endpoint)
    _ = try UDPSocket(boundTo: endpoint)
    return true
  } catch {
    return false
  }
}

func fail(_ message: String) -> Never {
  standardError.writeLine("demo-node: \(message)")
  exit(1)
}

let words = Array(commandLineArguments.dropFirst())
switch words.first {
case "greet":
  guard words.count == 4, let address = IPAddress(words[2]), let port = UInt16(words[3]) else {
    fail("usage: demo-node greet NAME ADDRESS PORT")
  }
  do throws(Errno) {
    try greet(words[1], at: SocketEndpoint(address, port: port))
  } catch {
    fail("\(words[2]):\(port): \(error)")
  }
case "free-port":
  let addresses = words.dropFirst(2).compactMap { IPAddress($0) }
  guard words.count > 2, addresses.count == words.count - 2, let first = UInt16(words[1]) else {
    fail("usage: demo-node free-port FIRST ADDRESS...")
  }
  let ports = first...UInt16(clamping: Int(first) + 200)
  guard let port = ports.first(where: { port in addresses.allSatisfy { isFree(SocketEndpoint($0, port: port)) } })
  else {
    fail("no port is free from \(ports.lowerBound) to \(ports.upperBound)")
  }
  _ = try? standardOutput.write("\(port)\n")
default: fail("usage: demo-node greet|free-port ...")
}
