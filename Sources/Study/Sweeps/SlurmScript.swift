// SPDX-License-Identifier: Apache-2.0
import Determinism
import System
import SystemPackage

/// A sweep as a Slurm job array: each task runs one part on the cores that it is given, and a last job merges the
/// parts.
package enum SlurmScript {
    package static let name = "sweep.sbatch"

    /// Writes `OUTPUT/sweep.sbatch`.
    ///
    /// - Parameters:
    ///   - program: this program, as it is called on the nodes.
    ///   - options: options of `walkback sweep`, except for the part and its output.
    /// - Returns: the commands that submit it, a line each.
    package static func write(
        _ file: String, program: String, options: [String], parts: Int, jobs: Int, output: FilePath
    ) throws -> String {
        let directory = try HeldDirectory.make(output)
        let script = output.appending(name)
        let part = output.appending("part")
        let sweep = ([program, "sweep", file] + options).map(quoted).joined(separator: " ")
        let text = """
            #!/bin/sh
            # Each task of the array runs one part of the grid. Written by `walkback sweep --slurm`.
            #SBATCH --job-name=\(FilePath(file).stem ?? "sweep")
            #SBATCH --array=1-\(parts)
            #SBATCH --ntasks=1
            #SBATCH --cpus-per-task=\(jobs)
            #SBATCH --output=\(part)-%a.log
            exec \(sweep) \\
                --shard "$SLURM_ARRAY_TASK_ID/\(parts)" --jobs "${SLURM_CPUS_PER_TASK:-\(jobs)}" \\
                --output \(quoted("\(part)-"))"$SLURM_ARRAY_TASK_ID"

            """
        try directory.replace(name, with: Array(text.utf8))
        let directories = (1...parts).map { quoted("\(part)-\($0)") }.joined(separator: " ")
        return """
            sbatch \(quoted(script.string))
            \(quoted(program)) sweep merge \(directories) --output \(quoted(output.appending("whole").string))

            """
    }

    /// A word, quoted for a shell.
    private static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_./=:,+%@".utf8.contains(byte)
            }
        }
        return plain && !word.isEmpty ? word : "'\(word.replacing("'", with: "'\\''"))'"
    }
}
