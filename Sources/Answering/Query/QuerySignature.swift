// Queries that are signed: what their signature is worth.
//
// Replies to a verified TSIG are signed, errors included (RFC 8945 §5.3); any other gets NOTAUTH.

import DNS

/// The signature of a query, judged.
struct QuerySignature {
  enum Verification {
    /// The query is not signed.
    case none
    case verified
    /// The reply is NOTAUTH, whatever was asked (RFC 8945 §5.2).
    case refused
  }

  let verification: Verification
  /// Signs the reply; nil when the query is not signed.
  var signer: TSIGSigner?

  /// Judges the signature of a query whose questions end at `end`; nil when the reply is a FORMERR without signature.
  init?(of query: RawSpan, from end: Int, _ records: QueryRecords, keys: [TSIGKey], now: UInt64) {
    switch records.form {
    case .plain, .withOptions, .withOptionData:
      verification = .none
      return
    // The form names what is wrong, and leaves open whether there is a signature.
    case .signed, .signedWithOptions, .malformed, .malformedOptions: break
    }
    switch TSIGVerdict(of: query, from: end, keys: keys, now: now) {
    case .absent: verification = .none
    case .malformed: return nil
    case .refused(_, let signer):
      verification = .refused
      self.signer = signer
    case .verified(let signer):
      verification = .verified
      self.signer = signer
    }
  }

  /// The room that the reply must leave for it, in octets.
  var length: Int { signer?.length ?? 0 }
}
