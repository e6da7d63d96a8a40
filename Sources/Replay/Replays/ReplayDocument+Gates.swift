// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import Plans
import Yams

/// The gates on the result.
extension ReplayDocument {
    /// The measures of run gates. `counter` is followed by a counter's name.
    private static let measures = [
        "longest-gap", "first-byte-on-new-path", "carries-again", "stranded", "counter", "events",
    ]

    mutating func readGates(_ root: YAMLReader.Members) throws {
        // Ratios that a comparison of these strategies computes in addition to MPTCP's own.
        let own = strategies.filter { $0 != .mptcp && $0 != .mptcpCompeting }.map { "\($0)/optimal" }
        let ratios = Gate.ratios + own + (strategies.contains(.optimalBuilt) ? ["optimal-built/spliced-optimal"] : [])
        // The key was named `bars` until version 0.2.
        if let former = root["bars"], root["gates"] != nil {
            throw reader.fault(
                former, "'bars' is the former name of 'gates', and the replay has both; put all gates under 'gates'")
        }
        for entry in try reader.section(root["gates"] == nil ? "bars" : "gates", of: root, keys: nil).entries {
            if ratios.contains(entry.key) {
                let text = try reader.string(entry.value, entry.key)
                guard let gate = Gate(ratio: entry.key, text: text) else {
                    throw noGate(entry.value, text, example: ">= 1.0")
                }
                gates.append(gate)
            } else if let (strategy, measure) = runGateKey(entry.key) {
                for demand in try demands(measure, entry) { runGates.append(RunGate(strategy, demand)) }
            } else {
                let known = ratios + strategies.flatMap { strategy in Self.measures.map { "\(strategy)/\($0)" } }
                let word = entry.key.split(separator: " ").first.map(String.init) ?? entry.key
                let ending =
                    Suggestion.nearest(to: word, among: known).map { "; did you mean '\($0)'?" }
                    ?? "; choose from: \((ratios + Self.measures.map { "STRATEGY/\($0)" }).joined(separator: ", "))"
                throw reader.fault(entry.keyNode, "unknown ratio or measure '\(entry.key.prefix(40))'\(ending)")
            }
        }
    }

    /// Splits a key into a strategy that the replay runs and the measure; nil if the key does not have both.
    private func runGateKey(_ key: String) -> (StrategyName, measure: [String])? {
        guard let slash = key.firstIndex(of: "/"),
            let strategy = strategies.first(where: { $0.description == key[..<slash] })
        else { return nil }
        let words = key[key.index(after: slash)...].split(separator: " ").map(String.init)
        guard let measure = words.first, Self.measures.contains(measure),
            words.count == (measure == "counter" ? 2 : 1)
        else { return nil }
        return (strategy, words)
    }

    private func demands(
        _ measure: [String], _ entry: (key: String, keyNode: Node, value: Node)
    ) throws -> [RunGate.Demand] {
        switch measure[0] {
        case "events":
            guard case .sequence(let orders) = entry.value else {
                return [.events(try events(entry.value, entry.key))]
            }
            return try orders.map { .events(try events($0, entry.key)) }
        case "stranded":
            let (comparison, bound) = try limit(entry, example: "<= 100kB") { ByteCount(text: $0) }
            return [.stranded(comparison, bound)]
        case "counter":
            let parts = measure[1].split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count > 1, ["mobile", "server", "kernel"].contains(parts[0]), parts.allSatisfy({ !$0.isEmpty })
            else {
                throw reader.fault(
                    entry.keyNode,
                    "'\(measure[1].prefix(60))' is not a counter; name one as in a result, for example "
                        + "'mobile.MPTcpExt.RmAddrTx'")
            }
            let (comparison, bound) = try limit(entry, example: ">= 1") { Int64($0) }
            return [.counter(measure[1], comparison, bound)]
        case "longest-gap":
            let (comparison, bound) = try time(entry)
            return [.longestGap(comparison, bound)]
        case "carries-again":
            let (comparison, bound) = try time(entry)
            return [.carriesAgain(comparison, bound)]
        case "first-byte-on-new-path":
            let (comparison, bound) = try time(entry)
            return [.firstByteOnNewPath(comparison, bound)]
        default:
            throw reader.fault(
                entry.keyNode,
                "unknown measure '\(measure[0])'\(Suggestion.ending(for: measure[0], among: Self.measures))")
        }
    }

    private func time(
        _ entry: (key: String, keyNode: Node, value: Node)
    ) throws -> (Gate.Comparison, Duration) {
        try limit(entry, example: "<= 0.5s") { Duration(text: $0) }
    }

    private func limit<Value>(
        _ entry: (key: String, keyNode: Node, value: Node), example: String, _ parse: (String) -> Value?
    ) throws -> (Gate.Comparison, Value) {
        let text = try reader.string(entry.value, entry.key)
        // The longer operators come first, because ">=" begins with ">".
        guard let comparison = Gate.Comparison.allCases.first(where: { text.hasPrefix($0.rawValue) }),
            let bound = parse(String(text.dropFirst(comparison.rawValue.count).drop { $0 == " " }))
        else { throw noGate(entry.value, text, example: example) }
        return (comparison, bound)
    }

    private func noGate(_ node: Node, _ text: String, example: String) -> any Error {
        let what = example.contains { $0.isLetter } ? "a value with its unit" : "a number"
        return reader.fault(
            node,
            "'\(text.prefix(40))' is not a gate; write >=, <=, > or < and \(what) in quotes, as in \"\(example)\"")
    }

    /// Parses `KIND PATH < KIND PATH < …`, in which a kind may also appear without a path.
    private func events(_ node: Node, _ key: String) throws -> [String] {
        let text = try reader.string(node, key)
        let names = paths.map(\.name)
        return try text.split(separator: "<", omittingEmptySubsequences: false).map { part in
            let words = part.split(separator: " ").map(String.init)
            guard (1...2).contains(words.count) else {
                throw reader.fault(
                    node,
                    "'\(text.prefix(60))' is not an order of events; write each event with its path, and < "
                        + "between them, as in "
                        + "\"left \(names[0]) < joined \(names[0])\"")
            }
            if words.count == 2, !names.contains(words[1]) {
                throw reader.fault(
                    node, "unknown path '\(words[1].prefix(40))'\(Suggestion.ending(for: words[1], among: names))")
            }
            return words.joined(separator: " ")
        }
    }
}
