// A mail server as `$NODE` defines it.

package import DNS

/// A host whose addresses are handed out.
package struct Node: Sendable {
  package var name: String
  /// At least one; at most one of each family.
  package var addresses: [IPAddress]
  /// Which data centre the node is in: the name of a `$SITE`, or a label for people.
  package var site: String?
  package var location: SourceLocation

  package init(name: String, addresses: [IPAddress], site: String?, location: SourceLocation) {
    self.name = name
    self.addresses = addresses
    self.site = site
    self.location = location
  }
}
