// What a pool makes of the verdicts on its members, as `$POOL` says it.
//
// The policy is a value and knows no monitor: verdicts, weights and times go in, addresses and their order come out.

/// How many of a pool's gates a member must pass: `need=`.
package enum Need: Hashable, Sendable {
  case all
  case any
  /// Brought into 1…(number of gates).
  case atLeast(Int)
}

/// What to answer when nobody is left: `all-down=`.
package enum AllDown: String, Hashable, Sendable, CaseIterable {
  /// All members, as though all were healthy: a wrong check is more likely than the loss of all nodes at once.
  case answerAll = "answer-all"
  /// Those that were answered last while one was healthy; all, where there has been no such moment.
  case lastGood = "last-good"
  /// The first backup group, however it is; without backups all.
  case backupOnly = "backup-only"
  /// No records.
  case nodata
  /// SERVFAIL, so that askers try another server.
  case servfail
}

/// In which order the addresses of an answer come: `order=`.
package enum AnswerOrder: String, Hashable, Sendable, CaseIterable {
  /// Each answer begins with the next member, each as often as its weight says.
  case rotate
  /// As `rotate`, but without a pattern.
  case shuffle
  /// By the asker's address: the same asker gets the same order as long as the members stay.
  case hash
  /// As written.
  case fixed
}

/// Which members come first in an answer, whatever the order: `prefer=`.
package enum Preference: String, Hashable, Sendable, CaseIterable {
  /// Those at the asker's site.
  case site
}

/// The options of a pool that decide over its answers.
package struct PoolPolicy: Hashable, Sendable {
  /// More addresses in one answer help nobody, and lengthen it.
  package static let mostAnswers = 8

  package var need: Need
  /// Addresses in one answer, 1…8.
  package var answers: Int
  package var order: AnswerOrder
  package var preference: Preference?
  package var allDown: AllDown
  /// With fewer healthy members than this, backups come in, and then `allDown` holds. At least 1.
  package var minLive: Int
  /// How long a member that comes back takes to its full share; zero for at once.
  package var slowStart: Duration
  /// The TTL in seconds while a change is near; nil for the record's own.
  package var minTTL: UInt32?

  package init(
    need: Need = .all, answers: Int = PoolPolicy.mostAnswers, order: AnswerOrder = .rotate,
    preference: Preference? = nil, allDown: AllDown = .answerAll, minLive: Int = 1, slowStart: Duration = .zero,
    minTTL: UInt32? = nil
  ) {
    self.need = need
    self.answers = min(max(answers, 1), PoolPolicy.mostAnswers)
    self.order = order
    self.preference = preference
    self.allDown = allDown
    self.minLive = max(minLive, 1)
    self.slowStart = max(slowStart, .zero)
    self.minTTL = minTTL
  }
}
