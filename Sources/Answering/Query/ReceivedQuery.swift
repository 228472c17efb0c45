// A query as it came: what it says, who sent it, and how.

public import DNS

/// How a query came, which decides how long its reply may be.
@usableFromInline
package enum Transport: Sendable, BitwiseCopyable {
  case udp, tcp
}

/// A query of which nothing is believed yet.
@usableFromInline
package struct ReceivedQuery: ~Escapable, BitwiseCopyable {
  @usableFromInline package let message: RawSpan
  @usableFromInline package let transport: Transport
  /// Whose network the answer is made for: the client's, unless it asks for another's.
  @usableFromInline var asker: Asker

  /// - Parameter client: who sent it; cookies are bound to it.
  @inlinable @inline(__always)
  @_lifetime(copy message)
  package init(_ message: RawSpan, from client: ClientAddress, over transport: Transport) {
    self.message = message
    self.transport = transport
    asker = Asker(client)
  }

  /// Who sent it.
  var client: ClientAddress { asker.address }
}
