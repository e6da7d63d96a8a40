// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Plans
import Quantities
import Strategies
import System

/// The strategies of a replay that programs decide.
extension Replay {
    /// Programs are scripts or small executables.
    private static let largestProgram = ByteCount(500_000_000)

    /// Finds the programs and takes their hashes. A replay may come from anybody, so none is run unasked.
    ///
    /// - Parameters:
    ///   - isAllowed: whether the user has allowed the replay's commands.
    ///   - searchPath: a search path in the form of $PATH, for programs that are named without a directory.
    /// - Throws: `Fault` (usage) if the replay names a command and none is allowed, or a program that is not there.
    package mutating func findCommands(isAllowed: Bool, searchPath: String) throws {
        guard let first = namedCommands.first else { return }
        guard isAllowed else {
            throw Fault(
                .usage,
                "\(first.place): the replay runs a program, '\(first.text)', in the guest; read it, and add "
                    + "--allow-commands if you trust it")
        }
        guard let resolved = realpath(directory.isEmpty ? "." : directory, nil) else {
            throw Fault(.failed, "cannot find the directory of the replay, '\(directory)'; name the replay again")
        }
        defer { free(resolved) }
        let home = String(cString: resolved)
        for named in namedCommands {
            let program: String
            do {
                program = try Program.find(named.words[0], in: searchPath, from: home)
            } catch let fault as Fault {
                throw Fault(fault.code, "\(named.place): \(fault.message)")
            }
            let file = try InputFile.read(program, largest: Self.largestProgram)
            var hash = SHA256()
            hash.update(file.bytes)
            commands[named.name] = StrategyCommand(
                arguments: [program] + named.words.dropFirst(), directory: home, text: named.text,
                sha256: hash.hexadecimal(), interpreter: Self.interpreter(of: file.bytes))
        }
    }

    /// The words after `#!` in the first line.
    static func interpreter(of program: [UInt8]) -> [String] {
        let line = program.prefix(256).prefix { $0 != UInt8(ascii: "\n") }
        guard line.starts(with: Array("#!".utf8)) else { return [] }
        // The kernel passes all that follows the interpreter as one argument.
        return String(decoding: line.dropFirst(2), as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
    }
}
