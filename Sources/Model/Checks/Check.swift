// A check as `$CHECK` defines it.

package import DNS

/// A plan for testing nodes, with its name and where its probes come from.
package struct Check: Sendable {
  package var name: String
  package var plan: CheckPlan
  /// The addresses of this host that probes come from, at most one of each family; a family without one is left to the
  /// system.
  package var sources: [IPAddress]
  package var location: SourceLocation

  package init(name: String, plan: CheckPlan, sources: [IPAddress], location: SourceLocation) {
    self.name = name
    self.plan = plan
    self.sources = sources
    self.location = location
  }
}
