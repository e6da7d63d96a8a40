// SPDX-License-Identifier: Apache-2.0
import Documents
import FoundationEssentials
import Glibc
import Plans
import Quantities
import SystemPackage

/// What a guest does for a run: it reads the plan, executes it and writes down the results.
package enum GuestRun {
    /// How long after its planned end a run may still take.
    private static let grace = Duration.seconds(60)

    package static func perform(_ guest: GuestBringUp) throws {
        if access(guest.path(ProgramPlan.fileName), F_OK) == 0 { return try performProgram(guest) }
        let plan = try read(RunPlan.self, guest.path(RunPlan.fileName))
        // Counted from the lab's set-up, which is one second before the first SYN.
        try guest.arm(deadline: plan.duration + grace)
        guest.phase("setting up the lab")
        let clock: RunExecution.Clock = GuestBringUp.isFirstProcess ? .virtual : .real
        let execution = try RunExecution(plan: plan, directory: FilePath(guest.directory), clock: clock) {
            guest.report(time: $0)
        }
        guest.phase("transferring under strategy \(plan.strategy)")
        let (record, series) = try execution.run()
        guest.phase("writing its results")
        try write(series.encoded(), to: guest.path(Series.fileName))
        try write(document: record, to: guest.path(RunRecord.fileName))
    }

    /// Runs programs on the lab's hosts instead of this program's own transfers.
    private static func performProgram(_ guest: GuestBringUp) throws {
        let plan = try read(ProgramPlan.self, guest.path(ProgramPlan.fileName))
        guard GuestBringUp.isFirstProcess else {
            throw Fault(.usage, "programs run under a replay only in the embedded kernel")
        }
        try guest.arm(deadline: plan.run.duration + grace)
        guest.phase("setting up the lab")
        let execution = try ProgramExecution(plan: plan, guest: guest)
        guest.phase("running '\(plan.command.joined(separator: " "))'")
        let (record, series) = try execution.run()
        guest.phase("writing its results")
        try write(series.encoded(), to: guest.path(Series.fileName))
        try write(document: record, to: guest.path(ProgramRecord.fileName))
    }

    private static func write(document: some Encodable, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try write(Array(try encoder.encode(document)), to: path)
    }

    private static func read<Plan: Decodable>(_ type: Plan.Type, _ path: String) throws -> Plan {
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            let bytes = try file.closeAfter {
                let size = Int(try file.seek(offset: 0, from: .end))
                return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                    count = try file.read(fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
                }
            }
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw Fault(.failed, "cannot read the run plan \(path): \(error)")
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        do {
            let file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.closeAfter { _ = try file.writeAll(bytes) }
        } catch {
            throw Fault(.failed, "cannot write \(path): \(error)")
        }
    }
}
