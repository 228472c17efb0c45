// `rondo init`: writes a first zone config file, and says what comes next.
//
//   InitOptions ─▶ StarterFile.text ─checkConfiguration─▶ no error ─create─▶ DIR/mail.zone

import DNS
import Linux
internal import Model
internal import Reporting
import Server
import ZoneFile

/// What the packaged service serves.
private let fileName = "mail.zone"

/// Writes the file, unless it has an error or something of its name is there.
func initialize(_ options: InitOptions) -> Int32 {
  let path = options.folder == "." ? fileName : options.folder + (options.folder.hasSuffix("/") ? "" : "/") + fileName
  let folder: StateDirectory
  do throws(StateFileError) {
    folder = try StateDirectory(options.folder)
  } catch {
    return fail(inDirectory: options.folder, error)
  }
  let text = options.file.text
  let result = checkConfiguration(text, at: path)
  for diagnostic in result.diagnostics { standardError.writeLine(diagnostic.description) }
  guard result.configuration != nil else {
    return fail("nothing was written, because of the errors above; correct the options")
  }
  do throws(StateFileError) {
    try folder.create(fileName, with: Array(text.utf8))
  } catch .system(.fileExists) {
    return fail("\(shown(path)) already exists and is not overwritten; move it away, or give another directory")
  } catch {
    return fail("cannot write \(shown(path)): \(error)")
  }
  return show(nextSteps(options.file, path))
}

private func fail(inDirectory folder: String, _ error: StateFileError) -> Int32 {
  switch error {
  case .system(.noSuchFileOrDirectory): fail("directory \(shown(folder)) does not exist; create it first")
  case .system(.notDirectory): fail("\(shown(folder)) is not a directory; give one to write \(fileName) to")
  default: fail("cannot open the directory \(shown(folder)): \(error)")
  }
}

/// The path without what could act on a terminal.
private func shown(_ path: String) -> String { String(quoted(path).dropFirst().dropLast()) }

private func nextSteps(_ file: StarterFile, _ path: String) -> String {
  let path = shown(path)
  let names = file.answeredNames
  var lines = [
    "written: \(path), with \(names.count == 1 ? "one name" : "\(names.count) names") for \(file.nodes.count == 1 ? "one node" : "\(file.nodes.count) nodes")",
    "",
    "Next:",
    "1. Look through it, and check it again after each change:",
    "     rondo check \(path)",
    "2. Run each check once, from this host:",
  ]
  lines += file.pools.map { "     rondo probe \($0) \(path)" }
  lines += [
    "3. Start the daemon on an address of this host, and query it; do the same on the second host:",
    "     rondo serve --listen ADDRESS \(path)",
    "     rondo query \(dotless(names.first?.description)) @ADDRESS",
    "4. Delegate each name in the zone above it, in place of its old records:",
  ]
  lines += file.servers.map { "     \($0) A (the address of that host)" }
  lines += names.map { "     \($0) NS \(file.servers.map(\.description).joined(separator: ", "))" }
  return lines.joined(separator: "\n") + "\n"
}

private func dotless(_ name: String?) -> String {
  let name = name ?? ""
  return name.hasSuffix(".") ? String(name.dropLast()) : name
}
