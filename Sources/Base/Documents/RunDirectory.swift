// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// The files by which the host and a guest speak with each other: all in the one directory that the guest may write.
package enum RunDirectory {
    /// Where the guest sees its run directory.
    package static let guestPath = "/dev/walkback"

    /// What to execute instead of a run plan (`GuestCommand`).
    package static let command = "command.json"
    /// Written by the guest when it gives up: a `FaultDocument`.
    package static let fault = "fault.json"
    /// Written by the guest last of all: its exit status as a decimal number and a newline.
    package static let status = "status"
    /// All that the guest printed, for people.
    package static let consoleLog = "console.log"
    /// The kernel's own files while it runs.
    package static let control = "control"

    /// Opens a console line that is meant for the host: `walkback: time 12.5`, `walkback: fault {…}`.
    package static let consolePrefix = "walkback: "
}

/// Any program for a guest to execute in place of a run: the kernel tier of the tests, `walkback run`.
package struct GuestCommand: Codable, Sendable, Equatable {
    /// The program's path and its arguments.
    package var argv: [String]
    /// The program's whole environment, beside what the guest adds.
    package var environment: [String: String]
    /// Seconds of the guest's clock after which it is switched off, naming what still runs.
    // The document's own key.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    package var deadline_s: Double

    package init(argv: [String], environment: [String: String] = [:], deadline: Duration) {
        self.argv = argv
        self.environment = environment
        deadline_s = deadline.seconds
    }
}

/// A `Fault` as it crosses from guest to host.
package struct FaultDocument: Codable, Sendable, Equatable {
    package var code: Int32
    package var message: String

    package init(_ fault: Fault) {
        code = fault.code.rawValue
        message = fault.message
    }

    /// An unknown code counts as a failure, never as success.
    package var fault: Fault {
        let known = ExitCode(rawValue: code) ?? .failed
        return Fault(known == .success ? .failed : known, message)
    }

    /// One line of JSON.
    package var line: String {
        let document = JSON.object(["code": .integer(Int64(code)), "message": .string(message)])
        // Strings hold no raw newline, so every newline is layout.
        return document.text.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: " ")
    }
}
