// What a process has to know of the hand-outs of the one before it.

package import DNS

/// What is left of the ledger of the process before. All in monotonic seconds, which go on as long as the host runs.
package struct HandOutPast: Hashable, Sendable {
  /// When the last copy of an address expires, of nodes that were out of the answers then, and are so still.
  package var quiet: [IPAddress: Int64] = [:]
  /// Under which TTL an address may have been handed out lately, in seconds.
  package var longestTTLs: [IPAddress: UInt32] = [:]

  package init() {}
}
