// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// The files through which the host and a guest communicate. What the host keeps is in the run directory; the guest
/// sees and writes one directory in it.
package enum RunDirectory {
    /// The directory that the guest sees and may write: the plan or the command, and what it hands over.
    package static let guest = "guest"
    /// Where the guest sees its run directory.
    package static let guestPath = "/dev/walkback"

    /// The command to execute instead of a run plan (`GuestCommand`).
    package static let command = "command.json"
    /// Written by the guest when it gives up: a `FaultDocument`.
    package static let fault = "fault.json"
    /// The guest writes this file last: its exit status as a decimal number and a newline.
    package static let status = "status"
    /// Everything that the guest printed, for people to read.
    package static let consoleLog = "console.log"
    /// The kernel's own files while it runs.
    package static let control = "control"

    /// The prefix of a console line that is meant for the host: `walkback: time 12.5`, `walkback: fault {…}`.
    package static let consolePrefix = "walkback: "
}

/// Any program for a guest to execute instead of a run: the kernel tier of the tests, `walkback run`.
package struct GuestCommand: Codable, Sendable, Equatable {
    /// The program's path and its arguments.
    package var argv: [String]
    /// The program's whole environment, apart from what the guest adds.
    package var environment: [String: String]
    /// Seconds of the guest's clock after which the guest is switched off with a message that names what still runs.
    // The property is named after the document's key.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    package var deadline_s: Double

    package init(argv: [String], environment: [String: String] = [:], deadline: Duration) {
        self.argv = argv
        self.environment = environment
        deadline_s = deadline.seconds
    }
}

/// A `Fault` as the guest passes it to the host.
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

    /// The document as one line of JSON.
    package var line: String {
        let document = JSON.object(["code": .integer(Int64(code)), "message": .string(message)])
        // JSON strings contain no raw newline, so every newline is layout.
        return document.text.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: " ")
    }
}
