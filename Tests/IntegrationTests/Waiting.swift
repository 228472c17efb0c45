// Waiting for conditions, never for time to pass: every wait has a deadline and says what it waited for.

import Linux

/// Long enough for a machine under load and sanitizers; no test waits so long when things are right.
let patience = Duration.seconds(30)

/// A condition that has not come true in time.
struct DeadlinePassed: Error, CustomStringConvertible {
  let description: String
}

/// Looks again and again until `condition` gives something.
func wait<Value>(
  for what: String, within limit: Duration = patience, until condition: () throws -> Value?
) throws -> Value {
  let start = ContinuousClock.now
  while true {
    if let value = try condition() { return value }
    guard ContinuousClock.now - start < limit else { throw DeadlinePassed(description: "not within \(limit): \(what)") }
    sleep(for: .milliseconds(10))
  }
}

/// Looks again and again until `condition` holds.
func wait(for what: String, within limit: Duration = patience, until condition: () throws -> Bool) throws {
  let _: Void = try wait(for: what, within: limit) { try condition() ? () : nil }
}
