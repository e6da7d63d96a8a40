// SPDX-License-Identifier: Apache-2.0
import Determinism
import Replays
import Yams

/// The values of one dimension of a grid: a single value, a list, or a range `FIRST..LAST` or `FIRST..LAST step STEP`
/// of numbers with the same unit.
enum SweepValues {
    /// The largest number of values in one dimension.
    static let most = 100_000

    static func all(
        _ entry: (key: String, keyNode: Node, value: Node), _ key: SweepKey, _ reader: YAMLReader
    ) throws -> [Node] {
        let nodes: [Node]
        switch entry.value {
        case .sequence(let sequence): nodes = Array(sequence)
        case .scalar(let scalar) where !scalar.string.contains(".."): nodes = [entry.value]
        case .scalar(let scalar): nodes = try range(scalar.string, entry.value, entry.key, reader)
        default:
            throw reader.fault(entry.value, "'\(entry.key)' must be a list, as in [1, 2, 3], or a range, as in 1..3")
        }
        guard !nodes.isEmpty else {
            throw reader.fault(
                entry.value, "'\(entry.key)' has no values, so the grid has no cells; write at least one")
        }
        var seen: Set<String> = []
        for node in nodes {
            let text = try reader.string(node, entry.key)
            guard let column = key.column(of: text) else {
                throw reader.fault(node, "'\(text.prefix(40))' is not a value of \(entry.key)")
            }
            guard seen.insert(column).inserted else {
                throw reader.fault(node, "\(entry.key) lists '\(text)' twice; remove one of them")
            }
        }
        return nodes
    }

    private static func range(_ text: String, _ node: Node, _ key: String, _ reader: YAMLReader) throws -> [Node] {
        let fault = reader.fault(
            node,
            "\(key) '\(text.prefix(40))' is not a range; write it like 1..20 or 0%..100% step 10%, or write a list")
        let words = text.split(separator: " ").map(String.init)
        guard let dots = words.first?.firstRange(of: ".."), words.count == 1 || words.count == 3 && words[1] == "step"
        else {
            throw fault
        }
        guard let first = Quantity(String(words[0][..<dots.lowerBound])),
            let last = Quantity(String(words[0][dots.upperBound...])),
            let step = words.count == 3 ? Quantity(words[2]) : Quantity("1\(first.unit)"),
            first.unit == last.unit, first.unit == step.unit, step.value > 0, first.value <= last.value
        else { throw fault }
        // A small part of a step is added, so that rounding never loses the last value.
        let count = ((last.value - first.value) / step.value + 1e-6).rounded(.down) + 1
        guard count <= Double(most) else {
            throw reader.fault(node, "\(key) has \(count.text()) values, which is more than \(most); write fewer")
        }
        return (0..<Int(count)).map { index in
            var scalar = Node.Scalar("\((first.value + Double(index) * step.value).text())\(first.unit)")
            scalar.mark = node.mark
            return .scalar(scalar)
        }
    }

    /// A number, with the text that follows it as its unit.
    private struct Quantity {
        let value: Double
        let unit: String

        init?(_ text: String) {
            let end = text.firstIndex { !($0.isNumber || $0 == "." || $0 == "-") } ?? text.endIndex
            guard let value = Double(text[..<end]), value.isFinite else { return nil }
            self.value = value
            unit = String(text[end...])
        }
    }
}
