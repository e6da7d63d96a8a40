// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import FoundationEssentials
import Glibc
import Quantities
import Synchronization
import System
import SystemPackage

/// The features of a kernel that a replay may name, as the kernel itself reports them.
package struct KernelOffers: Sendable, Equatable {
    package var release = ""
    /// Empty if the kernel did not report them.
    package var congestionControls: [String] = []
    /// MPTCP's schedulers; empty if the kernel did not report them, as before 6.10.
    package var schedulers: [String] = []
    package var hasMPTCP = false

    /// The controls that couple the subflows of a connection, from this project's patches and from others.
    package static let coupledControls = ["lia", "olia", "balia", "wvegas"]

    private static let settings = "/proc/sys"
    private static let names = (
        release: "kernel/osrelease", congestionControls: "net/ipv4/tcp_available_congestion_control",
        schedulers: "net/mptcp/available_schedulers", mptcp: "net/mptcp/enabled"
    )
    /// Prints every line of every file that exists, as `FILE:LINE`.
    static let command = [
        "/bin/grep", "-s", "", "\(settings)/\(names.release)", "\(settings)/\(names.congestionControls)",
        "\(settings)/\(names.schedulers)", "\(settings)/\(names.mptcp)",
    ]

    init() {}

    /// - Parameter lines: the output of `command`.
    init(lines: [String]) {
        for line in lines {
            guard line.hasPrefix("\(Self.settings)/"), let colon = line.firstIndex(of: ":") else { continue }
            let name = line[..<colon].dropFirst(Self.settings.count + 1)
            let words = line[line.index(after: colon)...].split(whereSeparator: \.isWhitespace).map(String.init)
            switch String(name) {
            case Self.names.release: release = words.first ?? ""
            case Self.names.congestionControls: congestionControls = words
            case Self.names.schedulers: schedulers = words
            case Self.names.mptcp: hasMPTCP = words.first != "0"
            default: break
            }
        }
    }

    /// The features of this machine's own kernel.
    package static func ofHost() throws -> KernelOffers {
        let lines = try command.dropFirst(3).flatMap { file in
            try Files.text(FilePath(file))?.split(separator: "\n").map { "\(file):\($0)" } ?? []
        }
        return KernelOffers(lines: lines)
    }
}

extension Kernel {
    /// Boots an embedded kernel to ask it.
    package func offers(cancellation: Cancellation? = nil) throws -> KernelOffers {
        guard isVirtual else { return try .ofHost() }
        let directory = try TemporaryRunDirectory(
            GuestCommand(argv: KernelOffers.command, environment: ["PATH": "/usr/bin:/bin"], deadline: .seconds(60)))
        let lines = Mutex<[String]>([])
        // If a file is missing, the command ends with a status other than 0, which is no failure.
        _ = try run(
            GuestJob(id: "offers", directory: directory.held, keepsLog: false, seed: 1), cancellation: cancellation
        ) { line in
            if case .text(let text) = line { lines.withLock { $0.append(text) } }
        }
        return KernelOffers(lines: lines.withLock { $0 })
    }
}
