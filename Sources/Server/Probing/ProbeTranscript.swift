// What is said in one probe, step by step, for whoever wants to see it: `rondo probe`. The daemon keeps none.

internal import DNS
internal import Health
internal import Linux

/// What happened in a probe, in its order.
final class ProbeTranscript {
  enum Entry {
    /// What happened to the connection, as the dialogue was given it.
    case event(Dialogue.Event)
    /// What the dialogue wanted then.
    case step(Dialogue.Step)
    /// The address that the connection came from.
    case local(SocketEndpoint)
    /// Version of TLS and cipher that were agreed on.
    case agreed(version: String, cipher: String)
    /// The first line of a check program.
    case printed([UInt8])
  }

  private(set) var entries: [(at: MonotonicTime, entry: Entry)] = []

  func record(_ entry: Entry) { entries.append((.now, entry)) }

  /// Gives what has come since the last time.
  func drain() -> [(at: MonotonicTime, entry: Entry)] {
    defer { entries = [] }
    return entries
  }
}
