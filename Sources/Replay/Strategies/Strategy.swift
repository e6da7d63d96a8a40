// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Traces

/// A way to use the mobile host's paths: what is compared with Optimal TCP.
///
/// A strategy is asked twice. On the host, before a run, it says what it opens and what it does at which instant, as
/// far as it may know the traces (`foresee`). On the mobile host, during a run, it decides from what it sees there
/// (`decide`). It is a value: what it stores in `decide` is there at the next call, and nothing is shared between runs.
///
/// Register a strategy of your own with `Walkback.main(adding: [MyStrategy.self])`.
public protocol Strategy: Sendable {
    /// All strategies of this type over paths of these names. Most types have one, whatever the paths are; `tcp-PATH`
    /// has one for each path.
    static func strategies(over paths: [String]) -> [Self]

    /// As in replays, options and results: lower-case words joined by hyphens.
    var name: StrategyName { get }

    /// The name that it had in older replays and results, which are still read.
    var formerName: StrategyName? { get }

    /// One line for help and documentation.
    var summary: String { get }

    /// How figures draw it.
    var appearance: StrategyAppearance { get }

    /// Why paths of these kinds cannot be used so, as the end of a sentence that begins with the strategy's name; nil:
    /// they can.
    func objection(to kinds: [PathKind]) -> String?

    /// What it opens on the mobile host, the connection that is measured first; any others compete with it.
    func connections(over paths: [String]) -> [PlannedConnection]

    /// What it takes from the traces before a run. Without foresight it is nothing.
    ///
    /// - Throws: `Fault` where a setting names what there is not.
    func foresee(_ walk: KnownWalk) throws -> Foresight

    /// How its MPTCP connection uses each path from now on, in the order of the view's paths. Asked at the first SYN,
    /// whenever a path joins or leaves, and every 10 ms. Without MPTCP it is never asked.
    ///
    /// - Throws: `Fault`, which ends the run.
    mutating func decide(_ view: StrategyView) throws -> [PathUse]

    /// Whether the path that is left goes before the one that is taken comes.
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
    /// In the next colour and dash that no other strategy of the result has.
    case next
}
