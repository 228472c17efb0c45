// Which Rondo this is.

/// The version, as `rondo version` prints it.
package let rondoVersion = "0.1.0"
