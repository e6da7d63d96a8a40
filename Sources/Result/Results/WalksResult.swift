// SPDX-License-Identifier: Apache-2.0
import Quantities
import Statistics

/// Several walks compared as a whole: the result of each walk, and the result over all of them.
///
/// The walk is the unit of replication. A walk's own interval says how well its mean is known; only the interval over
/// walks says anything about other walks.
package struct WalksResult: Sendable, Equatable {
    package struct Walk: Sendable, Equatable {
        /// The directory of the walk's results, below the directory of the whole.
        package var directory: String
        package var replay: String
        package var sha256: String
        package var duration: Duration
        package var seeds: Int
        package var headline: String
        /// Ratios, as means over seeds.
        package var ratios: [ComparisonResult.Ratio]
        package var isTrustworthy: Bool
        package var gates: [ComparisonResult.GateVerdict]
        /// MPTCP's mean over seeds; nil if MPTCP was not run.
        package var goodput: DataRate?
        /// MPTCP's longest gap in any of the seeds.
        package var longestGap: Duration?

        package init(
            directory: String, replay: String, sha256: String, duration: Duration, seeds: Int, headline: String,
            ratios: [ComparisonResult.Ratio], isTrustworthy: Bool, gates: [ComparisonResult.GateVerdict] = [],
            goodput: DataRate? = nil, longestGap: Duration? = nil
        ) {
            self.directory = directory
            self.replay = replay
            self.sha256 = sha256
            self.duration = duration
            self.seeds = seeds
            self.headline = headline
            self.ratios = ratios
            self.isTrustworthy = isTrustworthy
            self.gates = gates
            self.goodput = goodput
            self.longestGap = longestGap
        }

        package func ratio(_ name: String) -> ComparisonResult.Ratio? { ratios.first { $0.name == name } }
    }

    /// The mean over walks of each walk's mean ratio.
    package struct Overall: Sendable, Equatable {
        /// How many walks have this ratio.
        package var walks: Int
        /// The mean, with the t interval over walks.
        package var ratio: ComparisonResult.Ratio

        package init(walks: Int, ratio: ComparisonResult.Ratio) {
            self.walks = walks
            self.ratio = ratio
        }
    }

    package var walks: [Walk]
    package var walkback: String
    package var kernelRelease: String
    /// The command that repeats this comparison.
    package var command: String

    package init(walks: [Walk], walkback: String, kernelRelease: String, command: String) {
        self.walks = walks
        self.walkback = walkback
        self.kernelRelease = kernelRelease
        self.command = command
    }

    /// Every ratio that at least one walk has, in the order of first appearance.
    package var names: [String] {
        var names: [String] = []
        for ratio in walks.flatMap(\.ratios) where ratio.value != nil && !names.contains(ratio.name) {
            names.append(ratio.name)
        }
        return names
    }

    /// The mean of every ratio that at least two walks have: a single walk says nothing about others.
    package var overall: [Overall] {
        names.compactMap { name in
            let values = walks.compactMap { $0.ratio(name)?.value }
            guard values.count > 1 else { return nil }
            return Overall(walks: values.count, ratio: .init(name: name, meanOf: Sample(values)))
        }
    }

    package func overall(_ name: String) -> Overall? { overall.first { $0.ratio.name == name } }
}
