import Documents
import Plans
import Quantities
import Radios
import Traces

/// The paper's simple scheduler (section 3.3): every path for a probing time, then the radio that gave most for its energy
/// alone for a holding time, and again. It knows nothing but what the paths have carried.
///
/// The smart one learns besides how long WiFi associations last, and leaves cellular on beside WiFi where they are too brief to
/// repay its promotion and tail.
struct EnergyScheduler {
    private enum Phase {
        /// With what each path had carried by then.
        case probing(since: Duration, carried: [ByteCount])
        case holding(paths: [Int], until: Duration)
        case idle
    }

    private let model: EnergyModel
    private let policy: EnergyPolicy
    private let kinds: [PathKind]
    private let isSmart: Bool
    private var phase = Phase.idle
    private var associations: AssociationTimes

    init(_ plan: RunPlan) throws {
        model = try EnergyModel.named(plan.energy.model)
        policy = plan.energy
        kinds = plan.paths.map(\.kind)
        isSmart = plan.strategy == .mptcpSmartScheduler
        associations = AssociationTimes(kinds: kinds)
    }

    /// The paths to use now, as far as they are there.
    mutating func decide(
        at time: Duration, joined: [Bool], arrived: (Int) -> ByteCount
    ) -> [Int] {
        associations.observe(joined, at: time)
        let all = Array(joined.indices)
        switch phase {
        case .probing(let since, let carried) where time >= since + policy.probe:
            let best = best(of: all.filter { joined[$0] }, carriedBefore: carried, arrived: arrived)
            guard let best else {
                // Nothing moved: there is nothing to choose by.
                startProbing(at: time, arrived: arrived)
                return all
            }
            let paths = kept(beside: best, of: all)
            phase = .holding(paths: paths, until: time + policy.hold)
            return paths
        case .probing:
            return all
        case .holding(let paths, let until) where time < until && paths.contains(where: { joined[$0] }):
            return paths
        case .holding, .idle:
            startProbing(at: time, arrived: arrived)
            return all
        }
    }

    private mutating func startProbing(at time: Duration, arrived: (Int) -> ByteCount) {
        phase = .probing(since: time, carried: kinds.indices.map { arrived($0) })
    }

    /// The path that gave the most bits for its energy while probing; nil where none gave any.
    private func best(
        of paths: [Int], carriedBefore: [ByteCount], arrived: (Int) -> ByteCount
    ) -> Int? {
        var best: Int?
        var most = EnergyEfficiency(bitsPerJoule: 0)
        for path in paths {
            let rate = (arrived(path) - carriedBefore[path]).rate(over: policy.probe)
            guard let efficiency = model.efficiency(of: kinds[path], at: rate), efficiency > most else { continue }
            (best, most) = (path, efficiency)
        }
        return best
    }

    /// The best path, and with it cellular where switching it off would not pay.
    private func kept(beside best: Int, of paths: [Int]) -> [Int] {
        guard isSmart, kinds[best] == .wifi, let mean = associations.mean,
            mean < policy.probe + (model.breakEvenOffTime ?? .zero)
        else { return [best] }
        return paths.filter { $0 == best || kinds[$0] == .cellular }
    }
}

/// How long WiFi stayed joined each time, as the mobile host has seen it.
private struct AssociationTimes {
    private let isWiFi: [Bool]
    private var since: [Duration?]
    private var total = Duration.zero
    private var count = 0

    init(kinds: [PathKind]) {
        isWiFi = kinds.map { $0 == .wifi }
        since = kinds.map { _ in nil }
    }

    mutating func observe(_ joined: [Bool], at time: Duration) {
        for path in joined.indices where isWiFi[path] {
            if joined[path] {
                since[path] = since[path] ?? time
            } else if let start = since[path] {
                total += time - start
                count += 1
                since[path] = nil
            }
        }
    }

    /// Of those that have ended; nil before the first has.
    var mean: Duration? { count > 0 ? total / count : nil }
}
