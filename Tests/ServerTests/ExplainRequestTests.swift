// What `rondo explain` asks, as a line on the control socket.

import DNS
import Testing

@testable import Reporting
@testable import Server

@Suite("Requests to explain")
struct ExplainRequestTests {
  @Test("A request survives the control socket, whatever the name holds")
  func request() throws {
    for text in ["mail.example", "a\\032b\\.c.example", "."] {
      for asker in [nil, IPAddress("192.0.2.7"), IPAddress("2001:db8::7")] {
        let request = ExplainRequest(name: try #require(DomainName(text)), types: [.a, .aaaa], asker: asker)
        guard case .explain(let back) = ControlCommand(line: ControlCommand.explain(request).line) else {
          Issue.record("not understood: \(text)")
          continue
        }
        #expect(back == request)
      }
    }
    for line in ["explain", "explain A - ", "explain ANY - a.", "explain A x a.", "explain  - a.", "reload now", ""] {
      #expect(ControlCommand(line: line) == nil, "\(line)")
    }
  }
}
