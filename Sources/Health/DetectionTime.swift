// How long a fault can go unseen: the bounds that `rondo timeline` prints, from the plans alone.
//
// They hold while this host finds places and descriptors for its probes and is not stopped. The daemon adds up to 1 ms to
// each start and each time-out, for that is how finely it waits.

package import Model

extension CheckPlan {
  /// The longest time from one probe to the next of a pending change, if none has an answer sooner than `answer`.
  private func slowestFastStart(_ answer: Duration) -> Duration { max(fast, answer) }

  /// The longest time from a fault to the verdict `down`, for a node that says nothing any more.
  package var slowestDetection: Duration { slowestDetection(answer: timeout) }

  /// The longest time from a fault to the verdict, for a node whose failures come after `answer`.
  ///
  /// Proof. The last probe that could succeed started before the fault, and while nothing is pending the next starts
  /// `every` after it at the latest. It fails, `answer` later. From then on a change is pending: each further
  /// start comes when `fast` has passed since the one before and that one is over. After `fall` failures the verdict
  /// falls, with the end of the last:
  ///
  ///     every + (fall − 1) × max(fast, answer) + answer
  ///
  /// If failures were pending already, or `flaky=` decides, it falls sooner. At the defaults that is 11 s for
  /// a silent node and 7 s for one that refuses.
  package func slowestDetection(answer: Duration) -> Duration { detectionParts(answer: answer).total }

  /// The same bound, or that of `slowestDetection(witnessWithin:)`, by what it comes from.
  package func detectionParts(answer: Duration, witnessWithin: Duration? = nil) -> DetectionParts {
    var parts = DetectionParts(
      firstStart: every, furtherStarts: slowestFastStart(answer) * (fall - 1), answer: answer)
    if let witnessWithin {
      parts.witness = max(.zero, slowestDetection(witnessWithin: witnessWithin) - parts.total)
    }
    return parts
  }

  /// By what the verdict comes when a service ends while `watch=on` holds a connection to it: there is at most one probe
  /// in `fast` for a broken connection, and if the dying service still takes that one, another that is refused.
  package var brokenWatchParts: DetectionParts { DetectionParts(firstStart: fast + EarlyProbe.secondLook) }

  /// How soon the probe of a healthy node is over: what `rondo timeline` reckons with. At `timeout=1s` and more a
  /// witness so quick delays no verdict.
  package static let quickWitness = Duration.milliseconds(100)

  /// The longest time from a fault to the verdict if somebody else must be heard first, whose probes are over
  /// within `answer`: silence may be this host's own.
  ///
  /// Proof. The witness is asked when the first failure ends, `every + timeout` after the fault at the latest; if one
  /// failure decides, when half of its timeout is over. It may be in the middle of a probe, and have been asked a
  /// moment ago.
  package func slowestDetection(witnessWithin answer: Duration) -> Duration {
    let silence = fall == 1 ? timeout / 2 : timeout
    return max(slowestDetection, every + silence + answer + EarlyProbe.leastGap + answer)
  }

  /// The longest time from a fault to the verdict if nobody else is there to be heard either: then it is believed
  /// without a witness after `patience`, by the next probe.
  func slowestDetection(patience: Duration) -> Duration {
    max(slowestDetection, every + timeout + patience + slowestFastStart(timeout) + timeout)
  }
}

/// The parts of the longest time from a fault to the verdict `down`.
package struct DetectionParts: Hashable, Sendable {
  /// Until the first probe starts that fails.
  package var firstStart: Duration
  /// From then until the last one starts that `fall` asks for.
  package var furtherStarts: Duration
  /// Until that one has failed.
  package var answer: Duration
  /// Until somebody else has been heard, where that is still to be waited for.
  package var witness = Duration.zero

  package init(firstStart: Duration, furtherStarts: Duration = .zero, answer: Duration = .zero) {
    self.firstStart = firstStart
    self.furtherStarts = furtherStarts
    self.answer = answer
  }

  package var total: Duration { firstStart + furtherStarts + answer + witness }
}
