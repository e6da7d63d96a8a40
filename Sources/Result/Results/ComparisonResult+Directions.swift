// SPDX-License-Identifier: Apache-2.0
import Traces

extension ComparisonResult {
    /// One result for each direction that was measured, the first direction first. Each has that direction's runs and
    /// oracles, and its ratios under their plain names.
    package var byDirection: [ComparisonResult] {
        var directions: [Direction] = []
        for run in runs where !directions.contains(run.direction) { directions.append(run.direction) }
        guard directions.count > 1 else { return [self] }
        return directions.map { direction in
            var part = self
            part.runs = runs.filter { $0.direction == direction }
            part.oracles = oracles.filter { $0.direction == direction }
            part.ratios = ratios.filter { $0.direction == direction }.map { ratio in
                var ratio = ratio
                let prefix = Ratio.prefix(direction, first: directions[0])
                if ratio.name.hasPrefix(prefix) { ratio.name.removeFirst(prefix.count) }
                return ratio
            }
            return part
        }
    }
}

extension ComparisonResult.Ratio {
    /// The prefix of the names of a direction's ratios; empty for the first direction that was measured.
    package static func prefix(_ direction: Direction, first: Direction) -> String {
        direction == first ? "" : "\(direction.rawValue):"
    }
}
