// SPDX-License-Identifier: Apache-2.0
import CLinux
import Determinism
import Documents
import Glibc
import Quantities
import System

/// Executes any program in a guest instead of a run, with the console as its terminal, until it ends or the deadline
/// passes.
struct GuestCommandRunner {
    let guest: GuestBringUp
    let command: GuestCommand

    /// Tells tests that they run in a guest.
    static let tierVariable = "WALKBACK_KERNEL_TIER"

    /// - Returns: the program's exit status, or 128 + the signal that killed it.
    /// - Throws: if it cannot be started, or at the deadline, naming the processes that still exist.
    func run() throws -> Int32 {
        guard let program = command.argv.first, !program.isEmpty else {
            throw Fault(.badInput, "\(RunDirectory.command) names no program")
        }
        guard let span = Duration(exactlySeconds: command.deadline_s), span > .zero else {
            throw Fault(
                .badInput, "\(RunDirectory.command): deadline_s \(command.deadline_s) is not a time in the future")
        }
        guest.phase("running '\(program)'")
        // Blocked before the child exists, so that its end cannot be missed.
        walkback_hold_child_signal()
        let deadline = Self.now() + span
        let child = try start()
        while true {
            // The first process inherits every orphan and must reap it.
            var status: CInt = 0
            var reaped = waitpid(-1, &status, WNOHANG)
            while reaped > 0 {
                if reaped == child { return walkback_exit_code(status) }
                reaped = waitpid(-1, &status, WNOHANG)
            }
            let left = deadline - Self.now()
            guard left > .zero else { throw overdue(program, after: span) }
            walkback_await_child_signal(left.wholeNanoseconds)
        }
    }

    private func start() throws -> pid_t {
        var environment = ChildProcess.environment.merging(command.environment) { _, given in given }
        environment[Self.tierVariable] = "1"
        return try ChildProcess(
            command.argv, environment: environment, descriptors: [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
        ).process
    }

    private func overdue(_ program: String, after span: Duration) -> Fault {
        let waiting = Self.processes()
        let names = waiting.isEmpty ? "no process that can be named" : waiting.joined(separator: ", ")
        return Fault(
            .failed,
            "'\(program)' did not end within \(span.seconds.text()) s of the guest's clock; still running: \(names)")
    }

    private static func now() -> Duration { .nanoseconds(SystemClock.monotonic) }

    /// Every process except this one and the kernel's own, as `name (pid 7, waiting in wchan)`.
    static func processes() -> [String] {
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        var pids: [Int] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let pid = Int(name), pid != 1 { pids.append(pid) }
        }
        return pids.sorted().compactMap(describe)
    }

    private static func describe(pid: Int) -> String? {
        // Kernel threads have no command line.
        guard let commandLine = firstLine("/proc/\(pid)/cmdline"), !commandLine.isEmpty else { return nil }
        let arguments = commandLine.split(separator: "\0").joined(separator: " ")
        let states: [Character: String] = [
            "R": "running", "S": "sleeping", "D": "blocked", "T": "stopped", "Z": "ended",
        ]
        // The state follows the name, which is in parentheses and may contain anything.
        let state = firstLine("/proc/\(pid)/stat").flatMap { line in
            line.lastIndex(of: ")").flatMap { line[$0...].dropFirst(2).first }
        }
        let doing = state.map { states[$0] ?? String($0) } ?? "gone"
        // Kernels without symbols have no wait channel.
        let channel = firstLine("/proc/\(pid)/wchan").flatMap { $0.isEmpty || $0 == "0" ? nil : " in \($0)" } ?? ""
        return "'\(arguments.prefix(120))' (process \(pid), \(doing)\(channel))"
    }

    private static func firstLine(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(file, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
