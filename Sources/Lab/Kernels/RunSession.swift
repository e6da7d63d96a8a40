// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Plans
import Quantities
import System
import SystemPackage

/// The host's side of a run directory during one run: cleared before the run, read after it.
final class RunSession {
    /// The kind of machine that ran; the remedies for a failure differ.
    enum Machine: Sendable {
        case embedded, host
    }

    private let directory: HeldDirectory
    /// What the guest sees and may write.
    let guest: HeldDirectory
    /// For the guest's kernel, whose word is not trusted either.
    let control: HeldDirectory
    let log: FileDescriptor
    private let keepsLog: Bool
    /// Makes the fault of a guest that was silent for too long; nil: it is nobody's fault in particular.
    private let blame: (@Sendable (Duration?) -> Fault)?

    private static let largestFault = ByteCount(100_000)
    private static let largestStatus = ByteCount(1000)

    /// - Parameter keepsLog: whether the log stays after a failure, so that its message may name it.
    /// - Throws: if nothing can be written there.
    init(directory: HeldDirectory, keepsLog: Bool, blame: (@Sendable (Duration?) -> Fault)? = nil) throws {
        self.directory = directory
        self.blame = blame
        self.keepsLog = keepsLog
        guest = try directory.subdirectory(RunDirectory.guest)
        for name in [RunDirectory.status, RunDirectory.fault, RunRecord.fileName, Series.fileName] {
            guest.remove(name)
        }
        directory.remove(RunDirectory.control)
        log = try directory.create(RunDirectory.consoleLog)
        control = try directory.subdirectory(RunDirectory.control)
    }

    deinit {
        try? log.close()
    }

    /// The outcome of the run, from the files that the guest left and the way it ended.
    func outcome(of end: GuestProcess.End, machine: Machine) throws -> GuestEnd {
        if case .cancelled(let fault) = end.reason { throw fault }
        if end.reason == .wasSilent, let blame { throw blame(end.time) }
        let written = try guest.read(RunDirectory.fault, most: Self.largestFault, isOwn: true)
        if let fault = written.flatMap({ try? FaultDocument.read($0) }) ?? end.fault {
            // A full disk fails in as many ways as there are files, but it is always the better explanation.
            if fault.code == .failed { try refuseFullDisk() }
            throw fault
        }
        if end.reason != .tookTooLong, end.reason != .wasSilent,
            let bytes = try guest.read(RunDirectory.status, most: Self.largestStatus, isOwn: true),
            let status = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.flatMap({ Int32($0) })
        {
            return GuestEnd(status: status, time: end.time)
        }
        try refuseFullDisk()
        throw GuestFailure(end: end, directory: directory.path, machine: machine, keepsLog: keepsLog).fault
    }

    private func refuseFullDisk() throws {
        let probe = "space"
        defer { directory.removeFile(probe) }
        guard let file = try? directory.create(probe) else { return }
        do {
            try file.closeAfter { _ = try file.writeAll([UInt8](repeating: 0, count: 1 << 16)) }
        } catch let error as Errno where [.noSpace, .diskQuotaExceeded].contains(error) {
            throw Fault(
                .failed,
                "there is no room for the results in '\(directory.path)': \(error); free some, or name another --output"
            )
        } catch {
            return
        }
    }
}
