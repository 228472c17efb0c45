// Checks and services of a first zone config file, as far as they do not depend on names and nodes.

/// A check by its name.
struct StarterCheck {
  var name: String
  /// With its options.
  var form: String
}

/// The nodes under some names, and the checks that decide about them.
struct StarterService {
  /// The name of its pool.
  var pool: String
  /// The checks that a node must pass.
  var gates: [String]
  /// The checks whose failure is only shown.
  var warners: [String] = []
  /// The names it has beside those that were asked for: their first labels.
  var labels: [String] = []
  /// Whether it is written as a comment, because it is switched off as a rule.
  var isOptional = false
  /// For an optional service: what the administrator should know.
  var remarks: [String] = []

  var checks: [String] { gates + warners }
}

struct StarterContent {
  /// Comment lines above the checks.
  var remarks: [String]
  var checks: [StarterCheck]
  /// The first has the names that were asked for.
  var services: [StarterService]
}

extension StarterContent {
  /// One service that is gated by checks as they were written.
  init(forms: [String]) {
    var checks: [StarterCheck] = []
    var counts: [String: Int] = [:]
    for form in forms {
      // The form names the check: smtp, and the next of them smtp-2.
      let word = StarterContent.name(for: form)
      let count = (counts[word] ?? 0) + 1
      counts[word] = count
      checks.append(StarterCheck(name: count == 1 ? word : "\(word)-\(count)", form: form))
    }
    self.init(
      remarks: [
        "; How the nodes are tested: every 5 s (smtp: 10 s); 3 failures in a row take a node out, 2 successes put it back.",
        "; Add verify=none to a TLS check to skip verification of the certificate, or verify=ca:FILE for your own authority.",
      ],
      checks: checks,
      services: [StarterService(pool: "access", gates: checks.map(\.name))])
  }

  private static func name(for form: String) -> String {
    let word = form.prefix { $0 != ":" && $0 != " " }.lowercased()
    return CheckForm(rawValue: word) == nil ? "check" : word
  }
}
