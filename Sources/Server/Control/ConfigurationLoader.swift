// Reading the zone config files from the file system.

internal import DNS
internal import Linux
package import ZoneFile

/// The most octets a zone config file may have.
private let largestFile = 64 << 20

/// What is at stake if there is not enough memory for reading files.
package enum LoadCircumstances: Sendable {
  /// Nothing but the reading: whoever reads ends.
  case alone
  /// The start of a server: under a limit on address space it is to end with a sentence.
  case beforeServing
  /// Another configuration that is served; so there must be room for both.
  case besideAnother
}

/// Reads and resolves the files; does not touch anything that runs.
package func loadConfiguration(files: [String], _ circumstances: LoadCircumstances = .alone) -> ReadResult {
  keepFreedMemory()
  var size = 0
  var isSure = circumstances == .alone || circumstances == .beforeServing && addressSpaceLimit() == nil
  let threshold = MemoryTrial.threshold(circumstances)
  let host = HostView()
  return readConfiguration(
    files: files,
    load: { path throws(LoadFailure) in
      if !isSure {
        size += (try? fileSize(path)) ?? 0
        isSure = size > threshold
        if isSure, let lack = MemoryTrial.lack(for: files, circumstances) { throw lack }
      }
      do throws(FileFailure) {
        return try readFile(path, limit: largestFile)
      } catch {
        // The library begins its texts with a capital; here they stand inside a sentence.
        let text = error.description
        throw LoadFailure(reason: text.prefix(1).lowercased() + text.dropFirst())
      }
    },
    asking: { host.fault(with: $0) })
}

/// Reads `text` as the zone config file that will be at `path`, by the rules of any other.
package func checkConfiguration(_ text: String, at path: String) -> ReadResult {
  let host = HostView()
  return readConfiguration(
    files: [path],
    load: { asked throws(LoadFailure) in
      guard asked == path else { throw LoadFailure(reason: "a file that is not written yet includes no other") }
      return Array(text.utf8)
    },
    asking: { host.fault(with: $0) })
}

/// What checks may need of this host, looked at when it is first asked for.
private final class HostView {
  private lazy var library: Result<TLSLibrary, TLSLibraryError> = Result { () throws(TLSLibraryError) in
    try TLSLibrary()
  }

  /// Only binding tells: all of 127.0.0.0/8 can be bound, and no interface lists it.
  private static func fault(withSource address: IPAddress) -> String? {
    do throws(Errno) {
      _ = try UDPSocket(boundTo: SocketEndpoint(address, port: 0))
      return nil
    } catch {
      return error == .addressNotAvailable ? "it has no such address" : error.description
    }
  }

  private static func fault(withProgram path: String) -> String? {
    do throws(FileFailure) {
      try requireProgram(path)
      return nil
    } catch {
      return "\(path): \(error)"
    }
  }

  func fault(with question: HostQuestion) -> String? {
    switch question {
    case .source(let address): HostView.fault(withSource: address)
    case .program(let path): HostView.fault(withProgram: path)
    case .tls, .authorities: faultOfTLS(with: question)
    }
  }

  private func faultOfTLS(with question: HostQuestion) -> String? {
    switch (question, library) {
    case (.source, _), (.program, _): return nil
    case (.tls, .success): return nil
    case (_, .failure(let error)): return error.description
    case (.authorities(let file), .success(let library)):
      do throws(TLSFailure) {
        _ = try TLSClientContext(library, verifying: .ca(file: file))
        return nil
      } catch {
        return error.description
      }
    }
  }
}
