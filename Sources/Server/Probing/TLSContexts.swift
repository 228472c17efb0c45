// What TLS checks share: the host's OpenSSL, found once, and one context for each way to verify.

internal import Health
internal import Linux
internal import Model
internal import ZoneFile

/// The contexts that a configuration's checks ask for.
///
/// Made anew at each reload, so that an authority's new certificate and a newly installed library are seen.
struct TLSContexts {
  private var contexts: [TLSVerification: Shared<TLSClientContext>] = [:]
  /// Why the checks of some way to verify cannot be carried out, in words for the operator.
  private(set) var faults: [String] = []
  private var library: TLSLibrary?

  init() {}

  /// - Parameter former: whose library, if it was found, is kept.
  init(for configuration: Configuration, after former: TLSContexts = TLSContexts()) {
    let wanted = Set(configuration.checks.compactMap(\.plan.kind.tls).map { TLSVerification($0.verification) })
    guard !wanted.isEmpty else { return }
    do throws(TLSLibraryError) {
      let library = if let found = former.library { found } else { try TLSLibrary() }
      self.library = library
      for verification in wanted { add(verification, library) }
    } catch {
      faults.append(error.description)
    }
  }

  private mutating func add(_ verification: TLSVerification, _ library: TLSLibrary) {
    do throws(TLSFailure) {
      // Where any certificate will do, so does any age of TLS: such checks are for servers that cannot be renewed yet.
      let floor: TLSFloor = verification == .none ? .tls10 : .tls12
      contexts[verification] = Shared(try TLSClientContext(library, verifying: verification, floor: floor))
    } catch {
      faults.append(error.description)
    }
  }

  /// Nil where this host cannot do it.
  func context(for verification: TLSDemand.Verification) -> Shared<TLSClientContext>? {
    contexts[TLSVerification(verification)]
  }
}

extension TLSVerification {
  fileprivate init(_ demand: TLSDemand.Verification) {
    switch demand {
    case .none: self = .none
    case .system: self = .system
    case .authority(let file, _): self = .ca(file: file)
    }
  }

  fileprivate init(_ choice: TLSChoice.Verification) {
    switch choice {
    case .none: self = .none
    case .system, .systemFor: self = .system
    case .authority(let file): self = .ca(file: file)
    }
  }
}
