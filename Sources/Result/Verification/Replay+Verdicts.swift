// SPDX-License-Identifier: Apache-2.0
import Bounds
import Determinism
import Documents
import Plans
import Replays
import Results
import Traces

extension Replay {
    /// The verdict on every gate, in the order of the file: first the gates on ratios, then those on single runs.
    ///
    /// - Parameter counters: names of all counters that the kernel has, without the end that counts; empty if not
    ///   known.
    package func verdicts(on result: ComparisonResult, counters: Set<String>) -> [ComparisonResult.GateVerdict] {
        gates.map { $0.verdict(on: result) } + runGates.map { $0.verdict(on: result, counters: counters) }
    }
}

extension Gate {
    fileprivate func verdict(on result: ComparisonResult) -> ComparisonResult.GateVerdict {
        let value = result.ratios.first { $0.name == ratio && $0.seed == nil }?.value
        let missing = value == nil ? whatWasNotRun(in: result) : nil
        let finding = missing ?? value.map { "it is \($0.text())" } ?? "it is not known"
        return .init(
            gate: description, quantity: ratio,
            outcome: missing != nil ? .notEvaluated : isMet(by: value) ? .met : .missed, finding: finding)
    }

    /// Which run the ratio lacks, worded as the end of a sentence; nil if all runs are there.
    private func whatWasNotRun(in result: ComparisonResult) -> String? {
        let parts = (ratio.split(separator: ":").last ?? "").split(separator: "/").map(String.init)
        guard parts.count == 2 else { return nil }
        let strategies = Set(result.runs.map(\.strategy.description))
        guard strategies.contains(parts[0]) else { return "\(parts[0]) was not run" }
        let name = BoundName(rawValue: parts[1])
        // Any Optimal TCP is enough.
        let bounds = KnownBounds.compared.filter { name == .optimal ? $0.isOptimalTCP : $0.name == name }
        let paths = result.replay.traces.map(\.name)
        let missing = bounds.map { $0.needs(paths: paths).filter { !$0.isMet(by: strategies) } }
        return missing.contains(where: \.isEmpty) ? nil : BoundNeed.sentence(missing)
    }
}

extension RunGate {
    fileprivate func verdict(on result: ComparisonResult, counters: Set<String>) -> ComparisonResult.GateVerdict {
        let runs = result.runs.filter { $0.strategy == strategy }
        func verdict(_ outcome: ComparisonResult.GateVerdict.Outcome, _ finding: String)
            -> ComparisonResult.GateVerdict
        {
            .init(gate: description, quantity: quantity, outcome: outcome, finding: finding)
        }
        guard !runs.isEmpty else { return verdict(.notEvaluated, "\(strategy) was not run") }
        if let unknown = unknownCounter(among: counters, in: runs) { return verdict(.missed, unknown) }
        let misses = runs.compactMap { run in miss(in: run).map { "in run \(run.id) \($0)" } }
        guard misses.isEmpty else { return verdict(.missed, misses.joined(separator: "; ")) }
        return verdict(.met, runs.count == 1 ? "in run \(runs[0].id) it is met" : "it is met in all \(runs.count) runs")
    }

    private var quantity: String {
        switch demand {
        case .longestGap: "\(strategy)/longest-gap"
        case .firstByteOnNewPath: "\(strategy)/first-byte-on-new-path"
        case .carriesAgain: "\(strategy)/carries-again"
        case .stranded: "\(strategy)/stranded"
        case .counter(let name, _, _): "\(strategy)/counter \(name)"
        case .events: "\(strategy)/events"
        }
    }

    /// Results hold only counters that are not zero, so a counter that is absent is zero, unless no counter has that
    /// name.
    private func unknownCounter(among known: Set<String>, in runs: [ComparisonResult.Run]) -> String? {
        guard case .counter(let name, _, _) = demand, !known.isEmpty,
            !runs.contains(where: { $0.counters[name] != nil })
        else { return nil }
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        // The connection's own counters, and those of each path that it had a subflow on.
        let own = ["socket.", "mptcp.", "subflow."]
        guard parts.count == 2, parts[0] != "kernel", !known.contains(parts[1]),
            !own.contains(where: { parts[1].hasPrefix($0) })
        else { return nil }
        let near = Suggestion.nearest(to: parts[1], among: known.sorted()).map { "; did you mean '\(parts[0]).\($0)'?" }
        return "the kernel has no such counter\(near ?? "")"
    }
}
