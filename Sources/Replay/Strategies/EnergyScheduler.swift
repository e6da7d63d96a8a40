// SPDX-License-Identifier: Apache-2.0
import Documents
import Plans
import Quantities
import Radios
import Traces

/// The paper's simple scheduler (section 3.3): it uses every path for a probing time, then only the radio that gave
/// most for its energy for a holding time, and repeats. It knows only what the paths have carried.
///
/// The smart scheduler also learns how long WiFi associations last. It leaves cellular on next to WiFi if the
/// associations are too brief to repay cellular's promotion and tail.
struct EnergyScheduler {
    private enum Phase {
        /// Probing since a time, with the bytes that each path had carried by then.
        case probing(since: Duration, carried: [ByteCount])
        case holding(paths: [Int], until: Duration)
        case idle
    }

    private let isSmart: Bool
    private var phase = Phase.idle
    private var associations = AssociationTimes()

    init(isSmart: Bool) {
        self.isSmart = isSmart
    }

    /// The paths to use now, as far as they are joined.
    ///
    /// - Throws: `Fault` if the energy model does not exist.
    mutating func decide(_ view: StrategyView) throws -> [Int] {
        associations.observe(view)
        let all = Array(view.paths.indices)
        switch phase {
        case .probing(let since, let carried) where view.time >= since + view.energy.probe:
            let model = try EnergyModel.named(view.energy.model)
            guard let best = best(of: view, model, carriedBefore: carried) else {
                // No data moved, so there is no basis for a choice.
                startProbing(view)
                return all
            }
            let paths = kept(with: best, of: view, model)
            phase = .holding(paths: paths, until: view.time + view.energy.hold)
            return paths
        case .probing:
            return all
        case .holding(let paths, let until) where view.time < until && paths.contains { view.paths[$0].isJoined }:
            return paths
        case .holding, .idle:
            startProbing(view)
            return all
        }
    }

    private mutating func startProbing(_ view: StrategyView) {
        phase = .probing(since: view.time, carried: view.paths.indices.map { view.carried(over: $0) })
    }

    /// The joined path that gave the most bits for its energy while probing; nil if no path gave any.
    private func best(of view: StrategyView, _ model: EnergyModel, carriedBefore: [ByteCount]) -> Int? {
        var best: Int?
        var most = EnergyEfficiency(bitsPerJoule: 0)
        for path in view.paths.indices where view.paths[path].isJoined {
            let rate = (view.carried(over: path) - carriedBefore[path]).rate(over: view.energy.probe)
            guard let efficiency = model.efficiency(of: view.paths[path].kind, at: rate), efficiency > most
            else { continue }
            (best, most) = (path, efficiency)
        }
        return best
    }

    /// The best path, together with cellular if switching cellular off would not pay.
    private func kept(with best: Int, of view: StrategyView, _ model: EnergyModel) -> [Int] {
        guard isSmart, view.paths[best].kind == .wifi, let mean = associations.mean,
            mean < view.energy.probe + (model.breakEvenOffTime ?? .zero)
        else { return [best] }
        return view.paths.indices.filter { $0 == best || view.paths[$0].kind == .cellular }
    }
}

/// How long WiFi stayed joined each time, as seen by the mobile host.
private struct AssociationTimes {
    /// The time at which each joined path joined, by the path's index.
    private var since: [Int: Duration] = [:]
    private var total = Duration.zero
    private var count = 0

    mutating func observe(_ view: StrategyView) {
        for (index, path) in view.paths.enumerated() where path.kind == .wifi {
            if path.isJoined {
                since[index] = since[index] ?? view.time
            } else if let start = since.removeValue(forKey: index) {
                total += view.time - start
                count += 1
            }
        }
    }

    /// The mean of the associations that have ended; nil before the first has ended.
    var mean: Duration? { count > 0 ? total / count : nil }
}
