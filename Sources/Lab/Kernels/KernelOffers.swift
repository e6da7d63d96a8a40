// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import FoundationEssentials
import Glibc
import Quantities
import Synchronization
import System
import SystemPackage

/// What a kernel has that a replay may name, as the kernel itself says.
package struct KernelOffers: Sendable, Equatable {
    package var release = ""
    /// Empty where it did not say.
    package var congestionControls: [String] = []
    /// MPTCP's; empty where it did not say, as kernels before 6.10 do not.
    package var schedulers: [String] = []
    package var hasMPTCP = false

    /// Those that couple the subflows of a connection, of this project's patches and of others.
    package static let coupledControls = ["lia", "olia", "balia", "wvegas"]

    private static let settings = "/proc/sys"
    private static let names = (
        release: "kernel/osrelease", congestionControls: "net/ipv4/tcp_available_congestion_control",
        schedulers: "net/mptcp/available_schedulers", mptcp: "net/mptcp/enabled"
    )
    /// Prints every line of every file that is there, as `FILE:LINE`.
    static let command = [
        "/bin/grep", "-s", "", "\(settings)/\(names.release)", "\(settings)/\(names.congestionControls)",
        "\(settings)/\(names.schedulers)", "\(settings)/\(names.mptcp)",
    ]

    init() {}

    /// - Parameter lines: what `command` printed.
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

    /// This machine's own.
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
        let directory = try CommandDirectory(
            GuestCommand(argv: KernelOffers.command, environment: ["PATH": "/usr/bin:/bin"], deadline: .seconds(60)))
        let lines = Mutex<[String]>([])
        // Where a file is missing it ends with another status than 0, and that is no failure.
        _ = try run(
            GuestJob(id: "offers", directory: directory.path, seed: 1), cancellation: cancellation
        ) { line in
            if case .text(let text) = line { lines.withLock { $0.append(text) } }
        }
        return KernelOffers(lines: lines.withLock { $0 })
    }
}
