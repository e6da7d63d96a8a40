// SPDX-License-Identifier: Apache-2.0
import CLinux
import Determinism
import Documents
import FoundationEssentials
import Glibc
import Quantities
import System

/// The guest's side of a run: from the first instruction of the first process to the power-off.
///
/// `walkback guest` runs this code, either as the first process of an embedded kernel (`runAsFirstProcess`) or as an
/// ordinary process on the machine's own kernel (`run(here:)`). The body does the work; faults and the exit status
/// reach the host in both cases.
package struct GuestBringUp {
    /// The run directory as the guest sees it: it holds the plan and receives the results.
    package let directory: String
    private let isFirstProcess: Bool

    /// Whether the kernel started this process as its first, on the host's behalf.
    package static var isFirstProcess: Bool { getpid() == 1 && getenv("WALKBACK_GUEST") != nil }

    // MARK: What the body uses

    /// States what the program is doing, for the message when the deadline passes: the text completes "it was still …".
    package func phase(_ text: String) {
        walkback_phase_set(text)
    }

    /// Tells the host how far the run's clock has come.
    package func report(time: Duration) {
        Self.say("time \(time.seconds.text(decimals: 1))")
    }

    /// Prints a diagnostic for the user.
    package func note(_ text: String) {
        Self.say(text)
    }

    /// The path of a file in the run directory.
    package func path(_ name: String) -> String {
        "\(directory)/\(name)"
    }

    /// Ends the run `span` of the kernel's clock from now, with a fault that names the phase. A program in which
    /// everything waits for something else does not hang: its clock runs away. May be called again.
    package func arm(deadline span: Duration) throws {
        // Never freed: the signal handler needs these strings and must not build any.
        let error = walkback_deadline_arm(
            span.wholeNanoseconds, strdup(path(RunDirectory.fault)), strdup(path(RunDirectory.status)), isFirstProcess)
        guard error == 0 else { throw Fault(.failed, "cannot set the deadline of the run: \(Self.describe(error))") }
    }

    // MARK: Both ways to run

    /// Runs as the first process of a guest: mounts what programs need, runs `body` (or the command, if the host left
    /// one) and switches the machine off. Never returns.
    package static func runAsFirstProcess(_ body: (GuestBringUp) throws -> Void) -> Never {
        let guest = GuestBringUp(directory: RunDirectory.guestPath, isFirstProcess: true)
        let status: Int32
        do {
            try mountFileSystems()
            status = guest.perform {
                if let command = try guest.command() {
                    return try GuestCommandRunner(guest: guest, command: command).run()
                }
                try body(guest)
                return 0
            }
        } catch {
            // The run directory may not exist yet, but the console exists as soon as the kernel runs.
            sayFault(error)
            status = ExitCode.failed.rawValue
        }
        guest.write(status: status)
        walkback_power_off()
    }

    /// Runs on this machine's kernel, in the run directory `here`.
    ///
    /// - Returns: the exit status for this process.
    package static func run(here directory: String, _ body: (GuestBringUp) throws -> Void) -> Int32 {
        let guest = GuestBringUp(directory: directory, isFirstProcess: false)
        walkback_timer_slack_minimal()
        let status = guest.perform {
            try body(guest)
            return 0
        }
        guest.write(status: status)
        return status
    }

    private func perform(_ work: () throws -> Int32) -> Int32 {
        // Opened before anything is written, because it reports failures only from then on.
        let root = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if root >= 0 { close(root) } }
        do {
            let status = try work()
            // The guest's writes go to memory first; if the host's disk is full, that shows only here.
            let error = root < 0 ? EIO : walkback_sync_file_system(root)
            guard error == 0 else {
                throw Fault(.failed, "cannot write the results completely: \(Self.describe(error))")
            }
            return status
        } catch {
            let fault = Self.sayFault(error)
            Self.write("\(FaultDocument(fault).line)\n", to: path(RunDirectory.fault))
            return fault.code.rawValue
        }
    }

    /// The host takes the run as complete once this file exists.
    private func write(status: Int32) {
        Self.write("\(status)\n", to: path(RunDirectory.status))
    }

    private func command() throws -> GuestCommand? {
        guard let bytes = Self.read(path(RunDirectory.command)) else { return nil }
        do {
            return try JSONDecoder().decode(GuestCommand.self, from: Data(bytes))
        } catch {
            throw Fault(.badInput, "\(RunDirectory.command) cannot be read: \(error)")
        }
    }

    // MARK: File systems

    /// The root is the host's, read-only. On top of it come the guest kernel's own file systems and the run directory.
    private static func mountFileSystems() throws {
        guard let source = getenv("WALKBACK_GUEST").map({ String(cString: $0) }), !source.isEmpty else {
            throw Fault(
                .failed,
                "`walkback guest` must be the first process of a guest; add --here DIR to use this machine's kernel"
            )
        }
        try mount("devtmpfs", on: "/dev")
        openConsole()
        // Already mounted before main() (CLinux): mounting again reports busy, or the reason why it failed.
        try mount("proc", on: "/proc", flags: restricted, allowed: EBUSY)
        try mount("sysfs", on: "/sys", flags: restricted)
        for (directory, type) in [("/dev/shm", "tmpfs"), ("/dev/pts", "devpts")] {
            mkdir(directory, 0o755)
            // Programs that need these report it themselves.
            _ = walkback_mount(type, directory, type, UInt(MS_NOSUID | MS_NODEV), type == "tmpfs" ? "mode=1777" : nil)
        }
        // Links that exist in every distribution's /dev and that shells rely on.
        for (name, target) in [("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")] {
            symlink(target, "/dev/\(name)")
        }
        mkdir(RunDirectory.guestPath, 0o755)
        try mount("hostfs", on: RunDirectory.guestPath, flags: MS_NOSUID | MS_NODEV, data: source)
        walkback_timer_slack_minimal()
    }

    /// Makes the directory of the host that the guest may write, too, appear at the host's path.
    func mountShared(on target: String) throws {
        guard let source = getenv("WALKBACK_SHARED").map({ String(cString: $0) }) else {
            throw Fault(.failed, "the host shares no directory with this guest")
        }
        // The host's directory may lie below a file system of the guest's own, such as /dev/shm.
        var path = ""
        for name in target.split(separator: "/") {
            path += "/\(name)"
            mkdir(path, 0o755)
        }
        try Self.mount("hostfs", on: target, flags: MS_NOSUID | MS_NODEV, data: source)
    }

    /// Lets programs read `text` in place of a file of the host, if that file exists.
    func overlay(_ path: String, with text: String) throws {
        guard access(path, F_OK) == 0 else { return }
        let file = "/dev/shm/\(path.split(separator: "/").joined(separator: "-"))"
        Self.write(text, to: file)
        let error = walkback_mount(file, path, nil, UInt(MS_BIND), nil)
        guard error == 0 else { throw Fault(.failed, "the guest cannot replace \(path): \(Self.describe(error))") }
    }

    private static let restricted = MS_NOSUID | MS_NODEV | MS_NOEXEC

    private static func mount(
        _ type: String, on target: String, flags: Int = MS_NOSUID, data: String? = nil, allowed: CInt = 0
    )
        throws
    {
        let error = walkback_mount(type, target, type, UInt(flags), data)
        guard error == 0 || error == allowed else {
            throw Fault(
                .missingFeature,
                "the guest cannot mount \(type) on \(target): \(describe(error)); build the kernel again with "
                    + "`make kernel`"
            )
        }
    }

    /// Containers often have no /dev/console, and then the kernel gives its first process no descriptors at all.
    private static func openConsole() {
        let console = open("/dev/console", O_RDWR)
        guard console >= 0 else { return }
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] { dup2(console, descriptor) }
        if console > STDERR_FILENO { close(console) }
        // As programs see a pipe: no echo and no CR LF.
        var settings = termios()
        if tcgetattr(STDOUT_FILENO, &settings) == 0 {
            settings.c_oflag &= ~tcflag_t(OPOST)
            settings.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
            tcsetattr(STDOUT_FILENO, TCSANOW, &settings)
        }
    }

    // MARK: Speaking to the host

    @discardableResult
    private static func sayFault(_ error: any Error) -> Fault {
        let fault = error as? Fault ?? Fault(.failed, "\(error)")
        say("fault \(FaultDocument(fault).line)")
        return fault
    }

    /// Writes one line at once, so that lines of other processes do not come in between.
    private static func say(_ text: String) {
        let line = text.split(separator: "\n").joined(separator: " ")
        write(Array("\(RunDirectory.consolePrefix)\(line)\n".utf8), to: STDOUT_FILENO)
    }

    private static func write(_ text: String, to path: String) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { return }
        write(Array(text.utf8), to: file)
        close(file)
    }

    private static func write(_ bytes: [UInt8], to file: CInt) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }

    private static func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }

    static func describe(_ error: CInt) -> String {
        String(cString: strerror(error))
    }
}
