// SPDX-License-Identifier: Apache-2.0
import Determinism
import Glibc
import Kernels
import Quantities

/// What depends on real time: when, how fast and where the runs were executed. No other file differs between equal
/// comparisons.
enum RunLog {
    static func text(display: ProgressDisplay, kernel: Kernel, jobs: Int) -> String {
        var lines = [
            "finished: \(now())", "machine: \(machine())", "kernel: \(kernel.release)",
            "containment: \(kernel.containment)", "jobs: \(jobs)",
            "directory: \(directory())", "command: \(typed())",
        ]
        for (id, real) in display.realTimes {
            lines.append("\(id): \(real.seconds.text(decimals: 2)) s of real time")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func now() -> String {
        var time = time(nil)
        var parts = tm()
        gmtime_r(&time, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) UTC"
    }

    private static func directory() -> String {
        guard let here = getcwd(nil, 0) else { return "-" }
        defer { free(here) }
        return String(cString: here)
    }

    /// The command line, quoted for a shell.
    private static func typed() -> String {
        CommandLine.arguments.map { word in
            let isPlain =
                !word.isEmpty
                && word.utf8.allSatisfy { byte in
                    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                        || "-_./=,:%+@".utf8.contains(byte)
                }
            let quoted = word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
            return isPlain ? word : "'\(quoted)'"
        }.joined(separator: " ")
    }

    private static func machine() -> String {
        var name = utsname()
        uname(&name)
        func text<Characters>(_ characters: Characters) -> String {
            withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return "\(text(name.sysname)) \(text(name.release)) \(text(name.machine)), "
            + "\(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores"
    }
}
