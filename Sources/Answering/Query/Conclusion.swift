// What a reply comes to: the code and flags in its header, and what its OPT says beside them.

import DNS

/// How the look-up of one name ended: one turn around RFC 1034 §4.3.2.
enum LookupOutcome {
  case concluded(ResponseCode)
  case referral
  /// Something that had to be in the reply did not fit.
  case truncated
  /// The same of a referral, which is not authoritative.
  case truncatedReferral
  /// The addresses that had to be in the reply are none, and the operator wants SERVFAIL.
  case failed
  /// A CNAME was written, or made from a DNAME; its target is in the reply and to be looked up next.
  case follow(NameInMessage)
}

/// What the header of a reply will say, and how the records came out.
struct Conclusion {
  /// What the common case does not have.
  enum Remark {
    case none
    case truncated
    /// No zone of ours is at or above the name, or none in this class.
    case notAuthoritative
    /// An operation or a query that this server does not know.
    case notSupported
    /// A zone that this asker may not have.
    case prohibited
    /// Addresses of a pool with too few healthy nodes.
    case failOpen
    /// A zone that holds what no message can carry.
    case invalidData
    /// AXFR or IXFR.
    case transfer
    /// SERVFAIL, without the records that were written already.
    case failed

    /// Whether all records are taken back.
    var isWithoutRecords: Bool { self == .truncated || self == .failed }

    /// What the reply's OPT says of it (RFC 8914 §4).
    var extendedError: ExtendedError? {
      switch self {
      case .notAuthoritative: .notAuthoritative
      case .notSupported: .notSupported
      case .prohibited: .prohibited
      case .failOpen: .other
      case .invalidData: .invalidData
      case .none, .truncated, .transfer, .failed: nil
      }
    }
  }

  var code: ResponseCode
  var isAuthoritative = false
  var remark = Remark.none
}

extension Conclusion {
  /// What a look-up comes to that leads no further.
  @inline(__always)
  init(_ outcome: LookupOutcome) {
    switch outcome {
    case .concluded(let code): self.init(code: code, isAuthoritative: true)
    case .truncated: self.init(code: .noError, isAuthoritative: true, remark: .truncated)
    case .truncatedReferral: self.init(code: .noError, remark: .truncated)
    case .referral: self.init(code: .noError)
    case .failed: self.init(code: .serverFailure, remark: .failed)
    case .follow: self.init(code: .noError, isAuthoritative: true)
    }
  }
}
