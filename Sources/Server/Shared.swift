// Something that has one owner by nature, held by several.

/// A descriptor, say, that more than one place or thread uses; closed when the last of them lets go.
final class Shared<Value: ~Copyable & Sendable>: Sendable {
  let value: Value

  init(_ value: consuming Value) { self.value = value }
}
