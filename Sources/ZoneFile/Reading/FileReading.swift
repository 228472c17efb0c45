// Opens the files and follows `$INCLUDE`; limits end the reading, a file that cannot be loaded does not.

import DNS

/// A file being read, and what the including file gets back when it ends (RFC 1035 §5.1: origin and owner).
private struct OpenFile {
  var scanner: EntryScanner
  /// For recognising a file that includes itself; "." and ".." resolved as text.
  var normalisedPath: String
  var originBefore: DomainName?
  var ownerBefore: DomainName?
}

extension Reader {
  mutating func readFiles(_ paths: [String], _ load: (String) throws(LoadFailure) -> [UInt8]) {
    var seen: Set<String> = []
    for path in paths {
      guard seen.insert(normalised(path)).inserted else {
        log.sources.append(SourceFile(path: path, bytes: [], isLoaded: false))
        report(
          Problem(
            .warning, at: .wholeFile(log.sources.count - 1), "the file is named twice", why: "it is read once only"))
        continue
      }
      scope = Scope()
      guard readFile(path, load) else { return }
    }
  }

  /// Reads a file and what it includes; false when a limit ends the whole reading.
  private mutating func readFile(_ path: String, _ load: (String) throws(LoadFailure) -> [UInt8]) -> Bool {
    var open: [OpenFile] = []
    do throws(Problem) {
      let file = try opened(path, named: nil, load)
      open.append(file)
      while var current = open.popLast() {
        readPlainLines(&current.scanner)
        guard !log.hasTooManyErrors else {
          log.giveUp(at: current.scanner.range(current.scanner.at..<current.scanner.at))
          return false
        }
        let more = current.scanner.next(into: &entry, log: log)
        guard more else {
          if !open.isEmpty { scope.leaveInclude(origin: current.originBefore, owner: current.ownerBefore) }
          continue
        }
        open.append(current)
        guard let include = readEntry() else { continue }
        guard let included = try openIncluded(include, open, load) else { continue }
        open.append(included)
        if let origin = include.origin { scope.origin = origin }
      }
      return true
    } catch {
      report(error)
      return false
    }
  }

  /// The file that an `$INCLUDE` names; nil when it cannot be loaded, which is reported and ends nothing else.
  private mutating func openIncluded(
    _ include: Include, _ open: [OpenFile], _ load: (String) throws(LoadFailure) -> [UInt8]
  ) throws(Problem) -> OpenFile? {
    let including = log.sources[Int(include.range.file)].path
    let path = completed(include.path, from: including)
    if open.contains(where: { $0.normalisedPath == normalised(path) }) {
      report(
        Problem(
          at: include.range, "\"\(printable(path))\" includes itself", why: "it is already being read",
          fix: "remove this $INCLUDE, or the one that leads here"))
      return nil
    }
    guard open.count < ReadingLimits.depth else {
      report(
        Problem(
          at: include.range, "$INCLUDE goes deeper than \(ReadingLimits.depth) files",
          fix: "include this file from one further up, or name it on the command line"))
      return nil
    }
    return try opened(path, named: include.range, load)
  }

  /// Loads a file.
  ///
  /// - Parameter range: the path in the `$INCLUDE`; nil for a file of the command line.
  /// - Throws: when a limit ends the reading. A file that cannot be loaded is reported and read as empty.
  private mutating func opened(
    _ path: String, named range: SourceRange?, _ load: (String) throws(LoadFailure) -> [UInt8]
  ) throws(Problem) -> OpenFile {
    let file = log.sources.count
    let place = range ?? .wholeFile(file)
    guard file < ReadingLimits.files else {
      throw Problem(
        at: place, "more than \(ReadingLimits.files) files are included",
        fix: "join files, or look for files that include one another many times")
    }
    var failure: LoadFailure?
    let bytes: [UInt8]
    let isLoaded: Bool
    do throws(LoadFailure) {
      bytes = try load(path)
      isLoaded = true
    } catch {
      bytes = []
      isLoaded = false
      failure = error
    }
    octetsRead += bytes.count
    addToFingerprint(bytes)
    let isTooMuch = octetsRead > ReadingLimits.octets
    log.sources.append(SourceFile(path: path, bytes: isTooMuch ? [] : bytes, isLoaded: isLoaded))
    guard !isTooMuch else {
      throw Problem(
        at: place, "the files have more than \(ReadingLimits.octets >> 20) MiB together",
        fix: "serve fewer zones from this server")
    }
    if let failure {
      report(
        Problem(
          at: place, "cannot read \"\(printable(path))\"", why: printable(failure.reason),
          fix: failure.remedy
            ?? (range == nil
              ? "check the path and the rights of the file"
              : "check the path: it is taken from the directory of the including file")))
    }
    return OpenFile(
      scanner: EntryScanner(file: file, bytes: plainText(bytes, at: place) ? bytes : []),
      normalisedPath: normalised(path), originBefore: scope.origin, ownerBefore: scope.owner)
  }

  private mutating func addToFingerprint(_ bytes: [UInt8]) {
    fingerprint = SipHash.hash(bytes.span.octets, key: SipHash.Key(fingerprint, UInt64(bytes.count)))
  }

  /// Whether the file is not UTF-16, which Windows editors call "Unicode".
  private mutating func plainText(_ bytes: [UInt8], at place: SourceRange) -> Bool {
    guard bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) else { return true }
    report(
      Problem(
        at: place, "the file is saved as UTF-16", why: "zone config files are ASCII or UTF-8 text",
        fix: "save it again with the encoding UTF-8"))
    return false
  }
}

/// `path` as seen from the directory of `file`.
func completed(_ path: String, from file: String) -> String {
  guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
  return file[...slash] + path
}

/// The path with "." and ".." resolved as text, for comparing only: links may lead elsewhere, and the
/// limit on depth ends those.
private func normalised(_ path: String) -> String {
  var parts: [Substring] = []
  for part in path.split(separator: "/") where part != "." {
    if part == "..", let last = parts.last, last != ".." {
      parts.removeLast()
    } else {
      parts.append(part)
    }
  }
  return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
}
