// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import System
import Yams

/// A YAML file, read in a way that lets each error name file, line and column. It is the only YAML reader in Walkback.
package struct YAMLReader {
    package let path: String
    package let root: Node

    /// The largest allowed file. A larger file is not a replay, and the parser should not have to expand it.
    package static let largest = ByteCount(1_000_000)

    /// A few lines of aliases of aliases can stand for more values than fit into memory.
    private static let mostValues = 200_000

    private static func fits(_ node: Node, _ left: inout Int) -> Bool {
        left -= 1
        guard left >= 0 else { return false }
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping { guard fits(key, &left), fits(value, &left) else { return false } }
        case .sequence(let sequence):
            for value in sequence { guard fits(value, &left) else { return false } }
        default: break
        }
        return true
    }

    /// - Throws: `Fault` (bad input) if the file is empty or is not YAML.
    package init(_ file: InputFile) throws {
        path = file.path
        guard file.bytes.count <= Self.largest.bytes else {
            throw Fault.input(
                path,
                "is larger than \(Self.largest.megabytes.text()) MB, which is too large for a replay; name another file"
            )
        }
        let text = try file.text()
        do {
            guard let node = try Parser(yaml: text).singleRoot() else {
                throw Fault.input(path, "is empty; write at least a 'name' and what to run")
            }
            root = node
            var left = Self.mostValues
            guard Self.fits(node, &left) else {
                throw Fault.input(
                    path,
                    "has more than \(Self.mostValues) values, those that its aliases repeat included; write fewer")
            }
        } catch let error as YamlError {
            throw Self.fault(error, path: path)
        }
    }

    private static func fault(_ error: YamlError, path: String) -> Fault {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return .input(
                path, line: mark.line, column: mark.column,
                "is not YAML here: \(problem); check indentation, ':' and brackets")
        case .duplicatedKeysInMapping(let keys, let context):
            let key = keys.first ?? ""
            return .input(
                path, line: context.mark.line, column: context.mark.column,
                "'\(key)' is given twice; remove one of them")
        case .reader(let problem, _, _, _):
            return .input(path, "is not YAML: \(problem); save it as plain UTF-8 text")
        default:
            return .input(path, "is not YAML; compare it with the example in the documentation")
        }
    }

    /// The position of `node` as `path:line:column`.
    package func place(of node: Node) -> String {
        "\(path):\(node.mark?.line ?? 1):\(node.mark?.column ?? 1)"
    }

    package func fault(_ node: Node?, _ message: String) -> Fault {
        Fault.input(path, line: node?.mark?.line ?? 1, column: node?.mark?.column ?? 1, message)
    }

    // MARK: - Mappings

    /// A mapping's members, in the order of the file.
    package struct Members {
        package var entries: [(key: String, keyNode: Node, value: Node)]

        package subscript(key: String) -> Node? { entries.first { $0.key == key }?.value }
    }

    /// - Parameters:
    ///   - what: what a message calls the mapping.
    ///   - keys: all allowed keys; nil: any.
    package func members(of node: Node, _ what: String, keys: [String]?) throws -> Members {
        guard case .mapping(let mapping) = node else {
            let example = keys.map { "'\($0.first ?? "key"): …'" } ?? "'key: …'"
            throw fault(node, "\(what) must consist of keys with values, as in \(example)")
        }
        var members = Members(entries: [])
        for (keyNode, value) in mapping {
            guard let key = keyNode.scalar?.string else {
                throw fault(keyNode, "a key of \(what) must be a plain word")
            }
            if let keys, !keys.contains(key) {
                throw fault(keyNode, "unknown key '\(key.prefix(40))'\(Suggestion.ending(for: key, among: keys))")
            }
            members.entries.append((key, keyNode, value))
        }
        return members
    }

    /// The same for a section that may be left out, or that may be empty because everything in it is commented out.
    package func section(_ key: String, of members: Members, keys: [String]?) throws -> Members {
        guard let node = members[key], !isEmpty(node) else { return Members(entries: []) }
        return try self.members(of: node, "'\(key)'", keys: keys)
    }

    package func isEmpty(_ node: Node) -> Bool {
        guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else { return false }
        return scalar.string.isEmpty || scalar.string == "~" || scalar.string == "null"
    }

    // MARK: - Values

    package func string(_ node: Node, _ key: String) throws -> String {
        guard let string = node.scalar?.string, !isEmpty(node) else {
            throw fault(node, "'\(key)' must be a single value, as in '\(key): …'")
        }
        return string
    }

    package func choice<Value>(_ node: Node, _ key: String, _ values: [(String, Value)]) throws -> Value {
        let string = try string(node, key)
        if let value = values.first(where: { $0.0 == string })?.1 { return value }
        throw fault(
            node, "unknown \(key) '\(string.prefix(40))'\(Suggestion.ending(for: string, among: values.map(\.0)))")
    }

    /// The elements of a list with at least one element.
    package func list(_ node: Node, _ key: String, example: String) throws -> [Node] {
        guard case .sequence(let sequence) = node, !sequence.isEmpty else {
            throw fault(node, "'\(key)' must be a list of at least one element, as in '\(key): \(example)'")
        }
        return Array(sequence)
    }

    package func number(_ node: Node, _ key: String, in range: ClosedRange<Double>) throws -> Double {
        let string = try string(node, key)
        guard let value = Double(string), range.contains(value) else {
            throw fault(
                node,
                "\(key) '\(string.prefix(40))' is not a number from \(range.lowerBound.text()) to "
                    + "\(range.upperBound.text())"
            )
        }
        return value
    }

    package func rate(_ node: Node, _ key: String, in range: ClosedRange<DataRate>, example: String) throws -> DataRate
    {
        let string = try string(node, key)
        guard let value = DataRate(text: string) else {
            throw fault(
                node, "\(key) '\(string.prefix(40))' is not a rate with its unit; write it like '\(key): \(example)'")
        }
        guard range.contains(value) else {
            let bounds =
                "\(range.lowerBound.megabitsPerSecond.text()) Mbit to \(range.upperBound.megabitsPerSecond.text()) Mbit"
            throw fault(node, "\(key) '\(string)' is out of range; choose one from \(bounds)")
        }
        return value
    }

    package func integer(_ node: Node, _ key: String, in range: ClosedRange<Int>) throws -> Int {
        let string = try string(node, key)
        guard let value = Int(string), range.contains(value) else {
            throw fault(
                node,
                "\(key) '\(string.prefix(40))' is not a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    package func duration(_ node: Node, _ key: String, in range: ClosedRange<Duration>, example: String) throws
        -> Duration
    {
        let string = try string(node, key)
        guard let value = Duration(text: string) else {
            throw fault(
                node, "\(key) '\(string.prefix(40))' is not a time with its unit; write it like '\(key): \(example)'")
        }
        guard range.contains(value) else {
            let bounds = "\(range.lowerBound.seconds.text()) s to \(range.upperBound.seconds.text()) s"
            throw fault(node, "\(key) '\(string)' is out of range; choose one from \(bounds)")
        }
        return value
    }

    package func size(_ node: Node, _ key: String, in range: ClosedRange<ByteCount>, example: String) throws
        -> ByteCount
    {
        let string = try string(node, key)
        guard let value = ByteCount(text: string) else {
            throw fault(
                node, "\(key) '\(string.prefix(40))' is not a size with its unit; write it like '\(key): \(example)'")
        }
        guard range.contains(value) else {
            let bounds = "\(range.lowerBound.bytes) B to \(range.upperBound.bytes) B"
            throw fault(node, "\(key) '\(string)' is out of range; choose one from \(bounds)")
        }
        return value
    }
}
