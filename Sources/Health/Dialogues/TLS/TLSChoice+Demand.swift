// From what a check says about TLS to the connection that is wanted for one target.

internal import DNS
internal import Model

extension TLSChoice {
  func demand(in circumstances: ProbeCircumstances, host: String? = nil) -> TLSDemand {
    let indicated = serverName ?? host ?? circumstances.names.firstToAskFor
    let verified = indicated ?? circumstances.address?.description ?? ""
    let verification: TLSDemand.Verification =
      switch verification {
      case .none: .none
      case .system: .system(name: verified)
      case .systemFor(let name): .system(name: name)
      case .authority(let file): .authority(file: file, name: verified)
      }
    // An address is no server name (RFC 6066 §3), and some servers refuse it.
    return TLSDemand(serverName: indicated.flatMap { IPAddress($0) == nil ? $0 : nil }, verification: verification)
  }
}
