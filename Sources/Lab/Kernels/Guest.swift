// SPDX-License-Identifier: Apache-2.0
import CLinux
import Documents
import Glibc
import Quantities
import System
import SystemPackage

/// One machine for one run. It boots the embedded kernel with this program as its first process.
///
/// Nothing that differs between users, directories or machines enters the guest. Its kernel reaches everything through
/// descriptors, whose names are the same everywhere and which work with any path, including quotes and blanks: 3 is the
/// program, 4 the directory that the guest may write, 5 the directory for the kernel's own files, and 6 another that
/// the guest may write, if there is one.
package struct Guest: Sendable {
    package var kernel: EmbeddedKernel
    /// The run directory: `guest` in it holds the plan or the command, and receives the results.
    package var directory: HeldDirectory
    /// A directory of the host's that the guest may write, too.
    package var shared: HeldDirectory?
    /// Whether the log stays after a failure, so that the message may name it.
    package var keepsLog: Bool
    /// The seed of all random numbers in the guest.
    package var seed: UInt64
    package var memory: ByteCount
    /// A limit on real time. It only ends guests that compute forever, since a guest that waits forever reaches its own
    /// deadline.
    package var realTimeLimit: Duration
    /// A limit on real time without any output, for guests with a program in them that must not compute without end.
    package var silence: SilenceLimit?
    /// The program that becomes the guest's first process, called with the argument `guest`; nil: this one.
    package var program: FilePath?

    /// 1 GiB. The kernel derives TCP's defaults from its memory size, so all runs must have the same size to be equal.
    /// Only pages that are touched use memory.
    package static let standardMemory = ByteCount(1 << 30)
    package static let standardRealTimeLimit = Duration.seconds(1800)

    package init(
        kernel: EmbeddedKernel, directory: HeldDirectory, shared: HeldDirectory? = nil, keepsLog: Bool = true,
        seed: UInt64, memory: ByteCount = standardMemory, realTimeLimit: Duration = standardRealTimeLimit,
        silence: SilenceLimit? = nil, program: FilePath? = nil
    ) {
        self.kernel = kernel
        self.directory = directory
        self.shared = shared
        self.keepsLog = keepsLog
        self.seed = seed
        self.memory = memory
        self.realTimeLimit = realTimeLimit
        self.silence = silence
        self.program = program
    }

    /// Boots, waits for the power-off and leaves nothing running. `console` is called on another thread, line by line.
    ///
    /// - Returns: how the guest's program ended; status 0 if a run succeeded.
    /// - Throws: the guest's own `Fault`, or one that says why there is no result.
    package func run(
        cancellation: Cancellation? = nil, console: @escaping @Sendable (ConsoleLine) -> Void = { _ in }
    ) throws -> GuestEnd {
        let session = try RunSession(directory: directory, keepsLog: keepsLog, blame: silence?.blame)
        let program = try program ?? Files.executable()
        let first: FileDescriptor
        do {
            first = try FileDescriptor.open(program, .readOnly, options: .closeOnExec)
        } catch {
            throw Fault(.failed, "cannot open '\(program)', with which a guest starts: \(error)")
        }
        defer { try? first.close() }
        let process = GuestProcess(
            executable: kernel.path, arguments: arguments,
            // Guest memory is a memfd; on hosts that allow none, the kernel puts it into TMPDIR.
            environment: ["PATH=/usr/bin:/bin", "TMPDIR=/proc/self/fd/5"],
            inherited: ([first, session.guest.descriptor, session.control.descriptor]
                + [shared?.descriptor].compactMap(\.self)).map(\.rawValue),
            containment: kernel.containment, firstWritable: 1, realTimeLimit: realTimeLimit,
            silenceLimit: silence?.limit)
        let end = try process.run(cancellation: cancellation, log: session.log.rawValue, line: console)
        directory.remove(RunDirectory.control)
        return try session.outcome(of: end, machine: .embedded)
    }

    /// 2026-01-01 00:00:00 UTC in nanoseconds: every guest has the same date.
    static let startOfTime = "1767225600000000000"

    var arguments: [String] {
        [
            kernel.path.string, "mem=\((memory.bytes + (1 << 20) - 1) >> 20)M", "umid=machine",
            "uml_dir=/proc/self/fd/5/", "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro",
            // The kernel passes a word that none of its parts knows to the first process as an argument, and NAME=value
            // as an environment variable.
            "init=/proc/self/fd/3", "guest", "WALKBACK_GUEST=/proc/self/fd/4/.", "SWIFT_DETERMINISTIC_HASHING=1",
            "SWIFT_BACKTRACE=enable=no", "time-travel=inf-cpu", "time-travel-start=\(Self.startOfTime)",
            "walkback.seed=\(seed)", "walkback.processes=\(kernel.containment.limits.processes)",
            "walkback.written=\(kernel.containment.limits.written.bytes)", "con=null", "con0=fd:0,fd:1", "quiet",
        ] + (shared == nil ? [] : ["WALKBACK_SHARED=/proc/self/fd/6/."])
    }
}

/// How long a guest may print nothing, and whose fault it is if it takes longer. A guest that computes prints nothing,
/// and one that waits comes to its own end.
package struct SilenceLimit: Sendable {
    package var limit: Duration
    /// Makes the fault, from the last instant that the guest reported.
    package var blame: @Sendable (Duration?) -> Fault

    package init(_ limit: Duration, blame: @escaping @Sendable (Duration?) -> Fault) {
        self.limit = limit
        self.blame = blame
    }
}

/// The end of a guest that reported no fault.
package struct GuestEnd: Sendable, Equatable {
    /// The exit status of the guest's program; 128 + N if signal N killed it.
    package let status: Int32
    /// The last instant that it reported.
    package let time: Duration?
}
