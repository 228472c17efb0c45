// What one protocol has to say once the connection stands: octets in, the next step out.
//
// A conversation must come to the same end however its octets were cut into pieces, and decide as early as it can.
// All that it keeps is bounded; octets from the wire are looked at through checked access only.

/// One protocol's side of a probe.
protocol Conversation: Sendable {
  /// What it waits for.
  var stage: Stage { get }
  /// The connection stands; for a protocol that begins with TLS, the TLS connection.
  mutating func opened() -> Dialogue.Step
  /// TLS that was asked for in mid-conversation stands.
  mutating func secured() -> Dialogue.Step
  mutating func receive(_ octets: ArraySlice<UInt8>) -> Dialogue.Step
  /// The node has closed its side.
  mutating func closed() -> Dialogue.Step
  /// The connection has failed, for this reason.
  mutating func broken(_ reason: FailureReason) -> Dialogue.Step
}

extension Conversation {
  mutating func secured() -> Dialogue.Step { .wait }
  mutating func closed() -> Dialogue.Step { .conclude(.failure(.closedBefore(stage))) }
  mutating func broken(_ reason: FailureReason) -> Dialogue.Step { .conclude(.failure(reason)) }
}

/// Begins with TLS, then holds another conversation over it.
struct SecuredConversation: Conversation {
  private let demand: TLSDemand
  private var inner: any Conversation
  private var isSecured = false

  init(_ demand: TLSDemand, _ inner: any Conversation) {
    self.demand = demand
    self.inner = inner
  }

  var stage: Stage { isSecured ? inner.stage : .handshake }

  mutating func opened() -> Dialogue.Step { .startTLS(demand) }

  mutating func secured() -> Dialogue.Step {
    guard isSecured else {
      isSecured = true
      return inner.opened()
    }
    return inner.secured()
  }

  mutating func receive(_ octets: ArraySlice<UInt8>) -> Dialogue.Step {
    isSecured ? inner.receive(octets) : .conclude(.failure(.spokeInClear))
  }

  mutating func closed() -> Dialogue.Step {
    isSecured ? inner.closed() : .conclude(.failure(.closedBefore(.handshake)))
  }
}
