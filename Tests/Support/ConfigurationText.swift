// Zone text as a configuration.

package import ZoneFile

/// The zone text of a test has an error.
package struct ZoneTextError: Error { package var text: String }

/// The configuration that a zone config file with this text gives; warnings are no error.
///
/// - Parameter file: its name in messages.
package func configuration(_ text: String, file: String = "test.zone") throws(ZoneTextError) -> Configuration {
  let result = readConfiguration(files: [file]) { _ throws(LoadFailure) in Array(text.utf8) }
  guard let configuration = result.configuration else {
    throw ZoneTextError(text: result.diagnostics.map(\.description).joined(separator: "\n"))
  }
  return configuration
}
