// SPDX-License-Identifier: Apache-2.0
import Documents
import Plans
import Registries
import Traces

/// The registry of strategies.
public enum StrategyRegistry {
    /// Types of strategies, in the order in which help, errors and tables list them.
    public static let types = Registry<any Strategy.Type>(of: "strategy", builtIn, names: names)

    private static let builtIn: [any Strategy.Type] = [
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
    ]

    /// What a type's strategies are called can depend on the paths, which are not known when a program adds the type.
    /// `strategy(_:over:)` checks again once they are.
    @Sendable private static func names(of type: any Strategy.Type) -> [String] {
        strategies(of: type, over: ["wifi", "cellular"]).flatMap { strategy in
            [strategy.name, strategy.formerName].compactMap { $0?.description }
        }
    }

    /// Every strategy over paths of these names.
    public static func all(over paths: [String]) -> [any Strategy] {
        types.all.flatMap { strategies(of: $0, over: paths) }
    }

    private static func strategies<Type: Strategy>(of type: Type.Type, over paths: [String]) -> [any Strategy] {
        type.strategies(over: paths)
    }

    /// The strategy with this name or former name; nil if there is none over paths of these names.
    public static func find(_ name: String, over paths: [String]) -> (any Strategy)? {
        named(StrategyName(name), over: paths).first
    }

    private static func named(
        _ name: StrategyName, over paths: [String], among types: [any Strategy.Type] = types.all
    ) -> [any Strategy] {
        types.flatMap { strategies(of: $0, over: paths) }.filter { $0.name == name || $0.formerName == name }
    }

    /// - Throws: `Fault` if there is no such strategy over these paths, or more than one.
    package static func strategy(
        _ name: StrategyName, over paths: [String], among types: [any Strategy.Type] = types.all
    ) throws -> any Strategy {
        let found = named(name, over: paths, among: types)
        guard let strategy = found.first else {
            throw Fault(
                .badInput,
                "there is no strategy '\(name)' over \(paths.joined(separator: " and "))"
                    + Suggestion.ending(for: name.description, among: all(over: paths).map(\.name.description)))
        }
        guard found.count == 1 else {
            throw Fault(
                .usage,
                "\(found.count) strategies are named '\(name)' over \(paths.joined(separator: " and ")); "
                    + "rename the one that this program adds, or the path")
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
        selections: [PathSelection] = [], energy: EnergyPolicy = EnergyPolicy(), command: StrategyCommand.Plan? = nil
    ) throws {
        let names = paths.map(\.name)
        let decider: any Strategy =
            command == nil ? try StrategyRegistry.strategy(strategy, over: names) : CommandStrategy(name: strategy)
        self.init(
            id: id, strategy: strategy, connections: decider.connections(over: names), seed: seed,
            paths: paths, offset: offset, duration: duration, workload: workload, transport: transport,
            mobility: mobility, routes: routes, selections: selections, energy: energy, command: command)
    }
}
