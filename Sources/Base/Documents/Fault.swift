// SPDX-License-Identifier: Apache-2.0
/// The exit codes of Walkback's commands; scripts rely on the numbers.
public enum ExitCode: Int32, Sendable {
    /// The command did what it was asked for.
    case success = 0
    /// The command could not run.
    case failed = 1
    /// A gate or baseline was not met.
    case gateNotMet = 2
    /// The result was measured but is not trustworthy: fidelity or verification failed.
    case notTrustworthy = 3
    /// The command line was wrong, or what a program adds to Walkback is.
    case usage = 64
    /// An input file was wrong.
    case badInput = 65
    /// The kernel or the machine lacks a feature.
    case missingFeature = 69
    /// A file or a system call was not permitted.
    case permission = 77
    /// SIGHUP ended the command. The codes of signals are 128 plus their number, as shells report them.
    case hungUp = 129
    /// SIGINT ended the command.
    case interrupted = 130
    /// SIGTERM ended the command.
    case terminated = 143
}

/// A failure as the user sees it: one sentence that says what failed, on what, and what to do next.
public struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The exit code of a command that ends with this failure.
    public let code: ExitCode
    /// The sentence for the user, which the program prints to standard error.
    public let message: String

    /// Creates a failure with an exit code and a sentence.
    public init(_ code: ExitCode, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Bad input at a place in a file, as `path:line:column: message`.
    ///
    /// - Parameters:
    ///   - line: counted from 1; nil if the whole file is meant.
    ///   - column: counted from 1, in bytes; nil if the whole line is meant.
    public static func input(_ path: String, line: Int? = nil, column: Int? = nil, _ message: String) -> Fault {
        let place = [line, column].compactMap { $0.map { ":\($0)" } }.joined()
        return Fault(.badInput, "\(path)\(place): \(message)")
    }

    public var description: String { message }

    /// The same failure without the log's name, for when the log goes with the run's directory.
    package var withoutLog: Fault {
        guard message.hasSuffix("\(RunDirectory.consoleLog)'"), let see = message.ranges(of: "; see '").last else {
            return self
        }
        return Fault(code, String(message[..<see.lowerBound]))
    }
}
