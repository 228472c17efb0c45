// Waiting for what another thread or process does.

import Linux

/// Asks until the condition holds, for ten seconds at most; whether it does.
func becomes(_ condition: () -> Bool) -> Bool {
  for _ in 0..<5_000 {
    if condition() { return true }
    Linux.sleep(for: .milliseconds(2))
  }
  return false
}
