// SPDX-License-Identifier: Apache-2.0
import CLinux
import Documents
import FoundationEssentials
import Glibc
import System
import SystemPackage

/// A run directory among the temporary files. It is removed with this object or when this process ends, however it
/// ends.
package final class TemporaryRunDirectory {
    package let held: HeldDirectory
    /// A shell that waits for the end of its input and then removes the directory.
    private let remover: pid_t
    /// The remover's input. It is closed by us or, if we are killed, by the kernel.
    private let lifeline: FileDescriptor

    /// A directory that holds a command for a guest.
    package convenience init(_ command: GuestCommand) throws {
        try self.init()
        let document = Array(try JSONEncoder().encode(command))
        try held.subdirectory(RunDirectory.guest).write(document, to: RunDirectory.command)
    }

    package init() throws {
        let temporary = getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        let path = FilePath("\(temporary)/walkback-guest-\(String(UInt64.random(in: .min ... .max), radix: 16))")
        // Started before the directory exists, so that the directory is never without a remover.
        (remover, lifeline) = try Self.startRemover(of: path)
        guard mkdir(path.string, 0o700) == 0 else {
            let error = Errno(rawValue: errno)
            Self.end(remover, lifeline)
            throw Fault(.failed, "cannot create a directory in \(temporary): \(error); set TMPDIR to another directory")
        }
        do {
            held = try HeldDirectory(path)
        } catch {
            Self.end(remover, lifeline)
            throw error
        }
    }

    deinit {
        remove()
    }

    /// Removes the directory; needed before `exit`, which deinitialises no object. May be called again.
    package func remove() {
        Self.end(remover, lifeline)
    }

    private static func end(_ remover: pid_t, _ lifeline: FileDescriptor) {
        guard (try? lifeline.close()) != nil else { return }
        while waitpid(remover, nil, 0) < 0, errno == EINTR {}
    }

    /// Starts the remover: a shell in a session of its own, which neither Ctrl-C nor a kill of our process group
    /// reaches. If a dying guest was still writing, the rest is removed a second later.
    private static func startRemover(of path: FilePath) throws -> (pid_t, FileDescriptor) {
        var ends: [CInt] = [-1, -1]
        let failure = walkback_pipe(&ends)
        guard failure == 0 else { throw Fault(.failed, "cannot create a pipe: \(Files.describe(errno: failure))") }
        defer { close(ends[0]) }
        let lifeline = FileDescriptor(rawValue: ends[1])
        do {
            let null = try FileDescriptor.open("/dev/null", .writeOnly, options: .closeOnExec)
            defer { try? null.close() }
            let script = "read -r _; rm -rf -- \"$1\" || { sleep 1; rm -rf -- \"$1\"; }"
            let shell = Spawn(
                "/bin/sh", arguments: ["sh", "-c", script, "sh", path.string], environment: ["PATH=/usr/bin:/bin"],
                descriptors: [ends[0], null.rawValue, null.rawValue], outlivesUs: true)
            return (try shell.start().get(), lifeline)
        } catch {
            try? lifeline.close()
            let why = (error as? SpawnError).map { Files.describe(errno: $0.errno) } ?? "\(error)"
            throw Fault(.failed, "cannot start /bin/sh: \(why)")
        }
    }
}
