// SPDX-License-Identifier: Apache-2.0
import Documents
import Plans
import Registries
import Yams

/// A strategy that a program decides, as a replay names it: `{name: mine, command: ./policy.py}`.
package struct NamedCommand: Sendable, Equatable {
    package var name: StrategyName
    /// The program and its arguments.
    package var words: [String]
    /// Where the replay names it, for messages.
    package var place: String

    package var text: String { words.joined(separator: " ") }
}

extension ReplayDocument {
    /// - Parameter taken: names of other strategies.
    func readCommand(_ node: Node, taken: Set<String>) throws -> NamedCommand {
        let members = try reader.members(of: node, "a strategy", keys: ["name", "command"])
        guard let nameNode = members["name"], let commandNode = members["command"] else {
            throw reader.fault(
                node,
                "a strategy that a program decides needs a name and a command, as in "
                    + "{name: mine, command: ./policy.py}")
        }
        let name = try reader.string(nameNode, "name")
        guard EntryName.isAllowed(name) else {
            throw reader.fault(nameNode, "strategy '\(name.prefix(60))' must be named with \(EntryName.rule)")
        }
        guard !taken.contains(name) else {
            throw reader.fault(nameNode, "there is a strategy '\(name)' already; give yours another name")
        }
        let words: [String]
        if case .sequence(let sequence) = commandNode {
            words = try sequence.map { try reader.string($0, "command") }
        } else {
            words = try reader.string(commandNode, "command").split(separator: " ").map(String.init)
        }
        guard let program = words.first, !program.isEmpty, !words.contains(where: { $0.contains("\0") }) else {
            throw reader.fault(commandNode, "the command names no program; write it like ./policy.py")
        }
        return NamedCommand(name: StrategyName(name), words: words, place: reader.place(of: commandNode))
    }
}
