// What the files say before names are looked up: the type between reading and resolving.

/// The outcome of reading.
struct Draft: Sendable {
  var declarations = Declarations()
  var zones = ZoneDrafts()
}
