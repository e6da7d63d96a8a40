// SPDX-License-Identifier: Apache-2.0
import Plans

/// How long the exchanges of a run took, from their start to their last byte.
///
/// One that the run's end cut off is known to have taken longer than it had until then, and counts so (Kaplan and
/// Meier,
/// *Nonparametric Estimation from Incomplete Observations*, 1958): among those that lasted that long, the others say
/// how it would have gone on. Leaving it out would flatter whoever left most undone.
package struct ExchangeSummary: Sendable, Equatable {
    package struct Step: Sendable, Equatable {
        package var time: Duration
        /// How much of all exchanges is done within that time, 0 to 1.
        package var share: Double

        package init(time: Duration, share: Double) {
            self.time = time
            self.share = share
        }
    }

    package let count: Int
    package let completed: Int
    /// Of those whose deadline the run could see pass: done later, or not done. nil: they have none.
    package let deadlineMisses: Int?
    /// The longest of all; nil where one that was cut off had already taken longer.
    package let longest: Duration?
    /// One for each different time, in rising order; the last share is below 1 where the longest were cut off.
    package let distribution: [Step]

    package var unfinished: Int { count - completed }

    /// - Parameters:
    ///   - end: of the run, since the first SYN as the exchanges' times are.
    ///   - deadline: of each exchange from its start.
    package init(_ exchanges: [RunRecord.Exchange], end: Duration, deadline: Duration? = nil) {
        self.init([(exchanges, end)], deadline: deadline)
    }

    /// One that was written down.
    package init(
        count: Int, completed: Int, deadlineMisses: Int?, longest: Duration?, distribution: [Step]
    ) {
        self.count = count
        self.completed = completed
        self.deadlineMisses = deadlineMisses
        self.longest = longest
        self.distribution = distribution
    }

    /// Of several runs together, each with its own end.
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

    /// Both in rising order.
    private static func distribution(_ done: [Duration], _ cutOff: [Duration]) -> [Step] {
        var steps: [Step] = []
        var left = 1.0
        var (first, gone) = (0, 0)
        while first < done.count {
            let time = done[first]
            var next = first
            while next < done.count, done[next] == time { next += 1 }
            // What was cut off in that very instant had lasted as long as these.
            while gone < cutOff.count, cutOff[gone] < time { gone += 1 }
            let lasting = done.count - first + cutOff.count - gone
            left *= Double(lasting - (next - first)) / Double(lasting)
            steps.append(Step(time: time, share: 1 - left))
            first = next
        }
        return steps
    }

    /// The time within which this share of the exchanges is done; nil where the run did not last long enough to say.
    package func quantile(_ share: Double) -> Duration? {
        // The shares are products of fractions, and a half must not be missed for its last bit.
        distribution.first { $0.share >= share - 1e-9 }?.time
    }

    /// At most 101 steps of the distribution: all of them, or those at every hundredth.
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
