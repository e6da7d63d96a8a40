// SPDX-License-Identifier: Apache-2.0
import Bounds
import Quantities
import Statistics
import Traces

extension ComparisonResult.Run {
    /// From `time` on, counted from the first SYN, the home address is reached over this path; nil: over no path.
    package struct Move: Sendable, Equatable {
        package var time: Duration
        package var path: String?

        package init(time: Duration, path: String?) {
            self.time = time
            self.path = path
        }
    }
}

extension ComparisonResult.Oracle {
    /// The result of the strongest Optimal TCP for this seed, in application bytes.
    package var optimal: ByteCount? {
        KnownBounds.optimalTCPs.compactMap { bounds[$0.name]?.bytes }.max()
    }

    /// For a workload of a fixed size, when the strongest Optimal TCP has transferred it.
    package var optimalCompletion: Duration? {
        KnownBounds.optimalTCPs.compactMap { bounds[$0.name]?.completion }.min()
    }

    /// For each window from the first SYN on, the id of the run whose bytes spliced Optimal TCP took. Empty if there is
    /// no spliced Optimal TCP.
    package var splicedRuns: [String] { choices[SplicedOptimal.name] ?? [] }
}

extension ComparisonResult {
    /// A ratio for one seed, or its mean over all seeds (seed nil) with a 95 % interval of the mean.
    package struct Ratio: Sendable, Equatable {
        package var name: String
        package var direction = Direction.down
        package var seed: UInt64?
        package var value: Double?
        package var low: Double?
        package var high: Double?
        /// For a mean: how far from 1 the true mean would have to be for this number of seeds to show it.
        package var smallestDifference: Double?

        package init(
            name: String, seed: UInt64? = nil, value: Double? = nil, low: Double? = nil, high: Double? = nil,
            smallestDifference: Double? = nil
        ) {
            self.name = name
            self.seed = seed
            self.value = value
            self.low = low
            self.high = high
            self.smallestDifference = smallestDifference
        }

        /// The mean of `sample`, with its interval and the smallest difference that it can show.
        package init(name: String, meanOf sample: Sample) {
            let interval = sample.meanInterval()
            // No ratio is below zero, so the part of an interval below zero is cut off.
            self.init(
                name: name, value: sample.mean, low: interval.map { max(0, $0.low) }, high: interval?.high,
                smallestDifference: sample.smallestDifference())
        }
    }

    /// One window of the oracle: what spliced Optimal TCP took in it and what built Optimal TCP delivered.
    package struct BuiltWindow: Sendable, Equatable {
        /// The cause to which a difference in this window is attributed: the first case that applies.
        package enum Cause: String, Sendable, CaseIterable {
            /// The path was detached for part of the window, or the connection was silent for half a second or more
            /// although the path could have carried data: retransmission timers that have backed off.
            case away
            /// The home address moved in this window: slow start, another round-trip time, a queue left behind.
            case switched
            /// The oracle chose by capacity, the splice by the bytes that TCP delivered, and the choices differ.
            case chosenOtherwise = "chosen-otherwise"
            case other
        }

        package var seed: UInt64
        /// Time since the first SYN.
        package var span: Range<Duration>
        /// The path of the home address at the end of the window.
        package var builtPath: String?
        package var splicedPath: String?
        package var spliced: ByteCount
        package var built: ByteCount
        package var cause: Cause

        package init(
            seed: UInt64, span: Range<Duration>, builtPath: String?, splicedPath: String?, spliced: ByteCount,
            built: ByteCount, cause: Cause
        ) {
            self.seed = seed
            self.span = span
            self.builtPath = builtPath
            self.splicedPath = splicedPath
            self.spliced = spliced
            self.built = built
            self.cause = cause
        }

        /// Negative if built Optimal TCP delivered more.
        package var missing: ByteCount { spliced - built }
    }

    /// MPTCP and one TCP on every path, all at the same time.
    package struct Competition: Sendable, Equatable {
        package struct Flow: Sendable, Equatable {
            package var name: String
            package var delivered: ByteCount

            package init(name: String, delivered: ByteCount) {
                self.name = name
                self.delivered = delivered
            }
        }

        package var seed: UInt64
        package var mptcp: ByteCount
        /// The competing TCPs, one for each path.
        package var flows: [Flow]
        /// Spliced from the competing TCPs; nil if there are none.
        package var optimal: ByteCount?
        /// MPTCP's bytes divided by the bytes of that Optimal TCP.
        package var ratio: Double?
        /// Jain's fairness index over all flows: 1 if all flows get the same, 1/n if one flow gets everything.
        package var jain: Double?

        package init(
            seed: UInt64, mptcp: ByteCount, flows: [Flow], optimal: ByteCount?, ratio: Double?, jain: Double?
        ) {
            self.seed = seed
            self.mptcp = mptcp
            self.flows = flows
            self.optimal = optimal
            self.ratio = ratio
            self.jain = jain
        }

        package var total: ByteCount { flows.map(\.delivered).reduce(mptcp, +) }
    }
}
