// SPDX-License-Identifier: Apache-2.0
import CLinux
import Determinism
import Documents
import Glibc
import Quantities
import System
import SystemPackage

/// A child that cannot outlive this process. It has its own session and is killed with the thread that started it. Its
/// output is read line by line, and no process of its session remains once it has ended.
struct GuestProcess: Sendable {
    var executable: FilePath
    /// The command line, beginning with the name the child is called by.
    var arguments: [String]
    /// `NAME=value`; the child inherits nothing else.
    var environment: [String]
    /// Descriptors of this process that become the child's 3, 4, …
    var inherited: [CInt]
    /// What holds the child; nil: it may do what we may. Of `inherited`, those from `firstWritable` on are directories
    /// that the child may write.
    var containment: Containment?
    var firstWritable: Int
    /// A limit on real time, after which the child is killed.
    var realTimeLimit: Duration
    /// A limit on real time without any output; nil: none.
    var silenceLimit: Duration?

    /// A kernel that panics before it has a console may never end.
    private static let panicLimit = Duration.seconds(2)

    enum Reason: Sendable, Equatable {
        case exited(CInt)
        case signalled(CInt)
        /// This process killed it because of the time limit.
        case tookTooLong
        /// This process killed it because it had printed nothing for too long.
        case wasSilent
        case cancelled(Fault)
    }

    struct End: Sendable {
        var reason: Reason
        /// The last lines on its console, oldest first.
        var lastLines: [String]
        /// The fault that it reported on its console.
        var fault: Fault?
        /// The last instant that it reported.
        var time: Duration?
    }

    init(
        executable: FilePath, arguments: [String], environment: [String], inherited: [CInt],
        containment: Containment? = nil, firstWritable: Int = 0, realTimeLimit: Duration,
        silenceLimit: Duration? = nil
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.inherited = inherited
        self.containment = containment
        self.firstWritable = firstWritable
        self.realTimeLimit = realTimeLimit
        self.silenceLimit = silenceLimit
    }

    /// Starts the child and waits for its end. `log` receives all output (-1: no log); `line` is called on the thread
    /// that waits.
    func run(cancellation: Cancellation?, log: CInt, line: @escaping @Sendable (ConsoleLine) -> Void) throws -> End {
        try DedicatedThread.run {
            Result { try start(cancellation: cancellation, log: log, line: line) }
        }.get()
    }

    private func start(cancellation: Cancellation?, log: CInt, line: (ConsoleLine) -> Void) throws -> End {
        if let fault = cancellation?.fault { return End(reason: .cancelled(fault), lastLines: []) }
        let input = try FileDescriptor.open("/dev/null", .readOnly, options: .closeOnExec)
        defer { try? input.close() }
        var pipe: [CInt] = [-1, -1]
        let error = walkback_pipe(&pipe)
        guard error == 0 else {
            throw Fault(.failed, "cannot create a pipe: \(Files.describe(errno: error)); use fewer --jobs")
        }
        let output = FileDescriptor(rawValue: pipe[0])
        defer { try? output.close() }
        _ = fcntl(pipe[0], F_SETFL, O_NONBLOCK)

        let child: pid_t
        do {
            defer { close(pipe[1]) }
            child = try spawn(descriptors: [input.rawValue, pipe[1], pipe[1]] + inherited)
        }
        var console = Console(log: log)
        let reason = watch(child, output: output, cancellation: cancellation, console: &console, line: line)
        // Until it is reaped, no other process can have its number, so this kills its session and nothing else.
        kill(-child, SIGKILL)
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        readToEnd(output, into: &console, line: line)
        console.end(line: line)
        return End(reason: reason, lastLines: console.lastLines, fault: console.fault, time: console.time)
    }

    private func spawn(descriptors: [CInt]) throws -> pid_t {
        let spawn = Spawn(
            executable.string, arguments: arguments, environment: environment, descriptors: descriptors,
            containment: containment?.ofProcess(
                firstReopened: descriptors.count - inherited.count,
                firstWritable: descriptors.count - inherited.count + firstWritable))
        switch spawn.start() {
        case .success(let child): return child
        case .failure(let error): throw Fault(.failed, explain(error))
        }
    }

    private func explain(_ error: SpawnError) -> String {
        let cause = Files.describe(errno: error.errno)
        switch error.step {
        case .start:
            let remedy = error.errno == ENOEXEC ? ", because it is not a program for this machine" : ""
            return "cannot start '\(executable)': \(cause)\(remedy)"
        case .namespaces: return "cannot give the guest namespaces of its own: \(cause)"
        case .readOnly: return "cannot make the file systems read-only for the guest: \(cause)"
        case .hide: return "cannot hide files from the guest: \(cause)"
        case .reach:
            return "the guest would not find its own files (\(cause)): --hide names a directory that holds them, or "
                + "one of them was moved"
        case .landlock: return "cannot contain the guest with Landlock: \(cause)"
        case .systemCalls: return "cannot limit the system calls of the guest: \(cause)"
        }
    }

    /// Reads the console until the child ends, its time is up or it is cancelled; in the last two cases kills it.
    private func watch(
        _ child: pid_t, output: FileDescriptor, cancellation: Cancellation?, console: inout Console,
        line: (ConsoleLine) -> Void
    ) -> Reason {
        let clock = ContinuousClock()
        var deadline = clock.now + realTimeLimit
        var silence = silenceLimit.map { clock.now + $0 }
        let ending = walkback_process_descriptor(child)
        defer { if ending >= 0 { close(ending) } }
        var watched = [
            pollfd(fd: output.rawValue, events: Int16(POLLIN), revents: 0),
            // poll ignores a negative descriptor.
            pollfd(fd: ending, events: Int16(POLLIN), revents: 0),
            pollfd(fd: cancellation?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            var status: CInt = 0
            switch walkback_process_ended(child, &status) {
            case 1: return .exited(status)
            case 2: return .signalled(status)
            default: break
            }
            if let fault = cancellation?.fault {
                kill(-child, SIGKILL)
                return .cancelled(fault)
            }
            let now = clock.now
            if now >= deadline || silence.map({ now >= $0 }) == true {
                kill(-child, SIGKILL)
                if console.hasEarlyPanic { return .signalled(SIGKILL) }
                return now >= deadline ? .tookTooLong : .wasSilent
            }
            let left = min(deadline, silence ?? deadline) - now
            // If the host cannot wait for the end of a process (before Linux 5.3), check ten times a second.
            let longest = ending >= 0 ? 3_600_000.0 : 100.0
            poll(&watched, nfds_t(watched.count), CInt(min(left.milliseconds.rounded(.up), longest)))
            guard watched[0].revents != 0 else { continue }
            silence = silenceLimit.map { clock.now + $0 }
            if !read(output, into: &console, line: line) { watched[0].fd = -1 }
            if console.hasEarlyPanic { deadline = min(deadline, clock.now + Self.panicLimit) }
        }
    }

    /// Reads what is available; returns false at the end of the output.
    @discardableResult
    private func read(_ output: FileDescriptor, into console: inout Console, line: (ConsoleLine) -> Void) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            do {
                let count = try buffer.withUnsafeMutableBytes { try output.read(into: $0) }
                if count == 0 { return false }
                console.take(buffer[..<count], line: line)
            } catch Errno.wouldBlock {
                return true
            } catch {
                return false
            }
        }
    }

    /// Reads until the kernel's own children have ended. They die with the kernel, but not at the same instant; each
    /// holds the console open, so the console ends when the last one does. Reaping them may take longer.
    private func readToEnd(_ output: FileDescriptor, into console: inout Console, line: (ConsoleLine) -> Void) {
        var watched = pollfd(fd: output.rawValue, events: Int16(POLLIN), revents: 0)
        while poll(&watched, 1, 2000) > 0, read(output, into: &console, line: line) {}
    }
}
