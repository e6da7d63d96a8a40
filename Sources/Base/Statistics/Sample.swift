// SPDX-License-Identifier: Apache-2.0
/// Some measurements of one quantity, in the order in which they were given. The values are plain numbers; the caller
/// knows the unit.
package struct Sample: Sendable, Equatable {
    package let values: [Double]

    package init(_ values: [Double]) {
        self.values = values
    }

    /// The arithmetic mean; nil if the sample is empty.
    package var mean: Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// The sample standard deviation (divisor n - 1); nil for fewer than two values.
    package var standardDeviation: Double? {
        guard values.count > 1, let mean else { return nil }
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(values.count - 1)).squareRoot()
    }

    /// The quantile at `probability`, 0 to 1, interpolated linearly between the two neighbours in sorted order: the
    /// value at place (n - 1) x probability, counted from zero (Hyndman and Fan's definition 7). nil if the sample is
    /// empty or `probability` is outside 0 to 1.
    package func quantile(_ probability: Double) -> Double? {
        guard !values.isEmpty, probability >= 0, probability <= 1 else { return nil }
        let sorted = values.sorted()
        let place = Double(sorted.count - 1) * probability
        let below = Int(place)
        guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
        return sorted[below] + (sorted[below + 1] - sorted[below]) * (place - Double(below))
    }

    package var median: Double? { quantile(0.5) }

    /// Student's t interval of the mean, which assumes that the values are independent and their mean about normal. nil
    /// for fewer than two values, because one measurement says nothing about the spread.
    ///
    /// - Parameter confidence: above 0 and below 1.
    package func meanInterval(confidence: Double = 0.95) -> Interval? {
        guard let mean, let standardDeviation,
            let factor = StudentT(degreesOfFreedom: values.count - 1)?.critical(confidence: confidence)
        else { return nil }
        let reach = factor * standardDeviation / Double(values.count).squareRoot()
        return Interval(low: mean - reach, high: mean + reach)
    }

    /// The smallest detectable difference: how far the true mean must lie from a supposed one so that the interval of
    /// as many values with the same spread excludes the supposed mean with probability `power`. It is (t at (1 +
    /// confidence) / 2 + t at power) x s / sqrt n, both t with n - 1 degrees of freedom. nil for fewer than two values.
    ///
    /// - Parameters:
    ///   - confidence: above 0 and below 1, of the two-sided interval.
    ///   - power: above 0.5 and below 1.
    package func smallestDifference(confidence: Double = 0.95, power: Double = 0.8) -> Double? {
        // The one-sided point of `power` is the two-sided one of 2 x power - 1.
        guard let standardDeviation, let t = StudentT(degreesOfFreedom: values.count - 1),
            let level = t.critical(confidence: confidence), let found = t.critical(confidence: 2 * power - 1)
        else { return nil }
        return (level + found) * standardDeviation / Double(values.count).squareRoot()
    }

    /// Jain, Chiu and Hawe's fairness index of shares: (sum)^2 / (n x sum of squares), which is 1 if all are equal and
    /// 1/n if one has everything. nil if the sample is empty or all shares are zero.
    package var fairness: Double? {
        let squares = values.reduce(0) { $0 + $1 * $1 }
        guard squares > 0 else { return nil }
        let sum = values.reduce(0, +)
        return sum * sum / (Double(values.count) * squares)
    }

    /// Each value of `numerators` divided by the value with the same key in `denominators`, in order of the keys. Keys
    /// that only one of them has, and denominators that are not above zero, are left out.
    package static func pairedRatios<Key: Hashable & Comparable>(
        _ numerators: [Key: Double], to denominators: [Key: Double]
    ) -> [(key: Key, ratio: Double)] {
        numerators.keys.sorted().compactMap { key in
            guard let numerator = numerators[key], let denominator = denominators[key], denominator > 0 else {
                return nil
            }
            return (key, numerator / denominator)
        }
    }
}

/// The interval from `low` to `high`.
package struct Interval: Sendable, Equatable {
    package let low: Double
    package let high: Double

    package init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }

    package func contains(_ value: Double) -> Bool { low <= value && value <= high }

    /// The interval of a quantity that cannot be negative: the part below zero is cut off.
    package var cutAtZero: Interval { Interval(low: max(0, low), high: max(0, high)) }
}
