// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import System
import SystemPackage

/// Merges the parts of a sweep that were run with `--shard`.
package enum SweepMerge {
    /// - Parameters:
    ///   - parts: the output directories of the parts, in any order.
    ///   - output: the directory for the whole.
    /// - Throws: `Fault` if a directory holds no part, if parts are of different sweeps, or if cells are missing.
    package static func run(_ parts: [FilePath], output: FilePath) throws -> SweepResult {
        var identity: SweepIdentity?
        var directories: [HeldDirectory] = []
        for part in parts {
            guard access(part.string, F_OK) == 0,
                let directory = try HeldDirectory(part).existing(SweepCells.directoryName),
                let bytes = try directory.read(SweepIdentity.fileName, most: SweepIdentity.largest)
            else {
                throw Fault.input(
                    part.string, "holds no part of a sweep; name the --output directory of `walkback sweep --shard`")
            }
            directories.append(directory)
            guard let own = SweepIdentity(bytes) else {
                throw Fault.input(
                    directory.path.appending(SweepIdentity.fileName).string,
                    "does not describe a sweep; run this part again")
            }
            if let identity, identity.key != own.key {
                throw Fault.input(
                    part.string,
                    "comes from another sweep, engine, kernel or version of walkback than \(parts[0]); run this "
                        + "part again"
                )
            }
            identity = own
        }
        guard let identity else { throw Fault(.usage, "there are no parts to merge; name their directories") }
        let cells = directories.map { SweepCells($0, key: identity.key) }
        var rows: [[SweepRow]] = []
        var missing: [Int] = []
        for index in 0..<identity.cellCount {
            if let found = try cells.lazy.compactMap({ try $0.read(index) }).first {
                rows.append(found)
            } else {
                missing.append(index)
            }
        }
        guard missing.isEmpty else {
            throw Fault(
                .failed,
                "\(missing.count) of \(identity.cellCount) cells are in none of these parts, the first of them cell "
                    + "\(missing[0] + 1) (\(identity.values(of: missing[0]).joined(separator: ", "))); run the "
                    + "missing parts, and parts with failures again")
        }
        let result = SweepResult(identity: identity, rows: rows)
        try OutputDirectory(output, mark: SweepResult.documentName).publish(
            result.files, removing: SweepResult.figureNames)
        return result
    }
}
