// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Traces

/// A way to use the mobile host's paths: what is compared with Optimal TCP.
///
/// A strategy is asked at two stages. On the host, before a run, it says what it opens and what it does at which
/// instant, as far as it may know the traces (`foresee`). On the mobile host, during a run, it decides from what it
/// sees there (`decide`). It is a value: what it stores in `decide` is available in the next call, and nothing is
/// shared between runs.
///
/// Pass a strategy of your own to ``Walkback/main(adding:bounds:formats:workloads:)``.
public protocol Strategy: Sendable {
    /// All strategies of this type over paths of these names. Most types have one, whatever the paths are; `tcp-PATH`
    /// has one for each path.
    static func strategies(over paths: [String]) -> [Self]

    /// The name in replays, options and results: 1 to 40 of a-z, 0-9 and '-', the first of them a letter. No other
    /// strategy may have it, not even as its former name.
    var name: StrategyName { get }

    /// The name that it had in older replays and results, which are still read. nil unless it says otherwise.
    var formerName: StrategyName? { get }

    /// One line for help and documentation.
    var summary: String { get }

    /// How figures draw it. ``StrategyAppearance/next`` unless it says otherwise.
    var appearance: StrategyAppearance { get }

    /// Why the strategy cannot use paths of these kinds, as the end of a sentence that begins with the strategy's name;
    /// nil: it can, which is the default.
    func objection(to kinds: [PathKind]) -> String?

    /// The connections that it opens on the mobile host. The first one is measured; any others compete with it.
    /// One MPTCP connection that begins over WiFi, unless it says otherwise.
    func connections(over paths: [String]) -> [PlannedConnection]

    /// What it takes from the traces before a run; nothing for a strategy without foresight.
    ///
    /// - Throws: `Fault` if a setting names something that does not exist.
    func foresee(_ walk: KnownWalk) throws -> Foresight

    /// How its MPTCP connection uses each path from now on, in the order of the view's paths. It is called at the first
    /// SYN, whenever a path joins or leaves, and every 10 ms. It is never called for a strategy without MPTCP.
    /// Every path fully, unless it says otherwise.
    ///
    /// - Throws: `Fault`, which ends the run.
    mutating func decide(_ view: StrategyView) throws -> [PathUse]

    /// Whether the old path is removed before the new one is added. `false` unless it says otherwise.
    var breaksBeforeMaking: Bool { get }
}

extension Strategy {
    public var formerName: StrategyName? { nil }
    public var appearance: StrategyAppearance { .next }
    public func objection(to kinds: [PathKind]) -> String? { nil }
    public func connections(over paths: [String]) -> [PlannedConnection] { [.mptcp(begins: .preferred)] }
    public func foresee(_ walk: KnownWalk) throws -> Foresight { Foresight() }
    public mutating func decide(_ view: StrategyView) throws -> [PathUse] { view.paths.map { _ in .full } }
    public var breaksBeforeMaking: Bool { false }
}

/// How figures draw a strategy.
public enum StrategyAppearance: Sendable, Equatable {
    /// In the colour of MPTCP, which leads every table.
    case mptcp
    /// In the colour of Optimal TCP.
    case optimal
    /// In the colour of this path.
    case path(String, isDashed: Bool)
    /// In the next colour and dash that no other strategy in the result uses.
    case next
}
