// Which changes of state the event history keeps: the words are those of the log, and programs may rely on both.

/// A kind of event; its raw value is the stable word that log, history and metrics have for it.
///
/// A new kind needs a line here, its sentence (EventSentence.swift), and a line in docs/status.md.
package enum EventKind: String, Hashable, Sendable, CaseIterable {
  // The process.
  case start
  /// Answers begin.
  case ready
  case stopping
  /// The process before has not stopped: it was killed, or crashed.
  case endedWithoutStop = "ended-without-stop"
  case addressMissing = "address-missing"
  case addressPresent = "address-present"
  case tlsUnavailable = "tls-unavailable"

  // Checks.
  case addressDown = "address-down"
  case addressUp = "address-up"
  case checkWarning = "check-warning"
  case checkWarningOver = "check-warning-over"
  case checkCannotRun = "check-cannot-run"
  case checkRunsAgain = "check-runs-again"
  case resultsMissing = "results-missing"
  case resultsBack = "results-back"
  case isolated
  case isolationOver = "isolation-over"

  // Pools.
  /// Other nodes than before are handed out.
  case poolMembers = "pool-members"
  case backupsIn = "backups-in"
  case backupsOut = "backups-out"
  case poolFailOpen = "pool-fail-open"
  case poolFailOpenOver = "pool-fail-open-over"
  case redundancyLost = "redundancy-lost"
  case redundancyRegained = "redundancy-regained"

  // Operators.
  case nodeDrained = "node-drained"
  case nodeForced = "node-forced"
  case nodeResumed = "node-resumed"
  /// Somebody may still have the address of a node that an operator has taken out.
  case nodeNotQuiet = "node-not-quiet"
  /// No cache has it any more.
  case nodeQuiet = "node-quiet"
  /// A drain is over its time, and the checks do not pass.
  case drainOverdue = "drain-overdue"
  case windowPlanned = "window-planned"
  case windowCancelled = "window-cancelled"
  /// A window does not begin although its time has come.
  case windowHeldBack = "window-held-back"
  case windowMissed = "window-missed"
  case adminStateDropped = "admin-state-dropped"
  case reloadOk = "reload-ok"
  case reloadRefused = "reload-refused"

  // What needs attention.
  case attention
  case attentionOver = "attention-over"
  /// The status has another word.
  case status

  // State on disk.
  case stateNotKept = "state-not-kept"
  case stateKeptAgain = "state-kept-again"
  case stateSetAside = "state-set-aside"
  /// The end of the history on disk was torn.
  case historyCut = "history-cut"
  /// Events are missing here that never reached the disk.
  case eventsLost = "events-lost"
}
