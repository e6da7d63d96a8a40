// SPDX-License-Identifier: Apache-2.0
/// Any program on the mobile host, and one on the server, under a replay: what `walkback run` hands to its guest.
package struct ProgramPlan: Codable, Sendable, Equatable {
    package static let fileName = "program.json"

    /// Paths, links and mobility; its strategy and workload do not matter. Trace time zero is when the program starts.
    package var run: RunPlan
    /// The program's file, absolute, and its arguments.
    package var command: [String]
    /// The command for /bin/sh on the server; nil: nothing runs there.
    package var serverCommand: String?
    /// The environment, in addition to what the guest adds.
    package var environment: [String: String]
    /// The directory in which the programs start, as the host and the guest see it.
    package var workingDirectory: String
    /// The only directory in which the programs may write, as the host sees it and as the guest must see it.
    package var outputDirectory: String

    package init(
        run: RunPlan, command: [String], serverCommand: String?, environment: [String: String],
        workingDirectory: String,
        outputDirectory: String
    ) {
        self.run = run
        self.command = command
        self.serverCommand = serverCommand
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.outputDirectory = outputDirectory
    }
}

/// The outcome of a program plan, as the guest recorded it.
package struct ProgramRecord: Codable, Sendable, Equatable {
    package static let fileName = "program-record.json"

    /// Which event ended the run first.
    package enum End: String, Codable, Sendable {
        case command, trace
    }

    package var endedBy: End
    /// The program's duration, which is also the trace time of its end: the program starts at zero.
    package var duration: Duration
    /// The exit status, or 128 + the signal that killed it.
    package var exitStatus: Int32
    /// nil if nothing ran on the server.
    package var serverExitStatus: Int32?
    /// When the server's program ended by itself; nil: it was stopped after the end.
    package var serverEnded: Duration?
    /// Links, counters, events and settings.
    package var run: RunRecord

    package init(
        endedBy: End, duration: Duration, exitStatus: Int32, serverExitStatus: Int32?, serverEnded: Duration?,
        run: RunRecord
    ) {
        self.endedBy = endedBy
        self.duration = duration
        self.exitStatus = exitStatus
        self.serverExitStatus = serverExitStatus
        self.serverEnded = serverEnded
        self.run = run
    }
}

/// The files in the output directory that hold what the programs print.
package enum ProgramOutput: String, CaseIterable, Sendable {
    case standardOutput = "stdout.txt"
    case standardError = "stderr.txt"
    /// Both outputs of the server's program.
    case server = "server.txt"
}
