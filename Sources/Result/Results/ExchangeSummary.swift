// SPDX-License-Identifier: Apache-2.0
import Plans

/// How long the exchanges of a run took, from their start to their last byte.
///
/// An exchange that was cut off by the end of the run is known to have lasted longer than the time until then, and is
/// counted as such (Kaplan and Meier, *Nonparametric Estimation from Incomplete Observations*, 1958): the other
/// exchanges that lasted that long show how it would have gone on. Leaving it out would favour the strategy that left
/// most exchanges unfinished.
package struct ExchangeSummary: Sendable, Equatable {
    package struct Step: Sendable, Equatable {
        package var time: Duration
        /// The share of all exchanges that is done within that time, 0 to 1.
        package var share: Double

        package init(time: Duration, share: Double) {
            self.time = time
            self.share = share
        }
    }

    package let count: Int
    package let completed: Int
    /// Number of exchanges done after their deadline or not at all, among those whose deadline lay within the run. nil
    /// if the exchanges have no deadline.
    package let deadlineMisses: Int?
    /// The longest of all; nil if an exchange that was cut off had already taken longer.
    package let longest: Duration?
    /// One step for each distinct time, in rising order; the last share is below 1 if the longest exchanges were cut
    /// off.
    package let distribution: [Step]

    package var unfinished: Int { count - completed }

    /// - Parameters:
    ///   - end: end of the run, since the first SYN like the times of the exchanges.
    ///   - deadline: deadline of each exchange, counted from its start.
    package init(_ exchanges: [RunRecord.Exchange], end: Duration, deadline: Duration? = nil) {
        self.init([(exchanges, end)], deadline: deadline)
    }

    /// A summary that was read from a file.
    package init(
        count: Int, completed: Int, deadlineMisses: Int?, longest: Duration?, distribution: [Step]
    ) {
        self.count = count
        self.completed = completed
        self.deadlineMisses = deadlineMisses
        self.longest = longest
        self.distribution = distribution
    }

    /// The summary of several runs together, each with its own end.
    package init(_ runs: [(exchanges: [RunRecord.Exchange], end: Duration)], deadline: Duration? = nil) {
        let all = runs.flatMap { run in run.exchanges.map { (exchange: $0, end: run.end) } }
        count = all.count
        completed = all.count { $0.exchange.end != nil }
        deadlineMisses = deadline.map { deadline in
            all.count { ($0.exchange.end ?? $0.end) - $0.exchange.start > deadline }
        }
        let done = all.compactMap { item in item.exchange.end.map { $0 - item.exchange.start } }.sorted()
        let cutOff = all.filter { $0.exchange.end == nil }.map { $0.end - $0.exchange.start }.sorted()
        longest = done.last.flatMap { last in cutOff.contains { $0 > last } ? nil : last }
        distribution = Self.distribution(done, cutOff)
    }

    /// Both arrays are in rising order.
    private static func distribution(_ done: [Duration], _ cutOff: [Duration]) -> [Step] {
        var steps: [Step] = []
        var left = 1.0
        var (first, gone) = (0, 0)
        while first < done.count {
            let time = done[first]
            var next = first
            while next < done.count, done[next] == time { next += 1 }
            // Exchanges that were cut off at exactly this time lasted as long as these.
            while gone < cutOff.count, cutOff[gone] < time { gone += 1 }
            let lasting = done.count - first + cutOff.count - gone
            left *= Double(lasting - (next - first)) / Double(lasting)
            steps.append(Step(time: time, share: 1 - left))
            first = next
        }
        return steps
    }

    /// The time within which this share of the exchanges is done; nil if the run was too short to tell.
    package func quantile(_ share: Double) -> Duration? {
        // The shares are products of fractions; the tolerance keeps a rounding error in the last bit from missing, say,
        // one half.
        distribution.first { $0.share >= share - 1e-9 }?.time
    }

    /// At most 101 steps of the distribution: all of them, or one at every hundredth.
    package var curve: [Step] {
        guard distribution.count > 101 else { return distribution }
        var curve: [Step] = []
        for hundredth in 0...100 {
            guard let step = distribution.first(where: { $0.share >= Double(hundredth) / 100 - 1e-9 }) else { break }
            if curve.last != step { curve.append(step) }
        }
        return curve
    }
}

extension ComparisonResult.Run {
    package func exchangeSummary(_ workload: Workload) -> ExchangeSummary {
        ExchangeSummary(exchanges, end: duration, deadline: workload.kind.lateAfter)
    }
}
