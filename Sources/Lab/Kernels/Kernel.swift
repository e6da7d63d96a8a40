// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Quantities
import System
import SystemPackage

/// The kernel that executes runs.
package enum Kernel: Sendable, Equatable {
    case embedded(EmbeddedKernel)
    case host(HostKernel)

    package var release: String {
        switch self {
        case .embedded(let kernel): kernel.release
        case .host(let kernel): kernel.release
        }
    }

    package var patches: [String] {
        switch self {
        case .embedded(let kernel): kernel.patches
        case .host: []
        }
    }

    /// What holds its guests, in a line for people.
    package var containment: String {
        switch self {
        case .embedded(let kernel): kernel.containment.summary
        case .host: "none: runs are processes of this machine's own kernel"
        }
    }

    /// What a user should know of how its guests are contained, as a sentence; nil where they are contained as well as
    /// can be.
    package var containmentNote: String? {
        guard case .embedded(let kernel) = self, kernel.containment.kind != .namespaces else { return nil }
        return "what contains guests here: \(kernel.containment.summary) (Documentation/containment.md)"
    }

    /// Hash of the kernel's file, since two kernels of one release may differ in anything. Empty for the host's own
    /// kernel.
    ///
    /// - Throws: if the file cannot be read.
    package func sha256() throws -> String {
        guard case .embedded(let kernel) = self, let bytes = try Files.read(kernel.path) else { return "" }
        var hash = SHA256()
        hash.update(bytes)
        return hash.hexadecimal()
    }

    /// Whether guests may run in parallel without changing each other's results; in real time they would change them.
    package var isVirtual: Bool {
        if case .embedded = self { return true }
        return false
    }

    /// Executes the plan or command in the job's directory.
    package func run(
        _ job: GuestJob, cancellation: Cancellation? = nil,
        console: @escaping @Sendable (ConsoleLine) -> Void = { _ in }
    ) throws -> GuestEnd {
        switch self {
        case .embedded(let kernel):
            let guest = Guest(
                kernel: kernel, directory: job.directory, shared: job.shared, keepsLog: job.keepsLog, seed: job.seed,
                memory: job.memory, realTimeLimit: job.realTimeLimit, silence: job.silence, program: job.program)
            return try guest.run(cancellation: cancellation, console: console)
        case .host(let kernel):
            return try kernel.run(
                in: job.directory, keepsLog: job.keepsLog, realTimeLimit: job.realTimeLimit, program: job.program,
                cancellation: cancellation, console: console)
        }
    }

    /// Executes the run plan in the job's directory and leaves the series there.
    ///
    /// - Throws: the guest's fault, or one that says why there is no record.
    package func record(
        of job: GuestJob, cancellation: Cancellation? = nil,
        console: @escaping @Sendable (ConsoleLine) -> Void = { _ in }
    ) throws -> RunRecord {
        let end = try run(job, cancellation: cancellation, console: console)
        guard end.status == 0, let record = try job.document(RunRecord.self, RunRecord.fileName) else {
            throw Fault(
                .failed,
                "run \(job.id) ended with status \(end.status) and without a record; "
                    + "see '\(job.directory.path.appending(RunDirectory.consoleLog))'")
        }
        return record
    }
}

/// One run to execute: a directory whose `guest` holds its plan (or command) and receives its results.
package struct GuestJob: Sendable {
    /// The name of the job in progress reports and messages.
    package var id: String
    package var directory: HeldDirectory
    /// Another directory that the guest may write; the embedded kernel alone has it.
    package var shared: HeldDirectory?
    /// Whether whoever runs the job keeps its log after a failure.
    package var keepsLog: Bool
    package var seed: UInt64
    package var memory: ByteCount
    package var realTimeLimit: Duration
    /// A limit on real time without output; the embedded kernel alone has it.
    package var silence: SilenceLimit?
    /// The program that the guest starts with `guest`; nil: this one.
    package var program: FilePath?

    package init(
        id: String, directory: HeldDirectory, shared: HeldDirectory? = nil, keepsLog: Bool = true, seed: UInt64,
        memory: ByteCount = Guest.standardMemory, realTimeLimit: Duration = Guest.standardRealTimeLimit,
        silence: SilenceLimit? = nil, program: FilePath? = nil
    ) {
        self.id = id
        self.directory = directory
        self.shared = shared
        self.keepsLog = keepsLog
        self.seed = seed
        self.memory = memory
        self.realTimeLimit = realTimeLimit
        self.silence = silence
        self.program = program
    }
}
