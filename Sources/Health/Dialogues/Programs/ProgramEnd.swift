// `exec:`: what the end of a program says about the node. Whoever runs it passes exit status and output.

/// How a check program ended.
package enum ProgramEnd: Hashable, Sendable {
  case exited(status: Int32)
  case killed(signal: Int32)
}

extension ProbeOutcome {
  /// Exit status 0 is a success, any other a failure whose reason is the first line of what the program wrote.
  package init(of end: ProgramEnd, output: [UInt8]) {
    let line = PeerText(output.prefix { $0 != UInt8(ascii: "\n") })
    self =
      switch end {
      case .exited(status: 0): .success
      case .exited(let status): .failure(.programFailed(status: status, line))
      case .killed(let signal): .failure(.programKilled(signal: signal, line))
      }
  }
}
