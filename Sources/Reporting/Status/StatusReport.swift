// All that the status page, /status.json, /metrics and `rondo status` can say, as one plain value.
//
// The control thread fills it in when somebody asks; the renderers read nothing else. Facts are stored,
// judgements on them are computed (StatusNode.swift, StatusPool.swift, StatusReport+Attention.swift), so the two cannot disagree.

package import DNS
package import Policy

/// A picture of the running daemon at one instant.
package struct StatusReport: Sendable {
  /// Rondo's version, as `rondo version` prints it.
  package var version: String
  /// The name of the host it runs on; nil if it has none.
  package var host: String?
  package var localTime = LocalTime.utc
  package var startedAt: UnixTime
  /// When the picture was taken; ages are counted back from here.
  package var now: UnixTime
  package var readiness: Readiness
  package var configuration: Configuration
  package var listeners: [Listener] = []
  package var zones: [Zone] = []
  package var secondaries: [SecondaryCounters] = []
  package var pools: [Pool] = []
  package var nodes: [Node] = []
  /// What operators have decided and planned.
  package var maintenance = MaintenanceCalendar()
  package var answers = AnswerCounters()
  package var health = HealthCounters()
  /// What parts of the daemon report that nothing else in here tells, such as a state file that cannot be written.
  package var reported: [Condition] = []
  /// Empty for `--state none`.
  package var stateFiles: [StateFileLag] = []
  package var log = LogLag()
  /// What has happened.
  package var history: EventHistory

  package init(
    version: String, startedAt: UnixTime, now: UnixTime, readiness: Readiness, configuration: Configuration
  ) {
    self.version = version
    self.startedAt = startedAt
    self.now = now
    self.readiness = readiness
    self.configuration = configuration
    history = EventHistory(begun: startedAt)
  }

  /// How times are worded.
  package var words: TimeWords { TimeWords(now: now, localTime: localTime) }
}

extension StatusReport {
  /// Whether the daemon does its whole work already.
  package enum Readiness: Hashable, Sendable {
    case ready
    /// Not yet; the text names what is missing, such as `the first checks of 2 nodes`.
    case waiting(for: String)
  }

  /// Which zone config files are being answered from.
  package struct Configuration: Sendable {
    /// As given on the command line.
    package var files: [String]
    /// When the configuration in use was read.
    package var loadedAt: UnixTime
    /// The last attempt to read it anew; nil when there was none since the start.
    package var lastReload: Reload?

    package init(files: [String], loadedAt: UnixTime, lastReload: Reload? = nil) {
      self.files = files
      self.loadedAt = loadedAt
      self.lastReload = lastReload
    }
  }

  package struct Reload: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
      case loaded
      /// The configuration from before stays in use.
      case refused(Refusal)
    }

    /// Why a reload was refused.
    package struct Refusal: Hashable, Sendable {
      package enum Cause: String, Sendable {
        /// The files, or what they need, have errors.
        case errors
        /// Pools would lose their last healthy node.
        case losses
      }

      package var cause: Cause
      /// How many errors there are, or pools.
      package var count: Int
      /// The first error, or what would become of the first pool: `it would leave pool access in IPv4 (…) without a
      /// healthy node`.
      package var first: String

      package init(_ cause: Cause, count: Int, first: String) {
        self.cause = cause
        self.count = count
        self.first = first
      }

      /// `2 errors`, `1 pool would lose its last healthy node`
      package var summary: String {
        switch cause {
        case .errors: counted(count, "error")
        case .losses:
          "\(counted(count, "pool")) would lose \(count == 1 ? "its" : "their") last healthy node"
        }
      }
    }

    package var at: UnixTime
    package var outcome: Outcome

    package init(at: UnixTime, outcome: Outcome) {
      self.at = at
      self.outcome = outcome
    }
  }

  package struct Zone: Hashable, Sendable {
    package var apex: DomainName
    package var serial: UInt32
    /// How many owner names the zone has, the apex counted.
    package var nameCount: Int
    /// Nil when nobody may have the zone.
    package var transfers: TransferCounters?

    package init(apex: DomainName, serial: UInt32, nameCount: Int) {
      self.apex = apex
      self.serial = serial
      self.nameCount = nameCount
    }
  }
}
