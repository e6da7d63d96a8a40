// SPDX-License-Identifier: Apache-2.0
import Bounds
import Plans
import Quantities
import Results
import Statistics

/// What a bound allows, for all seeds together.
struct BoundTotals: Sendable {
    /// The heading under which the bound's row stands, in the order of the table.
    enum Group: Sendable, CaseIterable {
        case optimal, otherRuns, traces

        var heading: String {
            switch self {
            case .optimal: "Optimal TCP, from runs above"
            case .otherRuns: "Other bounds, from runs above"
            case .traces: "From the traces alone, in full-size segments"
            }
        }
    }

    /// How the table shows a bound, whether this program has it or it only occurs in a result that was read back.
    private struct Entry {
        let name: BoundName
        let label: String
        let group: Group
        let isVariant: Bool
    }

    let label: String
    let group: Group
    /// Whether the row shows a part of the bound above it.
    let isVariant: Bool
    /// MB, one value for each seed, in order of seed.
    let megabytes: Sample
    /// Mb/s, likewise.
    let goodput: Sample
    /// Seconds until all of a workload of a fixed size would have been transferred, likewise.
    let times: Sample

    /// The bounds of the first direction that was measured. A bound that is known for no seed is left out.
    static func all(of result: ComparisonResult) -> [BoundTotals] {
        let result = result.byDirection[0]
        let isTimed = result.replay.workload.size != nil
        let oracles = result.oracles.sorted { $0.seed < $1.seed }
        // Runs that stop once everything is transferred end at different times; a seed's bounds last as long as its
        // longest.
        let durations = Dictionary(result.runs.map { ($0.seed, $0.duration) }, uniquingKeysWith: max)
        return entries(of: oracles).compactMap { entry in
            let known = oracles.compactMap { oracle in
                oracle.bounds[entry.name]?.bytes.map { (oracle.seed, $0) }
            }
            let times = oracles.compactMap { $0.bounds[entry.name]?.completion?.seconds }
            guard isTimed ? !times.isEmpty : !known.isEmpty else { return nil }
            return BoundTotals(
                label: entry.label, group: entry.group, isVariant: entry.isVariant,
                megabytes: Sample(known.map(\.1.megabytes)),
                goodput: Sample(
                    known.compactMap { seed, bytes in durations[seed].map { bytes.rate(over: $0).megabitsPerSecond } }),
                times: Sample(times))
        }
    }

    /// The rows in the order of the table: by group, with each variant below its own bound. Bounds that this program
    /// does not have come last in each group, by name.
    private static func entries(of oracles: [ComparisonResult.Oracle]) -> [Entry] {
        guard let window = oracles.first?.window else { return [] }
        let bounds = KnownBounds.all
        let heads = bounds.filter { bound in !bounds.contains { $0.name == bound.variantOf } }
        let known = Group.allCases.flatMap { group in
            // The sort is not stable, so places break ties.
            heads.enumerated().filter { Self.group(of: $1) == group }
                .sorted { ($0.element.rowOrder, $0.offset) < ($1.element.rowOrder, $1.offset) }
                .flatMap { _, head in
                    let variants = bounds.filter { $0.variantOf == head.name }
                    return ([head] + variants).map { bound in
                        Entry(
                            name: bound.name, label: bound.label(window: window), group: group,
                            isVariant: bound.name != head.name)
                    }
                }
        }
        let foreign = Set(oracles.flatMap(\.bounds.keys)).subtracting(bounds.map { $0.name })
            .sorted { $0.rawValue < $1.rawValue }
            .map { name in
                Entry(name: name, label: name.rawValue, group: group(of: name, in: oracles), isVariant: false)
            }
        return Group.allCases.flatMap { group in (known + foreign).filter { $0.group == group } }
    }

    private static func group(of bound: any Bound.Type) -> Group {
        switch bound.measure {
        case .ipBytes: .traces
        case .applicationBytes: bound.isOptimalTCP ? .optimal : .otherRuns
        }
    }

    private static func group(of name: BoundName, in oracles: [ComparisonResult.Oracle]) -> Group {
        let isOfTraces = oracles.contains { oracle in
            guard case .ip? = oracle.bounds[name]?.amount else { return false }
            return true
        }
        return isOfTraces ? .traces : .otherRuns
    }
}
