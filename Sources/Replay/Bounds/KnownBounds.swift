// SPDX-License-Identifier: Apache-2.0
import Registries

/// The registry of bounds: first those that are built in, then those that your program passed to
/// ``Walkback/main(adding:bounds:formats:workloads:)``.
public enum KnownBounds {
    /// All bounds, in the order in which ratios are listed. In tests, a task may have a registry of its own.
    @TaskLocal package static var registry = registry(of: builtIn)

    package static func registry(of bounds: [any Bound.Type]) -> Registry<any Bound.Type> {
        // Ratios to the strongest bound are called `optimal`.
        Registry(of: "bound", bounds, reserved: [BoundName.optimal.rawValue]) { [$0.name.rawValue] }
    }

    package static let builtIn: [any Bound.Type] = [
        SplicedOptimal.self,
        SplicedOptimalStalled.self,
        SplicedOptimalReconnect.self,
        OptimalBuilt.self,
        CapacityOptimal.self,
        BestStatic.self,
        CapacitySum.self,
    ]

    /// Every bound, in the order in which ratios are listed: the built-in ones first.
    public static var all: [any Bound.Type] { registry.all }

    /// The bounds that have ratios: all that do not merely show a part of another one.
    public static var compared: [any Bound.Type] { all.filter { $0.variantOf == nil } }

    /// The bounds among which the headline takes the strongest.
    public static var optimalTCPs: [any Bound.Type] { all.filter { $0.isOptimalTCP } }

    /// The bound of this name; nil if this program has none.
    public static subscript(name: BoundName) -> (any Bound.Type)? { all.first { $0.name == name } }
}
