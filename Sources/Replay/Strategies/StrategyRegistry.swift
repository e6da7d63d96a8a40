// SPDX-License-Identifier: Apache-2.0
import Documents
import Plans
import Registries
import Traces

/// The registry of strategies.
public enum StrategyRegistry {
    /// Types of strategies, in the order in which help, errors and tables list them.
    public static let types = Registry<any Strategy.Type>([
        TCP.self,
        TCPReconnect.self,
        WiFiFirst.self,
        WiFiFirstIdeal.self,
        MobileIP.self,
        OptimalBuilt.self,
        MPTCP.self,
        MPTCPBackup.self,
        MPTCPSingle.self,
        MPTCPEnergy.self,
        MPTCPOmniscient.self,
        MPTCPOmniscientDamped.self,
        MPTCPEnergySmart.self,
        MPTCPCompeting.self,
    ])

    /// Every strategy over paths of these names.
    public static func all(over paths: [String]) -> [any Strategy] {
        func strategies<Type: Strategy>(_ type: Type.Type) -> [any Strategy] { type.strategies(over: paths) }
        return types.all.flatMap { strategies($0) }
    }

    /// The strategy with this name or former name; nil if there is none over paths of these names.
    public static func find(_ name: String, over paths: [String]) -> (any Strategy)? {
        let name = StrategyName(name)
        return all(over: paths).first { $0.name == name || $0.formerName == name }
    }

    /// - Throws: `Fault` if there is no such strategy over these paths.
    package static func strategy(_ name: StrategyName, over paths: [String]) throws -> any Strategy {
        guard let strategy = find(name.description, over: paths) else {
            throw Fault(
                .badInput,
                "there is no strategy '\(name)' over \(paths.joined(separator: " and "))"
                    + Suggestion.ending(for: name.description, among: all(over: paths).map(\.name.description)))
        }
        return strategy
    }

    /// The strategies that are run if a replay names none: MPTCP, and everything that the strongest Optimal TCP is made
    /// of.
    package static func standard(over paths: [String]) -> [StrategyName] {
        paths.map { .tcp(path: $0) } + paths.map { .tcpReconnect(path: $0) }
            + (paths.count > 1 ? [.optimalBuilt] : []) + [.mptcp]
    }
}

extension RunPlan {
    /// Creates a plan for a registered strategy, which determines the connections.
    ///
    /// - Throws: `Fault` if there is no such strategy over these paths.
    package init(
        id: String, strategy: StrategyName, seed: UInt64, paths: [Path], offset: Duration, duration: Duration,
        workload: Workload, transport: Transport, mobility: Mobility, routes: [RouteChange] = [],
        selections: [PathSelection] = [], energy: EnergyPolicy = EnergyPolicy()
    ) throws {
        let names = paths.map(\.name)
        self.init(
            id: id, strategy: strategy,
            connections: try StrategyRegistry.strategy(strategy, over: names).connections(over: names), seed: seed,
            paths: paths, offset: offset, duration: duration, workload: workload, transport: transport,
            mobility: mobility, routes: routes, selections: selections, energy: energy)
    }
}
