// Reading the zone config files from the file system.

internal import Linux
package import ZoneFile

/// The most octets a zone config file may have.
private let largestFile = 64 << 20

/// Reads and resolves the files; does not touch anything that runs.
package func loadConfiguration(files: [String]) -> ReadResult {
  readConfiguration(files: files) { path throws(LoadFailure) in
    do throws(Errno) {
      return try readFile(path, limit: largestFile)
    } catch {
      // The library begins its texts with a capital; here they stand inside a sentence.
      let text = error.description
      throw LoadFailure(reason: text.prefix(1).lowercased() + text.dropFirst())
    }
  }
}
