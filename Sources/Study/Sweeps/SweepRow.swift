// SPDX-License-Identifier: Apache-2.0
import Bounds
import Energy
import Plans
import Quantities
import Results
import Traces

/// One line of a sweep's table: what one run delivered, or what an oracle allows.
package struct SweepRow: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable {
        case run
        /// Application bytes that an oracle derived from measured runs or from the traces.
        case bound
    }

    package var kind: Kind
    /// For a bound, its name: `optimal`, which is the strongest Optimal TCP there is; `spliced-optimal`;
    /// `capacity-optimal`; …
    package var strategy: String
    package var seed: UInt64
    package var direction: Direction
    package var duration: Duration
    /// nil if there is no value; a run that failed says why.
    package var delivered: ByteCount?
    package var longestGap: Duration?
    /// IP bytes that arrived in both directions, by path.
    package var wire: [String: ByteCount] = [:]
    /// Joules, by energy model.
    package var energy: [String: Double] = [:]
    /// nil if no kernel ran it.
    package var verified: Bool?
    /// Windows in which a link differed from its trace by more than one largest packet + 0.1 %.
    package var violations: Int?
    package var failure: String?

    init(kind: Kind, strategy: String, seed: UInt64, direction: Direction, duration: Duration, delivered: ByteCount?) {
        self.kind = kind
        self.strategy = strategy
        self.seed = seed
        self.direction = direction
        self.duration = duration
        self.delivered = delivered
    }

    package var goodput: DataRate? { delivered.map { $0.rate(over: duration) } }

    /// Whether the row cannot be trusted.
    var isDoubtful: Bool { kind == .run && (failure != nil || verified == false || violations ?? 0 > 0) }
}

extension SweepRow {
    /// Runs come first, in the replay's order, then the bounds of each seed.
    ///
    /// - Parameter isMeasured: whether there were links and bytes to check.
    static func all(
        runs measured: [ComparisonResult.Run], oracles: [ComparisonResult.Oracle], isMeasured: Bool = true
    ) -> [SweepRow] {
        let runs = measured.map { run in
            var row = SweepRow(
                kind: .run, strategy: run.strategy.description, seed: run.seed, direction: run.direction,
                duration: run.duration, delivered: run.delivered)
            row.longestGap = run.longestGap
            for path in run.paths { row.wire[path.name] = path.wireBytes }
            for energy in run.energy { row.energy[energy.model] = energy.total.joules }
            if isMeasured {
                row.verified = run.verified
                row.violations = run.fidelity.map(\.violations).reduce(0, +)
            }
            row.failure = run.failure
            return row
        }
        let bounds = oracles.flatMap { oracle in
            let duration = measured.first { $0.seed == oracle.seed && $0.direction == oracle.direction }?.duration
            // A bound that is a run already has a row.
            let names = KnownBounds.compared.map { $0.name }.filter { name in
                !runs.contains { $0.strategy == name.rawValue }
            }
            let values = [(.optimal, oracle.optimal)] + names.map { ($0, oracle.bounds[$0]?.bytes) }
            return values.compactMap { (name: BoundName, bytes: ByteCount?) in
                bytes.map {
                    SweepRow(
                        kind: .bound, strategy: name.rawValue, seed: oracle.seed, direction: oracle.direction,
                        duration: duration ?? .zero, delivered: $0)
                }
            }
        }
        return runs + bounds
    }
}
