// SPDX-License-Identifier: Apache-2.0
/// The exit codes of Walkback's commands; scripts rely on the numbers.
public enum ExitCode: Int32, Sendable {
    case success = 0
    /// The command could not run.
    case failed = 1
    /// A gate or baseline was not met.
    case barNotMet = 2
    /// The result was measured but is not trustworthy: fidelity or verification failed.
    case notTrustworthy = 3
    /// The command line was wrong.
    case usage = 64
    /// An input file was wrong.
    case badInput = 65
    /// The kernel or the machine lacks a feature.
    case missingFeature = 69
    case permission = 77
    /// A signal ended the command: 128 plus its number, as shells report it.
    case hungUp = 129
    case interrupted = 130
    case terminated = 143
}

/// A failure as the user sees it: one sentence that says what failed, on what, and what to do next.
public struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
    public let code: ExitCode
    public let message: String

    public init(_ code: ExitCode, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Bad input at a place in a file, as `path:line:column: message`.
    public static func input(_ path: String, line: Int? = nil, column: Int? = nil, _ message: String) -> Fault {
        let place = [line, column].compactMap { $0.map { ":\($0)" } }.joined()
        return Fault(.badInput, "\(path)\(place): \(message)")
    }

    public var description: String { message }
}
