// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import FoundationEssentials
import Kernels
import Plans
import Quantities
import System
import Traces

/// The directory of one run: its input and its output.
package enum RunFiles {
    /// Executes a run in a directory of its own, which is removed after a success.
    ///
    /// - Parameters:
    ///   - runs: where the run's directory is made.
    ///   - output: where the log of a failed run stays.
    static func execute(
        _ plan: RunPlan, _ tables: [String: LinkTable], in runs: HeldDirectory, of output: OutputDirectory,
        on kernel: Kernel, cancellation: Cancellation,
        progress: @escaping @Sendable (String, GuestPool.Progress) -> Void
    ) throws -> (record: RunRecord, series: Series) {
        let job = try write(plan, tables, to: runs.subdirectory(plan.id))
        do {
            let record = try GuestPool.execute(job, on: kernel, cancellation: cancellation, progress: progress)
            let series = try series(of: record, plan, from: job)
            runs.remove(plan.id)
            return (record, series)
        } catch {
            throw output.keepLog(of: job.directory, after: error)
        }
    }

    /// Writes the plan and its tables where the guest will see them.
    ///
    /// - Parameter directory: the run directory, which is empty.
    package static func write(
        _ plan: RunPlan, _ tables: [String: LinkTable], to directory: HeldDirectory
    ) throws -> GuestJob {
        let guest = try directory.subdirectory(RunDirectory.guest)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try guest.write(Array(try encoder.encode(plan)), to: RunPlan.fileName)
        var size = Int64(0)
        for (name, table) in tables {
            let bytes = table.encoded()
            size += Int64(bytes.count)
            try guest.write(bytes, to: name)
        }
        // The guest's memory holds the link tables in addition to what a lab needs.
        let memory = max(Guest.standardMemory, ByteCount(512_000_000 + size * 2))
        return GuestJob(
            id: plan.id, directory: directory, seed: plan.seed, memory: memory,
            silence: plan.command.map { Self.silence(of: $0.command, plan.strategy, guest) })
    }

    /// A guest reports every five seconds of its clock, for which it needs less than a second.
    private static let longestSilence = Duration.seconds(60)

    /// A strategy's program that computes without end stops the guest's clock, so only the host can end it.
    private static func silence(
        of command: StrategyCommand, _ strategy: StrategyName, _ guest: HeldDirectory
    ) -> SilenceLimit {
        SilenceLimit(longestSilence) { time in
            let log = (try? guest.read(StrategyCommand.logName, most: ByteCount(100_000_000), isOwn: true)) ?? nil
            let last = StrategyCommand.lastLine(of: log ?? []).map { "; its last line: \"\($0)\"" } ?? ""
            let when = time.map { " after \($0.seconds.text(decimals: 1)) s" } ?? ""
            return Fault(
                .badInput, "strategy '\(strategy)': its command '\(command.text)' computes without end\(when)\(last)")
        }
    }

    /// The series that a run handed over, once its record is known to be one that the plan can have led to.
    ///
    /// - Throws: `Fault` if it is not, or if a link of the plan has no record or no series, since a missing link would
    ///   count as silence.
    package static func series(of record: RunRecord, _ plan: RunPlan, from job: GuestJob) throws -> Series {
        try record.check(against: plan, span: plan.duration)
        let bytes = try job.series(most: Series.largest(of: plan, span: plan.duration))
        return try series(of: record, plan, from: bytes)
    }

    static func series(of record: RunRecord, _ plan: RunPlan, from bytes: [UInt8]?) throws -> Series {
        let links = try record.links.map { link in
            guard let direction = Direction(rawValue: link.direction) else {
                throw Fault(
                    .failed, "run \(record.id) has a link in the unknown direction '\(link.direction)'; run it again")
            }
            return (path: link.path, direction: direction)
        }
        for name in plan.paths.map(\.name) {
            for direction in Direction.allCases where !links.contains(where: { $0 == (name, direction) }) {
                throw Fault(
                    .failed, "run \(record.id) left no record of path \(name), \(direction.rawValue)link; run it again")
            }
        }
        guard let bytes, let series = Series(bytes, links: links) else {
            throw Fault(.failed, "run \(record.id) left no complete series; run it again")
        }
        return series
    }
}
