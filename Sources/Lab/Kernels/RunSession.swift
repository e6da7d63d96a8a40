// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Plans
import System
import SystemPackage

/// The host's side of a run directory during one run: cleared before the run, read after it.
final class RunSession {
    /// The kind of machine that ran; the remedies for a failure differ.
    enum Machine: Sendable {
        case embedded, host
    }

    private let directory: FilePath
    let directoryDescriptor: CInt
    let log: CInt

    /// - Throws: if the directory is missing or nothing can be written there.
    init(directory: FilePath) throws {
        self.directory = directory
        do {
            directoryDescriptor = try FileDescriptor.open(
                directory, .readOnly, options: [.closeOnExec, .directory]
            ).rawValue
        } catch {
            throw Fault(.failed, "cannot open the run directory '\(directory)': \(error)")
        }
        for name in [RunDirectory.status, RunDirectory.fault, RunRecord.fileName, Series.fileName] {
            Files.remove(directory.appending(name))
        }
        Files.removeDirectory(directory.appending(RunDirectory.control))
        let logPath = directory.appending(RunDirectory.consoleLog)
        do {
            log = try FileDescriptor.open(
                logPath, .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead]
            ).rawValue
        } catch {
            close(directoryDescriptor)
            throw Fault(.failed, "cannot write in the run directory '\(directory)': \(error)")
        }
    }

    deinit {
        close(log)
        close(directoryDescriptor)
    }

    /// The outcome of the run, from the files that the guest left and the way it ended.
    func outcome(of end: GuestProcess.End, machine: Machine) throws -> GuestEnd {
        if case .cancelled(let fault) = end.reason { throw fault }
        let written = try? Files.read(directory.appending(RunDirectory.fault)).map(FaultDocument.read)
        if let fault = written.flatMap({ $0 }) ?? end.fault {
            // A full disk fails in as many ways as there are files, but it is always the better explanation.
            if fault.code == .failed { try refuseFullDisk() }
            throw fault
        }
        if end.reason != .tookTooLong, let text = try Files.text(directory.appending(RunDirectory.status)),
            let status = text.split(separator: "\n").first.flatMap({ Int32($0) })
        {
            return GuestEnd(status: status, time: end.time)
        }
        try refuseFullDisk()
        throw GuestFailure(end: end, directory: directory, machine: machine).fault
    }

    private func refuseFullDisk() throws {
        let probe = directory.appending(".space")
        defer { Files.remove(probe) }
        do {
            let file = try FileDescriptor.open(
                probe, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
            try file.closeAfter { _ = try file.writeAll([UInt8](repeating: 0, count: 1 << 16)) }
        } catch let error as Errno where [.noSpace, .diskQuotaExceeded].contains(error) {
            throw Fault(
                .failed,
                "there is no room for the results in '\(directory)': \(error); free some space, or name another "
                    + "--output"
            )
        } catch {
            return
        }
    }
}
