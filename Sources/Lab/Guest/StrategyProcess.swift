// SPDX-License-Identifier: Apache-2.0
import CLinux
import Determinism
import Documents
import FoundationEssentials
import Glibc
import Plans
import Quantities
import Strategies
import System
import SystemPackage

/// The program that decides a strategy. It is asked with one line of JSON and answers with one: an object whose keys
/// are paths and whose values are `full`, `backup` or `none`. A path that it does not name stays as it is.
final class StrategyProcess {
    private let name: StrategyName
    private let text: String
    private let paths: [String]
    private let program: ChildProcess
    private let questions: FileDescriptor
    private let answers: FileDescriptor
    private let log: FilePath
    /// What was read and not taken yet.
    private var pending: [UInt8] = []

    /// The longest time that an answer may take, on the lab's clock. Computing takes none of it, sleeping does.
    private static let patience = Duration.milliseconds(10)
    private static let longestLine = 65_536
    private static let interval = Duration.milliseconds(100)

    /// - Parameter directory: where the log is written.
    /// - Throws: `Fault` if the program cannot be started.
    init(_ command: StrategyCommand, name: StrategyName, paths: [String], directory: FilePath) throws {
        self.name = name
        self.paths = paths
        text = command.text
        log = directory.appending(StrategyCommand.logName)
        // A program that has ended is told by its answer, which is missing.
        signal(SIGPIPE, SIG_IGN)
        func pipe() throws -> (reading: FileDescriptor, writing: FileDescriptor) {
            var ends: [CInt] = [-1, -1]
            let error = walkback_pipe(&ends)
            guard error == 0 else { throw Fault(.failed, "cannot create a pipe: \(GuestBringUp.describe(error))") }
            return (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
        }
        let (input, output) = (try pipe(), try pipe())
        (questions, answers) = (input.writing, output.reading)
        let log = try FileDescriptor.open(
            log, .writeOnly, options: [.create, .truncate, .append, .closeOnExec],
            permissions: [.ownerReadWrite, .groupRead, .otherRead])
        defer { for descriptor in [input.reading, output.writing, log] { try? descriptor.close() } }
        guard let here = getcwd(nil, 0) else { throw Fault(.failed, "cannot tell the current directory") }
        defer { free(here) }
        guard chdir(command.directory) == 0 else {
            throw Fault(.failed, "the guest cannot enter '\(command.directory)': \(Errno(rawValue: errno))")
        }
        defer { chdir(here) }
        // What an interpreter caches beside the program's file would differ from run to run.
        let environment = ChildProcess.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
        program = try ChildProcess(
            command.arguments, environment: environment,
            descriptors: [input.reading, output.writing, log].map(\.rawValue))
    }

    deinit {
        program.signal(SIGKILL)
        try? questions.close()
        try? answers.close()
    }

    /// Whether the program is asked at this time even if nothing has happened.
    static func isAsked(at time: Duration) -> Bool { time.wholeNanoseconds % interval.wholeNanoseconds == 0 }

    /// - Parameter uses: how the paths are used now.
    /// - Throws: `Fault` (bad input) if the program has ended, does not answer or answers what is none.
    func decide(_ question: StrategyQuestion, uses: [PathUse]) throws -> [PathUse] {
        do {
            _ = try questions.writeAll(question.line)
        } catch let error as Errno where error == .brokenPipe {
            throw try ended(question.time_s)
        }
        guard let line = try readLine() else { throw try ended(question.time_s) }
        return try Self.uses(of: line, paths, now: uses) { fault("answered \($0)", question.time_s, line) }
    }

    /// - Parameter objection: makes the error of an answer that is none.
    static func uses(
        of line: String, _ paths: [String], now: [PathUse], objection: (String) -> Fault
    ) throws -> [PathUse] {
        guard let answer = try? JSONDecoder().decode([String: String].self, from: Data(line.utf8)) else {
            throw objection("what is no JSON object of paths and their use, such as {\"\(paths[0])\": \"full\"}")
        }
        var uses = now
        for (path, word) in answer.sorted(by: { $0.key < $1.key }) {
            guard let index = paths.firstIndex(of: path) else {
                throw objection("for a path that there is not; the paths are \(paths.joined(separator: ", "))")
            }
            guard let use = PathUse(rawValue: word) else {
                throw objection("with a use that there is not; it must be full, backup or none")
            }
            uses[index] = use
        }
        return uses
    }

    /// The next line, without its newline; nil if the output has ended.
    private func readLine() throws -> String? {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeFirst(end + 1)
                return line
            }
            guard pending.count < Self.longestLine else {
                throw fault("answered with a line that has no end", nil, String(decoding: pending, as: UTF8.self))
            }
            var watched = pollfd(fd: answers.rawValue, events: Int16(POLLIN), revents: 0)
            guard poll(&watched, 1, CInt(Self.patience.milliseconds)) != 0 else {
                throw fault(
                    "did not answer within \(Self.patience.milliseconds.text()) ms of the lab's clock", nil, nil)
            }
            let bytes = try [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
                count = try answers.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            guard !bytes.isEmpty else { return nil }
            pending += bytes
        }
    }

    /// How the program ended, once its output has.
    private func ended(_ time: Double) throws -> Fault {
        var status = program.reap()
        // It may close its output before it ends.
        var watched = pollfd(fd: -1, events: 0, revents: 0)
        if status == nil {
            poll(&watched, 1, 100)
            status = program.reap()
        }
        return fault(status.map { "ended with status \($0)" } ?? "closed its output", time, nil)
    }

    /// - Parameter answer: the line that is to be quoted; nil: the last one of the log.
    private func fault(_ what: String, _ time: Double?, _ answer: String?) -> Fault {
        let last = answer ?? StrategyCommand.lastLine(of: (try? endOfLog()) ?? [])
        let when = time.map { " at \($0.text(decimals: 1)) s" } ?? ""
        let quoted = last.map { "; its last line: \"\($0.prefix(200))\"" } ?? ""
        return Fault(.badInput, "strategy '\(name)': its command '\(text)' \(what)\(when)\(quoted)")
    }

    private func endOfLog() throws -> [UInt8] {
        let file = try FileDescriptor.open(log, .readOnly, options: .closeOnExec)
        return try file.closeAfter {
            let size = try file.seek(offset: 0, from: .end)
            return try [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
                count = try file.read(
                    fromAbsoluteOffset: max(0, size - 4096), into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
    }

    /// What the interpreter says of its version; nil if there is no interpreter or it says nothing.
    static func version(of interpreter: [String]) throws -> String? {
        guard !interpreter.isEmpty else { return nil }
        var ends: [CInt] = [-1, -1]
        guard walkback_pipe(&ends) == 0 else { return nil }
        let output = FileDescriptor(rawValue: ends[0])
        defer { try? output.close() }
        let child: ChildProcess
        do {
            defer { close(ends[1]) }
            let null = try FileDescriptor.open("/dev/null", .readOnly, options: .closeOnExec)
            defer { try? null.close() }
            child = try ChildProcess(
                interpreter + ["--version"], environment: ChildProcess.environment,
                descriptors: [null.rawValue, ends[1], ends[1]])
        }
        var bytes: [UInt8] = []
        while bytes.count < longestLine {
            let some = try [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
                count = try output.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            if some.isEmpty { break }
            bytes += some
        }
        child.signal(SIGKILL)
        waitpid(child.process, nil, 0)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init)
    }
}
