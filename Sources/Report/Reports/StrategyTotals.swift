import Determinism
import Quantities
import Results
import Statistics
import Plans

/// What one strategy delivered, over its seeds.
struct StrategyTotals: Sendable {
    let strategy: StrategyName
    /// MB, one for each seed, in order of seed.
    let megabytes: Sample
    /// Mb/s, likewise.
    let goodput: Sample
    /// Seconds until all of a workload of a fixed size was transferred, one for each seed that did.
    let times: Sample
    /// The longest of all seeds.
    let longestGap: Duration
    /// To the strongest Optimal TCP; nil where none is known.
    let ratio: ComparisonResult.Ratio?
    /// Under the chosen model; nil where no model knows its radios.
    let energy: EnergyTotals?

    var seeds: Int { megabytes.values.count }

    /// In the first direction that was measured, in the order in which the strategies were first run.
    static func all(of result: ComparisonResult) -> [StrategyTotals] {
        let result = result.byDirection[0]
        var strategies: [StrategyName] = []
        for run in result.runs where !strategies.contains(run.strategy) { strategies.append(run.strategy) }
        let model = EnergyTotals.chosenModel(of: result)
        return strategies.map { strategy in
            let runs = result.runs.filter { $0.strategy == strategy }.sorted { $0.seed < $1.seed }
            let ratio = HeadlineSentence.ratio("\(strategy)/optimal", of: result)
            return StrategyTotals(
                strategy: strategy, megabytes: Sample(runs.map(\.delivered.megabytes)),
                goodput: Sample(runs.map(\.goodput.megabitsPerSecond)),
                times: Sample(
                    result.replay.workload.size.map { size in
                        runs.compactMap { $0.completion(of: size)?.seconds }
                    } ?? []),
                longestGap: runs.map(\.longestGap).max() ?? .zero, ratio: ratio?.value == nil ? nil : ratio,
                energy: model.flatMap { EnergyTotals(of: runs, under: $0) })
        }
    }
}

/// What an oracle allows, over the seeds.
struct BoundTotals: Sendable {
    enum Kind: Sendable {
        /// From measured connections, in application bytes.
        case measured
        /// Of measured connections of one sort.
        case variant
        /// From the traces, as what full-size segments could carry.
        case capacity
    }

    let name: String
    let kind: Kind
    /// MB, one for each seed, in order of seed.
    let megabytes: Sample
    /// Mb/s, likewise.
    let goodput: Sample
    /// Seconds until all of a workload of a fixed size would have been transferred, likewise.
    let times: Sample

    /// In the first direction that was measured, only those that are known for some seed.
    static func all(of result: ComparisonResult) -> [BoundTotals] {
        let result = result.byDirection[0]
        let window = result.oracles.first.map { "\($0.window.seconds.text()) s" } ?? "window"
        typealias Oracle = ComparisonResult.Oracle
        let bounds: [(String, Kind, (Oracle) -> ByteCount?, (Oracle.Completion) -> Duration?)] = [
            ("Optimal TCP, spliced", .measured, { $0.splicedOptimal }, { $0.splicedOptimal }),
            ("of stalled TCPs alone", .variant, { $0.splicedOptimalStalled }, { $0.splicedOptimalStalled }),
            ("of reconnecting TCPs alone", .variant, { $0.splicedOptimalReconnect }, { $0.splicedOptimalReconnect }),
            ("Optimal TCP, built", .measured, { $0.optimalBuilt }, { $0.optimalBuilt }),
            ("capacity of all links", .capacity, { $0.capacitySumPayload }, { $0.capacitySum }),
            ("capacity, best link per \(window)", .capacity, { $0.capacityOptimalPayload }, { $0.capacityOptimal }),
            ("capacity of the best link", .capacity, { $0.bestStaticPayload }, { $0.bestStatic }),
        ]
        let isTimed = result.replay.workload.size != nil
        let oracles = result.oracles.sorted { $0.seed < $1.seed }
        // Runs that end when they have all they wanted end apart, and the bounds with the last of them.
        let durations = Dictionary(result.runs.map { ($0.seed, $0.duration) }, uniquingKeysWith: max)
        return bounds.compactMap { name, kind, bytes, time in
            let known = oracles.compactMap { oracle in bytes(oracle).map { (oracle.seed, $0) } }
            let times = oracles.compactMap { $0.completion.flatMap(time)?.seconds }
            guard isTimed ? !times.isEmpty : !known.isEmpty else { return nil }
            return BoundTotals(
                name: name, kind: kind, megabytes: Sample(known.map(\.1.megabytes)),
                goodput: Sample(
                    known.compactMap { seed, bytes in durations[seed].map { bytes.rate(over: $0).megabitsPerSecond } }),
                times: Sample(times))
        }
    }
}
