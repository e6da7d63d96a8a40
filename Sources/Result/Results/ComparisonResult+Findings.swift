// SPDX-License-Identifier: Apache-2.0
import Bounds
import Quantities
import Statistics
import Traces

extension ComparisonResult.Run {
    /// From `time` on, since the first SYN, the home address is reached over this path; nil: over none.
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
    /// The strongest Optimal TCP there is for this seed, in application bytes.
    package var optimal: ByteCount? {
        KnownBounds.optimalTCPs.compactMap { bounds[$0.name]?.bytes }.max()
    }

    /// Of a workload of a fixed size, when the strongest Optimal TCP has transferred it.
    package var optimalCompletion: Duration? {
        KnownBounds.optimalTCPs.compactMap { bounds[$0.name]?.completion }.min()
    }

    /// For each window from the first SYN on, the id of the run whose bytes spliced Optimal TCP took. Empty where there
    /// is none.
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
        /// Of a mean: how far from 1 the true one would have to be for as many seeds as these to show it.
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

        /// The mean of `sample`, with what can be said of it.
        package init(name: String, meanOf sample: Sample) {
            let interval = sample.meanInterval()
            // No ratio is below zero, so what an interval has there holds nothing.
            self.init(
                name: name, value: sample.mean, low: interval.map { max(0, $0.low) }, high: interval?.high,
                smallestDifference: sample.smallestDifference())
        }
    }

    /// One of the oracle's windows: what spliced Optimal TCP took in it and what built Optimal TCP delivered.
    package struct BuiltWindow: Sendable, Equatable {
        /// What a difference in this window is put down to; the first that holds.
        package enum Cause: String, Sendable, CaseIterable {
            /// The path was detached for a part of it, or the connection said nothing for half a second and more
            /// although the path could have carried: retransmission timers that have backed off.
            case away
            /// The home address moved in it: slow start, another round-trip time, a queue left behind.
            case switched
            /// The oracle chose by capacity, the splice by what TCP delivered, and they differ.
            case chosenOtherwise = "chosen-otherwise"
            case other
        }

        package var seed: UInt64
        /// Since the first SYN.
        package var span: Range<Duration>
        /// Where the home address was at the window's end.
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

        /// Negative where built Optimal TCP delivered more.
        package var missing: ByteCount { spliced - built }
    }

    /// MPTCP and one TCP on every path, all at once.
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
        /// The TCPs, one for each path.
        package var flows: [Flow]
        /// Spliced from the competing TCPs; nil without any.
        package var optimal: ByteCount?
        /// MPTCP's bytes over those of that Optimal TCP.
        package var ratio: Double?
        /// Jain's index of fairness over all flows: 1 where all have the same, 1/n where one has all.
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
