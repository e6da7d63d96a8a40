// SPDX-License-Identifier: Apache-2.0
import Documents
import FoundationEssentials
import Kernels
import Plans
import Quantities
import System
import SystemPackage
import Traces

/// The directory of one run: its input and its output.
package enum RunFiles {
    /// Writes the plan and its tables into a new directory.
    package static func write(_ plan: RunPlan, _ tables: [String: LinkTable], to directory: FilePath) throws -> GuestJob
    {
        try OutputDirectory.makeDirectory(directory)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try OutputDirectory.write(Array(try encoder.encode(plan)), to: directory.appending(RunPlan.fileName))
        var size = Int64(0)
        for (name, table) in tables {
            let bytes = table.encoded()
            size += Int64(bytes.count)
            try OutputDirectory.write(bytes, to: directory.appending(name))
        }
        // The guest's memory holds the link tables in addition to what a lab needs.
        let memory = max(Guest.standardMemory, ByteCount(512_000_000 + size * 2))
        return GuestJob(id: plan.id, directory: directory, seed: plan.seed, memory: memory)
    }

    /// - Throws: `Fault` if a link of the plan has no record or no series, since a missing link would count as silence.
    package static func series(of record: RunRecord, _ plan: RunPlan, in directory: FilePath) throws -> Series {
        let path = directory.appending(Series.fileName)
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
        guard let bytes = try Files.read(path), let series = Series(bytes, links: links) else {
            throw Fault(.failed, "run \(record.id) left no complete series in \(path); run it again")
        }
        return series
    }
}
