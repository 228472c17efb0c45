// What is kept of each probe under way, found by the number of its place.

internal import Health

/// A value for each of some probes. As long as one has a value, no other probe can have the same place.
struct ProbeTable<Value> {
  private var entries: [(id: ProbeID, value: Value)?] = []

  /// Nil for a probe that has none; setting nil drops it.
  subscript(id: ProbeID) -> Value? {
    get {
      let place = Int(id.slot)
      guard place < entries.count, let entry = entries[place], entry.id == id else { return nil }
      return entry.value
    }
    set {
      let place = Int(id.slot)
      if let newValue {
        while entries.count <= place { entries.append(nil) }
        entries[place] = (id, newValue)
      } else if place < entries.count, entries[place]?.id == id {
        entries[place] = nil
      }
    }
  }
}
