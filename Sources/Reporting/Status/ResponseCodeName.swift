// The names of response codes, as reports show them.

package import DNS

extension ResponseCode {
  /// The registry's name for the code (RFC 6895 §2.3).
  package var statusName: String {
    switch self {
    case .noError: "NOERROR"
    case .formatError: "FORMERR"
    case .serverFailure: "SERVFAIL"
    case .nameError: "NXDOMAIN"
    case .notImplemented: "NOTIMP"
    case .refused: "REFUSED"
    case .nameExists: "YXDOMAIN"
    case .notAuthorized: "NOTAUTH"
    case .badVersion: "BADVERS"
    case .badCookie: "BADCOOKIE"
    default: "RCODE\(rawValue)"
    }
  }
}
