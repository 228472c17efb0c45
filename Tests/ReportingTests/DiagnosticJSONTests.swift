// `rondo check --json`.

import Reporting
import Testing
import ZoneFile

@Test("JSON has one object for each diagnostic, correctly escaped")
func diagnosticsAsJSON() {
  #expect(Diagnostic.json([]) == "[]\n")
  let result = readConfiguration(files: ["d\"\\\u{1}.zone"]) { _ throws(LoadFailure) in Array("x. A \u{FC}".utf8) }
  #expect(
    Diagnostic.json(result.diagnostics) == """
      [
        {"severity": "error", "file": "d\\"\\\\\\u0001.zone", "line": 1, "column": 6, \
      "message": "\\"\u{FC}\\" is not an IP address; \
      write the address in numbers, not as a name, for example 192.0.2.11 or 2001:db8::11.", \
      "what": "\\"\u{FC}\\" is not an IP address", "why": "", \
      "fix": "write the address in numbers, not as a name, for example 192.0.2.11 or 2001:db8::11", \
      "source": "x. A \u{FC}"}
      ]

      """)
}
