// SPDX-License-Identifier: Apache-2.0
import Registries

/// The registry of bounds: first those that are built in, then those that your program added.
public enum KnownBounds {
    /// All bounds, in the order in which ratios are listed. In tests, a task may have a registry of its own.
    @TaskLocal package static var registry = Registry<any Bound.Type>(builtIn)

    package static let builtIn: [any Bound.Type] = [
        SplicedOptimal.self,
        SplicedOptimalStalled.self,
        SplicedOptimalReconnect.self,
        OptimalBuilt.self,
        CapacityOptimal.self,
        BestStatic.self,
        CapacitySum.self,
    ]

    /// Adds a bound of your own; call it before anything else runs. Its name must be new, and not `optimal`.
    public static func add(_ bound: any Bound.Type) {
        precondition(
            bound.name != .optimal, "a bound cannot be called 'optimal', which is the name of the strongest Optimal TCP"
        )
        precondition(self[bound.name] == nil, "there is already a bound called '\(bound.name)'")
        registry.add(bound)
    }

    public static var all: [any Bound.Type] { registry.all }

    /// The bounds that have ratios: all that do not merely show a part of another one.
    public static var compared: [any Bound.Type] { all.filter { $0.variantOf == nil } }

    /// The bounds among which the headline takes the strongest.
    public static var optimalTCPs: [any Bound.Type] { all.filter { $0.isOptimalTCP } }

    /// nil if this program has no bound of that name.
    public static subscript(name: BoundName) -> (any Bound.Type)? { all.first { $0.name == name } }
}
