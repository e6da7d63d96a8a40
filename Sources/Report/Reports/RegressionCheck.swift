// SPDX-License-Identifier: Apache-2.0
import Documents
import Statistics

/// A comparison with a baseline: finds what is worse than before, by more than matters and beyond chance.
///
/// Every quantity is compared in pairs, within a walk and a seed, and tested one-sided (`PairedTest`). The p values of
/// all quantities together are corrected by Holm's method, so that at most a share of `level` of all checks call an
/// unchanged system worse, whatever the number of quantities.
package struct RegressionCheck: Sendable {
    package struct Settings: Sendable, Equatable {
        /// The level of the whole check: the share of checks that may call an unchanged system worse.
        package var level = 0.01
        /// The smallest loss of goodput or of a ratio that matters, as a fraction of the baseline's value.
        package var smallestEffect = 0.02
        /// Times vary more than bytes do: the smallest growth that matters is this multiple of `smallestEffect`.
        package static let timeFactor = 5.0

        package init() {}

        func smallestEffect(of kind: Quantity.Kind) -> Double {
            kind.isGain ? smallestEffect : smallestEffect * Self.timeFactor
        }
    }

    package enum Verdict: String, Sendable {
        /// Equal in every seed, to the last digit that is kept.
        case same
        /// Worse beyond chance and by more than matters.
        case regression
        /// Neither worse nor known to be better.
        case noRegression = "no-regression"
        /// There are fewer than two pairs.
        case notComparable = "not-comparable"
    }

    package struct Finding: Sendable {
        package let walk: String
        package let quantity: Quantity
        package let pairs: Int
        package let before: Double
        package let now: Double
        /// (now - before) / before, with its 95 % interval over the pairs.
        package let change: Double?
        package let interval: Interval?
        package let test: PairedTest?
        /// After Holm's correction.
        package var probability: Double?
        package var verdict: Verdict
        /// Where most of a regression happened; nil for other verdicts.
        package var place: Place?
    }

    /// The window in which most was lost.
    package struct Place: Sendable, Equatable {
        package let span: Range<Duration>
        /// Application bytes per run, as a mean over the pairs; negative if fewer arrived than before.
        package let difference: Double
        /// The difference over the whole run.
        package let whole: Double
    }

    package let settings: Settings
    package let walks: [Baseline.Walk]
    package private(set) var findings: [Finding]
    /// Walks all of whose numbers equal the baseline's.
    package let identical: [String]
    /// Walks whose seeds were paired in order, since the baseline has none of them.
    package let pairedInOrder: [String]
    /// Walks whose replays differ from the baseline's in settings, strategies or gates.
    package let otherSettings: [String]

    package var regressions: [Finding] { findings.filter { $0.verdict == .regression } }

    /// - Parameter gates: the quantities that each walk's gates judge. They are compared in addition to what every
    ///   strategy moved.
    /// - Throws: `Fault` (bad input) if the baseline is of other replays.
    package init(
        _ now: Baseline, against baseline: Baseline, gates: [String: [String]], settings: Settings = Settings(),
        baselinePath: String
    ) throws {
        self.settings = settings
        walks = now.walks
        var pairs: [(walk: Baseline.Walk, before: Baseline.Walk)] = []
        for walk in now.walks { pairs.append((walk, try Self.partner(of: walk, in: baseline, path: baselinePath))) }
        otherSettings = pairs.filter { $0.sha256 != $1.sha256 }.map(\.walk.name)
        identical = pairs.filter { $0.digest == $1.digest && $0.runs == $1.runs }.map(\.walk.name)
        var inOrder: [String] = []
        var compared: [(walk: Baseline.Walk, before: Baseline.Walk, quantity: Quantity, pairs: [(Double, Double)])] = []
        for (walk, before) in pairs {
            for quantity in walk.quantities where Self.isCompared(quantity, gates: gates[walk.name] ?? []) {
                guard let old = before.quantities.first(where: { $0.name == quantity.name }) else { continue }
                let (values, ordered) = Self.paired(old, quantity)
                if ordered, !inOrder.contains(walk.name) { inOrder.append(walk.name) }
                compared.append((walk, before, quantity, values))
            }
        }
        guard !compared.isEmpty else {
            throw Fault.input(
                baselinePath, "has no quantity in common with this result; run the strategies of the baseline")
        }
        pairedInOrder = inOrder
        let strictest = settings.level / Double(compared.count)
        findings = compared.map { Self.finding($0.walk, $0.quantity, $0.pairs, level: strictest) }
        correct(compared.map { ($0.walk, $0.before) })
    }

    private static func partner(
        of walk: Baseline.Walk, in baseline: Baseline, path: String
    ) throws -> Baseline.Walk {
        if let found = baseline.walks.first(where: { $0.walkSHA256 == walk.walkSHA256 }) { return found }
        guard let same = baseline.walks.first(where: { $0.replay == walk.replay }) else {
            let names = baseline.walks.map(\.replay).joined(separator: ", ")
            throw Fault.input(path, "is a baseline of \(names), but the result is of '\(walk.replay)'; name another")
        }
        throw Fault.input(
            path,
            "is of another version of '\(walk.replay)': the digest of its paths, traces and workload is "
                + "\(same.walkSHA256.prefix(12)), but that of the result is \(walk.walkSHA256.prefix(12)); save a "
                + "baseline of the present replay")
    }

    /// Compared are what strategies moved, or how long their exchanges took, and everything that a gate judges.
    private static func isCompared(_ quantity: Quantity, gates: [String]) -> Bool {
        switch quantity.kind {
        case .goodput, .medianTime, .slowTime: true
        case .ratio, .longestGap: gates.contains(quantity.name)
        }
    }

    /// Pairs the seeds that both have or, if they have none in common, all seeds in order. Both ways are fair: if
    /// nothing has changed, either side might as well have been the other.
    private static func paired(_ before: Quantity, _ now: Quantity) -> (pairs: [(Double, Double)], inOrder: Bool) {
        let old = Dictionary(before.values.map { ($0.seed, $0.value) }) { first, _ in first }
        let common = now.values.compactMap { seed, value in old[seed].map { ($0, value) } }
        guard common.isEmpty else { return (common, false) }
        return (zip(before.values, now.values).map { ($0.value, $1.value) }, true)
    }

    private static func finding(
        _ walk: Baseline.Walk, _ quantity: Quantity, _ pairs: [(Double, Double)], level: Double
    ) -> Finding {
        let (before, now) = (Sample(pairs.map(\.0)), Sample(pairs.map(\.1)))
        let differences = Sample(pairs.map { $1 - $0 })
        let base = before.mean ?? 0
        let sign = quantity.kind.isGain ? 1.0 : -1
        let same = !pairs.isEmpty && differences.values.allSatisfy { $0 == 0 }
        let test = PairedTest(differences.values.map { $0 * sign }, level: level)
        return Finding(
            walk: walk.name, quantity: quantity, pairs: pairs.count, before: base, now: now.mean ?? 0,
            change: base > 0 ? differences.mean.map { $0 / base } : nil,
            interval: base > 0
                ? differences.meanInterval().map { .init(low: $0.low / base, high: $0.high / base) } : nil,
            test: test, verdict: same ? .same : test == nil ? .notComparable : .noRegression)
    }

    private mutating func correct(_ walks: [(now: Baseline.Walk, before: Baseline.Walk)]) {
        let tested = findings.indices.filter { findings[$0].test != nil }
        let adjusted = Holm.adjusted(tested.map { findings[$0].test?.probability ?? 1 })
        for (index, probability) in zip(tested, adjusted) {
            findings[index].probability = probability
            guard findings[index].verdict != .same, probability <= settings.level, isLargeEnough(findings[index]) else {
                continue
            }
            findings[index].verdict = .regression
            findings[index].place = Self.place(of: findings[index].quantity, walks[index].now, walks[index].before)
        }
    }

    private func isLargeEnough(_ finding: Finding) -> Bool {
        let smallest = settings.smallestEffect(of: finding.quantity.kind)
        // A change from zero has no relative size.
        guard let change = finding.change else { return finding.quantity.kind.isGain ? false : finding.now > 0 }
        return finding.quantity.kind.isGain ? change <= -smallest : change >= smallest
    }

    /// The window in which the strategy lost most compared to its runs in the baseline. For a ratio, it is the strategy
    /// in the numerator.
    private static func place(of quantity: Quantity, _ now: Baseline.Walk, _ before: Baseline.Walk) -> Place? {
        let strategy =
            quantity.strategy
            ?? (quantity.name.split(separator: ":").last ?? "").split(separator: "/").first.map(String.init)
        guard let strategy, now.window == before.window else { return nil }
        func mean(_ walk: Baseline.Walk) -> [Double] {
            let runs = walk.windows.filter { $0.strategy == strategy && $0.direction == quantity.direction }
            guard let count = runs.map(\.bytes.count).min() else { return [] }
            return (0..<count).map { window in
                runs.reduce(0) { $0 + Double($1.bytes[window]) } / Double(runs.count)
            }
        }
        let differences = zip(mean(now), mean(before)).map { $0 - $1 }
        guard let worst = differences.indices.min(by: { differences[$0] < differences[$1] }), differences[worst] < 0
        else { return nil }
        let start = now.window * worst
        return Place(
            span: start..<min(start + now.window, max(start, now.duration)), difference: differences[worst],
            whole: differences.reduce(0, +))
    }

    /// The number of pairs that the exact test needs to call one among this many quantities worse.
    package var pairsNeeded: Int {
        PairedTest.pairsNeeded(level: settings.level / Double(max(1, findings.count)))
    }
}
