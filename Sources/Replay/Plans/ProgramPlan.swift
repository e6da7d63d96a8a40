// SPDX-License-Identifier: Apache-2.0
/// Any program on the mobile host, and one on the server, under a replay: what `walkback run` hands to its guest.
package struct ProgramPlan: Codable, Sendable, Equatable {
    package static let fileName = "program.json"

    /// Paths, links and mobility; its strategy and workload do not matter. Trace time zero is when the program starts.
    package var run: RunPlan
    /// The program's file, absolute, and its arguments.
    package var command: [String]
    /// For /bin/sh on the server; nil: nothing runs there.
    package var serverCommand: String?
    /// Beside what the guest adds.
    package var environment: [String: String]
    /// Where the programs start, as the host and the guest see it.
    package var workingDirectory: String
    /// The one directory in which they may write, as the host sees it and the guest is to.
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

/// What came of it, as the guest wrote it down.
package struct ProgramRecord: Codable, Sendable, Equatable {
    package static let fileName = "program-record.json"

    /// What was over first.
    package enum End: String, Codable, Sendable {
        case command, trace
    }

    package var endedBy: End
    /// Of the program's start and end alike, trace time: the program starts at zero.
    package var duration: Duration
    /// 128 + the signal where one killed it.
    package var exitStatus: Int32
    /// nil where nothing ran on the server.
    package var serverExitStatus: Int32?
    /// When the server's program ended by itself; nil: it was told to, after the end.
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

/// Where what the programs print is kept, in the output directory.
package enum ProgramOutput: String, CaseIterable, Sendable {
    case standardOutput = "stdout.txt"
    case standardError = "stderr.txt"
    /// Both of the server's.
    case server = "server.txt"
}
