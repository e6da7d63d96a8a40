// SPDX-License-Identifier: Apache-2.0
import Quantities

/// A strategy that a program of the user decides, as a replay names it (Documentation/strategies.md).
package struct StrategyCommand: Codable, Sendable, Equatable {
    /// The program's file, absolute, and its arguments.
    package var arguments: [String]
    /// Where the program starts: the replay's directory, absolute.
    package var directory: String
    /// The command as the replay has it.
    package var text: String
    /// SHA-256, in hexadecimal, of the program's file.
    package var sha256: String
    /// The interpreter and its argument as the file's first line names them; empty for a program that needs none.
    package var interpreter: [String]

    package init(arguments: [String], directory: String, text: String, sha256: String, interpreter: [String]) {
        self.arguments = arguments
        self.directory = directory
        self.text = text
        self.sha256 = sha256
        self.interpreter = interpreter
    }

    /// A path's signal over time, for what the mobile host knows of it.
    package struct Signal: Codable, Sendable, Equatable {
        /// The trace's time.
        package var time: Duration
        /// In dBm; nil if it is not known.
        package var level: Double?

        package init(time: Duration, level: Double?) {
            self.time = time
            self.level = level
        }
    }

    /// What a run needs besides the command.
    package struct Plan: Codable, Sendable, Equatable {
        package var command: StrategyCommand
        /// For each path, where its signal changes.
        package var signals: [[Signal]]

        package init(command: StrategyCommand, signals: [[Signal]]) {
            self.command = command
            self.signals = signals
        }
    }

    /// The program's standard error, in the directory that the guest sees.
    package static let logName = "strategy.log"

    /// The last line of a log that says something, cut to what a message can hold.
    package static func lastLine(of log: [UInt8]) -> String? {
        log.split(separator: UInt8(ascii: "\n")).last { !$0.allSatisfy { $0 == UInt8(ascii: " ") } }
            .map { String(decoding: $0.prefix(200), as: UTF8.self) }
    }
}
