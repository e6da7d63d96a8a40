// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Quantities
import SystemPackage
import Testing

@testable import Kernels
@testable import System

/// Attacks from inside a real guest, whose programs are root there, under each kind of containment that this machine
/// has: as the user who runs the tests and, if that is root, as an ordinary user too.
@Suite(.enabled(if: Probe.canBoot, Probe.whyNot))
struct `A contained guest` {
    private let scratch: Scratch
    private let directory: FilePath
    /// What the attacks aim at. The user of the guest owns it.
    private let victim: FilePath

    init() throws {
        scratch = try Scratch()
        directory = scratch.directory("run")
        victim = scratch.directory("home")
        _ = scratch.directory("run/guest")
        try scratch.file("home/thesis.tex", "chapter 1")
    }

    struct Attacker: Sendable, CustomStringConvertible {
        var kind: Containment.Kind
        /// An ordinary user; nil: the user of the tests.
        var user: Int?

        var description: String { "\(kind.rawValue), \(user.map { "user \($0)" } ?? "own user")" }
    }

    static let nobodyElse = 23_456
    static let attackers: [Attacker] = Containment.offered.filter { $0 != .container }.flatMap { kind in
        [nil, Probe.isRoot ? nobodyElse : nil].enumerated().compactMap { index, user in
            index == 0 || user != nil ? Attacker(kind: kind, user: user) : nil
        }
    }

    /// Runs a script as root of a guest.
    private func attack(_ script: String, by attacker: Attacker, hiding hidden: [FilePath] = []) throws -> String {
        let command = GuestCommand(
            argv: ["/bin/sh", "-c", script],
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "VICTIM": victim.string],
            deadline: .seconds(600))
        let document = JSON.object([
            "argv": .array(command.argv.map { .string($0) }),
            "environment": .object(command.environment.mapValues { .string($0) }),
            "deadline_s": .number(command.deadline_s),
        ])
        try scratch.file("run/guest/command.json", document.text)
        let (path, kernel) = (try #require(Probe.path), try #require(Probe.kernel))
        // The kernel may be where another user cannot read it.
        let copy = scratch.path.appending("linux")
        try #require(try Files.read(kernel.path)).withUnsafeBytes { bytes in
            let file = try FileDescriptor.open(
                copy, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWriteExecute)
            try file.closeAfter { _ = try file.writeAll(bytes) }
        }
        try scratch.file("linux.txt", "release: \(kernel.release)\n")
        var arguments = [path.string, "contained", copy.string, attacker.kind.rawValue, directory.string]
        arguments += hidden.map(\.string)
        var executable = path
        if let user = attacker.user {
            for name in [
                "", "run", "run/guest", "run/guest/command.json", "home", "home/thesis.tex", "linux", "linux.txt",
            ] {
                #expect(chown(scratch.path.appending(name).string, uid_t(user), gid_t(user)) == 0)
            }
            executable = "/usr/bin/setpriv"
            arguments =
                [executable.string, "--reuid=\(user)", "--regid=\(user)", "--clear-groups"] + arguments
        }
        let process = GuestProcess(
            executable: executable, arguments: arguments, environment: ["PATH=/usr/bin:/bin", "HOME=\(scratch.path)"],
            inherited: [], realTimeLimit: .seconds(300))
        let end = try process.run(cancellation: nil, log: -1) { _ in }
        let output = end.lastLines.joined(separator: "\n")
        #expect(end.reason == .exited(0), "\(attacker): \(end)")
        return output
    }

    private func expectWhole(_ note: Comment) throws {
        #expect(try Files.text(victim.appending("thesis.tex")) == "chapter 1", note)
        #expect(Files.entries(of: victim) == ["thesis.tex"], note)
    }

    /// Each ends with `exit 0` and reports what it could do as `DONE`.
    @Test(
        arguments: attackers,
        [
            // The root file system.
            "mount -o remount,rw /; touch \"$VICTIM/x\" && echo DONE; echo x >\"$VICTIM/thesis.tex\" && echo DONE",
            // A second one, of the whole machine.
            """
            mkdir /dev/shm/m; mount -t hostfs none /dev/shm/m -o / && cd "/dev/shm/m/$VICTIM" || exit 1
            echo x >thesis.tex && echo DONE; rm thesis.tex && echo DONE; mkdir y && echo DONE
            ln thesis.tex z && echo DONE
            ln -s thesis.tex l && echo DONE; mv thesis.tex w && echo DONE; mkfifo f && echo DONE
            """,
            // Upwards from the directories that the guest may write, through the kernel's own descriptors.
            """
            for n in 3 4 5 6 7 8 9 10 11 12; do
            mkdir -p /dev/shm/$n
            mount -t hostfs none /dev/shm/$n -o /proc/self/fd/$n/../../../../../../.. 2>/dev/null || continue
            touch "/dev/shm/$n/$VICTIM/x" 2>/dev/null && echo DONE
            done
            for n in cwd root; do
            mkdir /dev/shm/$n
            mount -t hostfs none /dev/shm/$n -o /proc/self/$n/ && touch "/dev/shm/$n/$VICTIM/x" && echo DONE
            done
            """,
        ])
    func `cannot write outside its own directories`(attacker: Attacker, script: String) throws {
        let output = try attack("(\(script)) 2>&1; exit 0", by: attacker)
        #expect(!output.contains("DONE"), "\(output)")
        #expect(
            output.contains("Read-only file system") || output.contains("denied") || script.contains("fd/"), "\(output)"
        )
        try expectWhole("\(output)")
    }

    @Test(arguments: attackers)
    func `writes its own directories, and finds its files again`(attacker: Attacker) throws {
        let script = """
            cd /dev/walkback && echo mine >a && mkdir d && mv a d/b && ln d/b c && chmod 700 c && ln -s c l \
            && mkfifo f && truncate -s 3 c && touch -d 2020-01-01 c && cat c && rm f \
            && stat -c %U /etc/passwd && echo DONE
            """
        let output = try attack(script, by: attacker)
        #expect(output.contains("DONE"), "\(output)")
        // Whoever the user is, what belongs to root belongs to root.
        #expect(output.contains("root\n"), "\(output)")
        #expect(try Files.text(directory.appending("guest/d/b")) == "min")
    }

    @Test(arguments: attackers)
    func `makes no device and no set-user-ID program`(attacker: Attacker) throws {
        let script = """
            cd /dev/walkback; cp /bin/sh s; chmod 4755 s && echo DONE; chmod 2755 s && echo DONE
            mknod b b 8 0 && echo DONE; mknod c c 1 3 && echo DONE; exit 0
            """
        let output = try attack("(\(script)) 2>&1", by: attacker)
        #expect(!output.contains("DONE") && output.contains("not permitted"), "\(output)")
        for name in ["s", "b", "c"] {
            var status = stat()
            guard lstat(directory.appending("guest/\(name)").string, &status) == 0 else { continue }
            #expect(status.st_mode & (S_ISUID | S_ISGID) == 0 && status.st_mode & S_IFMT == S_IFREG, "\(name)")
        }
    }

    @Test(arguments: attackers)
    func `changes no setting of this machine and reaches no process of it`(attacker: Attacker) throws {
        // The value that is written is the present one.
        let script = """
            mkdir /dev/shm/m; mount -t hostfs none /dev/shm/m -o / || exit 1; cd /dev/shm/m/proc
            cat sys/vm/swappiness >/dev/shm/value; cat /dev/shm/value >sys/vm/swappiness && echo DONE
            cat \(getpid())/environ && echo DONE; ls \(getpid())/root/ && echo DONE; ls -l \(getpid())/fd/0 && echo DONE
            exit 0
            """
        let output = try attack("(\(script)) 2>&1", by: attacker)
        #expect(
            !output.contains("DONE") && output.contains("only file system") || output.contains("denied"), "\(output)")
    }

    /// What stays open with Landlock alone is said in Documentation/containment.md.
    @Test(arguments: attackers.filter { $0.kind == .namespaces })
    func `in namespaces changes no permissions, owners and times either`(attacker: Attacker) throws {
        let script = """
            mkdir /dev/shm/m; mount -t hostfs none /dev/shm/m -o / || exit 1; cd "/dev/shm/m/$VICTIM"
            chmod 777 thesis.tex && echo DONE; chown 1 thesis.tex && echo DONE
            touch -d 2020-01-01 thesis.tex && echo DONE; truncate -s 0 thesis.tex && echo DONE; exit 0
            """
        var before = stat()
        let output = try attack("(\(script)) 2>&1", by: attacker)
        #expect(!output.contains("DONE") && output.contains("Read-only file system"), "\(output)")
        #expect(lstat(victim.appending("thesis.tex").string, &before) == 0)
        #expect(before.st_mode & 0o777 == 0o600)
        try expectWhole("\(output)")
    }

    @Test(arguments: attackers.filter { $0.kind == .namespaces })
    func `in namespaces finds hidden files and directories empty`(attacker: Attacker) throws {
        try scratch.file("secret", "password")
        _ = scratch.directory(".ssh")
        try scratch.file(".ssh/id_ed25519", "key")
        let script = """
            mkdir /dev/shm/m; mount -t hostfs none /dev/shm/m -o / || exit 1
            cat "$VICTIM/../secret" "/dev/shm/m/$VICTIM/../secret" "$VICTIM/thesis.tex"
            cat "$VICTIM/../.ssh/id_ed25519" && echo DONE; ls -A "$VICTIM/../.ssh"; exit 0
            """
        // The home directory's .ssh is hidden without being named.
        let output = try attack("(\(script)) 2>&1", by: attacker, hiding: [scratch.path.appending("secret")])
        #expect(!output.contains("password") && !output.contains("key") && !output.contains("DONE"), "\(output)")
        #expect(output.contains("chapter 1"), "\(output)")
    }

    @Test(arguments: attackers)
    func `is told when it has written as much as it may`(attacker: Attacker) throws {
        let script = """
            cd /dev/walkback; dd if=/dev/zero of=big bs=1M count=50; touch name || echo NAMELESS; exit 0
            """
        let output = try attack("(\(script)) 2>&1", by: attacker)
        #expect(output.contains("quota exceeded") && output.contains("NAMELESS"), "\(output)")
        #expect(output.contains("note the guest has written 10 MB to this machine, which is its limit"), "\(output)")
        let written = try #require(try Files.read(directory.appending("guest/big"))).count
        #expect(9_000_000...10_000_000 ~= written, "\(written)")
    }

    @Test(arguments: attackers)
    func `is told when it has as many processes as it may`(attacker: Attacker) throws {
        let script = """
            n=0; while [ $n -lt 300 ]; do sleep 5 & n=$((n + 1)); done; wait; exit 0
            """
        let output = try attack("(\(script)) 2>&1; sleep 9; (exit 0) && echo AGAIN; exit 0", by: attacker)
        #expect(output.contains("note the guest has 100 processes, which is its limit"), "\(output)")
        #expect(output.contains("AGAIN"), "\(output)")
    }
}
