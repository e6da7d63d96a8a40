// SPDX-License-Identifier: Apache-2.0
/// Tests whether paired differences lie below zero by more than chance. The test is one-sided: results better than
/// before are no reason to stop.
///
/// The test is exact if possible. If neither of two systems is better, every difference might as well have had the
/// other sign. There are 2^n equally likely ways to give signs to n differences, and the p value is the share of them
/// whose mean is as low as the observed one (Fisher, *The Design of Experiments*, 1935, section 21). This assumes
/// nothing about the distribution, but the p value cannot be smaller than 2^-n. If that is not small enough for the
/// level asked for, and beyond 20 pairs, Student's t is used, which assumes that the mean of the differences is about
/// normal.
package struct PairedTest: Sendable, Equatable {
    package enum Method: String, Sendable {
        case signFlip = "sign-flip"
        case t
    }

    /// More pairs would take more than a million sums.
    package static let mostExact = 20

    package let pairs: Int
    package let mean: Double
    package let method: Method
    /// The probability of a mean as low or lower if neither system were better.
    package let probability: Double

    /// - Parameters:
    ///   - differences: new minus old; at least two, because one shows no spread.
    ///   - level: the smallest level that a p value will be compared with.
    package init?(_ differences: [Double], level: Double) {
        let sample = Sample(differences)
        guard differences.count > 1, let mean = sample.mean, let deviation = sample.standardDeviation else {
            return nil
        }
        pairs = differences.count
        self.mean = mean
        let smallest = Self.smallestProbability(pairs: pairs)
        if pairs <= Self.mostExact, smallest <= level {
            method = .signFlip
            probability = Self.signFlip(differences)
        } else {
            method = .t
            probability = Self.student(mean, deviation, pairs: pairs) ?? smallest
        }
    }

    /// The smallest p value that the exact test can give for this number of pairs.
    package static func smallestProbability(pairs: Int) -> Double {
        (0..<min(1000, max(0, pairs))).reduce(1) { product, _ in product / 2 }
    }

    /// The smallest number of pairs with which the exact test can reach `level`.
    package static func pairsNeeded(level: Double) -> Int {
        var pairs = 1
        while pairs < 1000, smallestProbability(pairs: pairs) > level { pairs += 1 }
        return pairs
    }

    /// Goes through all signs in the order of a Gray code, in which one sign changes at a time.
    private static func signFlip(_ differences: [Double]) -> Double {
        let sizes = differences.map(abs)
        let observed = differences.reduce(0, +)
        // Sums of the same numbers in a different order differ in their last bits.
        let limit = observed + 1e-9 * sizes.reduce(0, +)
        var isNegative = [Bool](repeating: false, count: sizes.count)
        var sum = sizes.reduce(0, +)
        var asLow = sum <= limit ? 1 : 0
        let all = 1 << sizes.count
        for step in 1..<all {
            let turned = step.trailingZeroBitCount
            sum += isNegative[turned] ? 2 * sizes[turned] : -2 * sizes[turned]
            isNegative[turned].toggle()
            if sum <= limit { asLow += 1 }
        }
        return Double(asLow) / Double(all)
    }

    /// nil if all differences are the same, because then there is no spread to judge by.
    private static func student(_ mean: Double, _ deviation: Double, pairs: Int) -> Double? {
        guard mean < 0 else { return 1 }
        guard deviation > abs(mean) * 1e-9, let distribution = StudentT(degreesOfFreedom: pairs - 1) else { return nil }
        let t = abs(mean) / (deviation / Double(pairs).squareRoot())
        return (1 - distribution.probability(within: t)) / 2
    }
}

/// Holm's correction. If p values are replaced by these, the chance that any of several true hypotheses is rejected
/// stays within the level, however they depend on each other (*A Simple Sequentially Rejective Multiple Test
/// Procedure*, 1979).
package enum Holm {
    /// The corrected p values, in the order given.
    package static func adjusted(_ probabilities: [Double]) -> [Double] {
        let order = probabilities.indices.sorted { (probabilities[$0], $0) < (probabilities[$1], $1) }
        var adjusted = probabilities
        var largest = 0.0
        for (rank, index) in order.enumerated() {
            largest = max(largest, min(1, probabilities[index] * Double(probabilities.count - rank)))
            adjusted[index] = largest
        }
        return adjusted
    }
}
